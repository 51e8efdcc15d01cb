import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import type { Whole } from "../../api/object.js";
import type { ControllerRevision } from "../../gen/howbernetes/apps/v1/controller_revision.js";
import type { StatefulSet } from "../../gen/howbernetes/apps/v1/statefulset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { podFromTemplate } from "../pods/pod-from-template.js";
import { templateOf } from "../revisions/revision-data.js";

/** The label that names the revision that a pod is made from. */
export const revisionLabel = "controller-revision-hash";
const podNameLabel = "statefulset.kubernetes.io/pod-name";
const podIndexLabel = "apps.kubernetes.io/pod-index";

/** What a pod's name says: whose it is, and which. */
interface Place {
  readonly setName: string;
  readonly ordinal: number;
}

/** Reads a name like "db-0"; undefined when it is none of a StatefulSet's pods. */
export function placeOf(podName: string): Place | undefined {
  const [, setName, digits] = /^(.+)-(0|[1-9]\d{0,9})$/.exec(podName) ?? [];
  return setName === undefined || digits === undefined ? undefined : { setName, ordinal: Number(digits) };
}

/** The number of a pod in a StatefulSet; undefined when its name does not belong there. */
export function ordinalOf({ metadata: set }: Whole<StatefulSet>, { metadata }: Whole<Pod>): number | undefined {
  const place = placeOf(metadata.name);
  return place?.setName === set.name ? place.ordinal : undefined;
}

/** The pod of that number, made from a revision. All that is of its own is in its name, so that the next one has it again. */
export function replicaPod(set: Whole<StatefulSet>, ordinal: number, revision: Whole<ControllerRevision>): Whole<Pod> {
  const pod = podFromTemplate(statefulSetKind, set, templateOf(revision));
  const name = `${set.metadata.name}-${ordinal}`;
  const labels = { ...pod.metadata.labels, ...identityLabels(name, ordinal), [revisionLabel]: revision.metadata.name };
  const { serviceName = "" } = set.spec;
  return {
    ...pod,
    metadata: { ...pod.metadata, name, generateName: "", labels },
    spec: { ...pod.spec, hostname: name, ...(serviceName === "" ? {} : { subdomain: serviceName }) },
  };
}

/** The labels by which a pod of a StatefulSet is found, as far as it has lost them; undefined when it has them. */
export function missingLabels({ metadata }: Whole<Pod>, ordinal: number): Readonly<Record<string, string>> | undefined {
  const wanted = identityLabels(metadata.name, ordinal);
  return Object.entries(wanted).every(([key, value]) => metadata.labels[key] === value) ? undefined : wanted;
}

function identityLabels(name: string, ordinal: number): Record<string, string> {
  return { [podNameLabel]: name, [podIndexLabel]: String(ordinal) };
}
