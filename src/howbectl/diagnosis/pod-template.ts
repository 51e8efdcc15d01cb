import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { cronJobKind } from "../../api/kinds/cronjob/kind.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { KindObject } from "../printers/object-format.js";
import type { Change, ObjectRef, Suggestion } from "./finding.js";
import { coreRef, refOf, suggest } from "./suggestions.js";
import { type PodChange, templatePatch } from "./template-patch.js";

/** Where a pod's spec is written down, and how a change of it comes into effect. */
export interface PodTemplate {
  readonly object: ObjectRef;
  /** The object as it is. */
  readonly document: JsonObject;
  /** What precedes a path into the pod: "" or as "/spec/template". */
  readonly prefix: string;
  /** The object takes no change of it: it has to be made anew. */
  readonly recreate: boolean;
  /** Pods that are there are left as they are: they have to be deleted for it to matter. */
  readonly keepsPods: boolean;
}

interface TemplateRule {
  readonly prefix: string;
  readonly recreate?: boolean;
  readonly keepsPods?: boolean;
}

const rules: ReadonlyMap<Kind["typeName"], TemplateRule> = new Map([
  [deploymentKind.typeName, { prefix: "/spec/template" }],
  [daemonSetKind.typeName, { prefix: "/spec/template" }],
  [replicaSetKind.typeName, { prefix: "/spec/template", keepsPods: true }],
  // A rolling update waits for the pod that it cannot wait for: Kubernetes' documented trap.
  [statefulSetKind.typeName, { prefix: "/spec/template", keepsPods: true }],
  [jobKind.typeName, { prefix: "/spec/template", recreate: true }],
  [cronJobKind.typeName, { prefix: "/spec/jobTemplate/spec/template" }],
]);

/** Where the spec of a pod comes from: the outermost controller that has a template, or the pod itself. */
export function templateOf(pod: Whole<Pod>, controllers: readonly KindObject[]): PodTemplate {
  const outermost = controllers.findLast(({ kind }) => rules.has(kind.typeName));
  if (outermost !== undefined) return templateOfController(outermost);
  const object = coreRef(podKind.kind, pod.metadata.namespace, pod.metadata.name);
  return { object, document: objectToJson(podKind, pod), prefix: "", recreate: true, keepsPods: false };
}

/** Where a controller has its template. */
export function templateOfController(item: KindObject): PodTemplate {
  const { prefix = "/spec/template", recreate = false, keepsPods = false } = rules.get(item.kind.typeName) ?? {};
  return { object: refOf(item), document: objectToJson(item.kind, item.object), prefix, recreate, keepsPods };
}

/** A suggestion to change pods' spec where it is written down. */
export function suggestPodChange(
  text: string,
  template: PodTemplate,
  changes: readonly PodChange[],
  pods: readonly Whole<Pod>[],
): Suggestion {
  return suggest(text, ...podChanges(template, changes, pods));
}

/** All changes of pods' spec as one patch of where it is written down; none where there is nothing to change. */
export function podChanges(
  { object, document, prefix, recreate, keepsPods }: PodTemplate,
  changes: readonly PodChange[],
  pods: readonly Whole<Pod>[],
): Change[] {
  const patch = templatePatch(document, prefix, changes);
  if (patch.length === 0) return [];
  const replace = keepsPods ? pods.map(({ metadata }) => coreRef(podKind.kind, metadata.namespace, metadata.name)) : [];
  return [{ kind: "patch", object, type: "json", patch, recreate, replace }];
}
