import { objectFromJson, objectToJson, parseJsonObject } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { makeWhole } from "../../api/codec/whole.js";
import { controllerRevisionKind } from "../../api/kinds/controllerrevision/kind.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { applyPatch } from "../../api/patch/patch.js";
import type { ApiClient } from "../../client/contracts.js";
import type { ControllerRevision } from "../../gen/howbernetes/apps/v1/controller_revision.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { objectAt } from "../manifests/json-fields.js";
import type { KindObject } from "../printers/object-format.js";
import { controlledObjects } from "../resources/controlled-objects.js";
import { UsageError } from "../usage-error.js";
import { isSameTemplate, withoutHash } from "./pod-template.js";

/** One rollout that a workload has had. */
export interface Revision {
  readonly number: number;
  /** Why it was made; "" when nobody has said. */
  readonly changeCause: string;
  /** What its pods are made of. */
  readonly template: PodTemplateSpec;
  /** The object that keeps it: a ReplicaSet or a ControllerRevision. */
  readonly record: KindObject;
  /** Brings the workload back to it: a strategic merge patch. */
  readonly patch: JsonObject;
}

const changeCauseAnnotation = "kubernetes.io/change-cause";
const revisionAnnotation = "deployment.kubernetes.io/revision";

/** Begins the names of annotations in which the controllers keep what they know of one object. */
const ownPrefixes: readonly string[] = ["deployment.kubernetes.io/", "howbernetes.dev/"];
const records: ReadonlySet<string> = new Set(["kubectl.kubernetes.io/last-applied-configuration", "deprecated.deployment.rollback.to"]);

/** Whether a Deployment and each of its ReplicaSets have an annotation for themselves, so that going back does not change it. */
const isOwn = (key: string): boolean => records.has(key) || ownPrefixes.some((prefix) => key.startsWith(prefix));

/**
 * The rollouts of a Deployment (kept by its ReplicaSets), a DaemonSet or a StatefulSet (by their ControllerRevisions),
 * oldest first.
 *
 * @throws UsageError for other kinds
 */
export async function rolloutHistory(workload: KindObject, client: ApiClient, signal: AbortSignal): Promise<readonly Revision[]> {
  const { typeName, kind, group } = workload.kind;
  if (typeName === deploymentKind.typeName) {
    const replicaSets = await controlledObjects(workload.object, replicaSetKind, { client, signal });
    return inOrder(replicaSets.flatMap((replicaSet) => revisionOfReplicaSet(workload.object, replicaSet)));
  }
  if (typeName === daemonSetKind.typeName || typeName === statefulSetKind.typeName) {
    const records = await controlledObjects(workload.object, controllerRevisionKind, { client, signal });
    return inOrder(records.map((record) => revisionOfRecord(workload, record)));
  }
  throw new UsageError(`no history viewer has been implemented for "${kind}${group === "" ? "" : `.${group}`}"`);
}

/** Whether the workload is as the revision has it. */
export function isAt({ object }: KindObject, { template }: Revision): boolean {
  return isSameTemplate(templateOf(object), template);
}

const inOrder = (revisions: readonly Revision[]): readonly Revision[] => [...revisions].sort((a, b) => a.number - b.number);

/** None for a ReplicaSet that its controller has not numbered yet. */
function revisionOfReplicaSet(deployment: Whole<ApiObject>, replicaSet: Whole<ReplicaSet>): Revision[] {
  const { annotations } = replicaSet.metadata;
  const number = Number(annotations[revisionAnnotation]);
  if (!Number.isInteger(number) || replicaSet.spec.template === undefined) return [];
  const record = recordOf(replicaSetKind, replicaSet);
  const json = objectToJson(replicaSetKind, {
    ...replicaSet,
    spec: { ...replicaSet.spec, template: withoutHash(replicaSet.spec.template) },
  });
  const gone = Object.keys(deployment.metadata.annotations).filter((key) => !isOwn(key) && annotations[key] === undefined);
  const kept = Object.entries(annotations).filter(([key]) => !isOwn(key));
  const patch = {
    metadata: { annotations: { ...Object.fromEntries(gone.map((key) => [key, null])), ...Object.fromEntries(kept) } },
    spec: { template: { ...objectAt(objectAt(json, "spec"), "template"), $patch: "replace" } },
  };
  return [{ number, changeCause: annotations[changeCauseAnnotation] ?? "", template: replicaSet.spec.template, record, patch }];
}

/** A ControllerRevision holds the very patch that goes back to it. */
function revisionOfRecord({ kind, object }: KindObject, record: Whole<ControllerRevision>): Revision {
  const patch = parseJsonObject(Buffer.from(record.data?.raw ?? "{}").toString("utf8"));
  const restored = applyPatch(kind, objectToJson(kind, object), "strategic", patch);
  return {
    number: record.revision ?? 0,
    changeCause: record.metadata.annotations[changeCauseAnnotation] ?? "",
    template: templateOf(makeWhole(kind, objectFromJson(kind, restored).object)) ?? { metadata: undefined, spec: undefined },
    record: recordOf(controllerRevisionKind, record),
    patch,
  };
}

function templateOf(workload: Whole<ApiObject>): PodTemplateSpec | undefined {
  return (workload as { spec?: { template?: PodTemplateSpec } }).spec?.template;
}

const recordOf = <T extends ApiObject>(kind: Kind<T>, object: Whole<T>): KindObject => ({ kind, object }) as unknown as KindObject;
