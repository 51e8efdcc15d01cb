import type { Whole } from "../../../api/object.js";
import { formatLabelSelector } from "../../../api/selectors/label-selector.js";
import type { DaemonSet } from "../../../gen/howbernetes/apps/v1/daemonset.js";
import type { StatefulSet } from "../../../gen/howbernetes/apps/v1/statefulset.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import { annotationCells, conditionsTable, pairs, podPhasesCell, timeCell } from "./cells.js";
import type { Description } from "./description.js";
import { templateBlock } from "./pod-template.js";

/** Describes a DaemonSet and counts its pods. */
export function describeDaemonSet(set: Whole<DaemonSet>, pods: readonly Whole<Pod>[], description: Description): void {
  const { metadata, spec, status } = set;
  description
    .field("Name", metadata.name)
    .field("Namespace", metadata.namespace)
    .field("Selector", formatLabelSelector(spec.selector))
    .field("Node-Selector", pairs(spec.template?.spec?.nodeSelector ?? {}).join(",") || "<none>")
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(set));
  description.plain([
    `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}`,
    `Current Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}`,
    `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}`,
    `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}`,
    `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}`,
  ]);
  description.field("Pods Status", podPhasesCell(pods));
  templateBlock(description, spec.template);
  conditionsTable(status.conditions, description);
}

/** Describes a StatefulSet and counts its pods. */
export function describeStatefulSet(set: Whole<StatefulSet>, pods: readonly Whole<Pod>[], description: Description): void {
  const { metadata, spec, status } = set;
  description
    .field("Name", metadata.name)
    .field("Namespace", metadata.namespace)
    .field("CreationTimestamp", timeCell(metadata.creationTimestamp))
    .field("Selector", formatLabelSelector(spec.selector))
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(set))
    .field("Replicas", `${spec.replicas ?? 1} desired | ${status.replicas ?? 0} total`)
    .field("Update Strategy", spec.updateStrategy?.type ?? "");
  const partition = spec.updateStrategy?.rollingUpdate?.partition;
  if (partition !== undefined) description.field("  Partition", String(partition));
  description.field("Pods Status", podPhasesCell(pods));
  templateBlock(description, spec.template);
  description.field("Volume Claims", ...spec.volumeClaimTemplates.map((claim) => claim.metadata?.name ?? ""));
  conditionsTable(status.conditions, description);
}
