import { apiVersionOf } from "../codec/json.js";
import { configMapKind } from "./configmap/kind.js";
import { controllerRevisionKind } from "./controllerrevision/kind.js";
import { cronJobKind } from "./cronjob/kind.js";
import { daemonSetKind } from "./daemonset/kind.js";
import { deploymentKind } from "./deployment/kind.js";
import { eventKind } from "./event/kind.js";
import { flightRecordKind } from "./flightrecord/kind.js";
import { horizontalPodAutoscalerKind } from "./horizontalpodautoscaler/kind.js";
import { jobKind } from "./job/kind.js";
import type { Kind } from "./kind.js";
import { leaseKind } from "./lease/kind.js";
import { limitRangeKind } from "./limitrange/kind.js";
import { namespaceKind } from "./namespace/kind.js";
import { nodeKind } from "./node/kind.js";
import { placementRecordKind } from "./placementrecord/kind.js";
import { podKind } from "./pod/kind.js";
import { podDisruptionBudgetKind } from "./poddisruptionbudget/kind.js";
import { priorityClassKind } from "./priorityclass/kind.js";
import { replicaSetKind } from "./replicaset/kind.js";
import { resourceQuotaKind } from "./resourcequota/kind.js";
import { secretKind } from "./secret/kind.js";
import { serviceAccountKind } from "./serviceaccount/kind.js";
import { statefulSetKind } from "./statefulset/kind.js";

export { apiVersionOf };

/** Every kind there is. The order is that in which `get all` prints them. */
export const kinds: readonly Kind[] = [
  namespaceKind,
  nodeKind,
  podKind,
  daemonSetKind,
  deploymentKind,
  replicaSetKind,
  statefulSetKind,
  horizontalPodAutoscalerKind,
  cronJobKind,
  jobKind,
  leaseKind,
  eventKind,
  configMapKind,
  secretKind,
  serviceAccountKind,
  priorityClassKind,
  resourceQuotaKind,
  limitRangeKind,
  podDisruptionBudgetKind,
  controllerRevisionKind,
  flightRecordKind,
  placementRecordKind,
];

/** The kind of a group's resource, as ("apps", "deployments"). */
export function kindByResource(group: string, plural: string): Kind | undefined {
  return kinds.find((kind) => kind.group === group && kind.plural === plural);
}

/** The kind of a message, as "howbernetes.core.v1.Pod". */
export function kindByTypeName(typeName: string): Kind | undefined {
  return kinds.find((kind) => kind.typeName === typeName);
}

/** The kind that a manifest names. Without an apiVersion the kind implies it. */
export function kindOf(apiVersion: string | undefined, kindName: string): Kind | undefined {
  return kinds.find((kind) => kind.kind === kindName && (!apiVersion || apiVersionOf(kind) === apiVersion));
}

/**
 * The kind that a word on the command line means: plural, singular, short name or kind, in any case, alone or
 * followed by its group (`deployments.apps`) or version and group (`deployment.v1.apps`, `pods.v1.`).
 */
export function kindByName(word: string): Kind | undefined {
  const [name = "", ...rest] = word.toLowerCase().split(".");
  const qualifier = rest.join(".");
  return kinds.find((kind) => namesOf(kind).includes(name) && (rest.length === 0 || qualifies(kind, qualifier)));
}

/** The kinds that a word such as "all" stands for; none when it is no category. */
export function kindsInCategory(word: string): readonly Kind[] {
  return kinds.filter(({ categories }) => categories.includes(word.toLowerCase()));
}

function namesOf({ kind, plural, singular, shortNames }: Kind): readonly string[] {
  return [plural, singular, kind.toLowerCase(), ...shortNames];
}

function qualifies({ group, version }: Kind, qualifier: string): boolean {
  return qualifier === `${version}.${group}` || (group !== "" && qualifier === group);
}
