import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import type { Whole } from "../../api/object.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { PodControl } from "../pods/pod-control.js";
import { podFromTemplate } from "../pods/pod-from-template.js";
import type { ReplicaPlan } from "./plan.js";
import type { ReplicaFailure } from "./status.js";

/** What came of carrying out a plan. */
interface Outcome {
  /** What the ReplicaSet's condition should say, if something failed. */
  readonly failure: ReplicaFailure | undefined;
  readonly errors: readonly unknown[];
}

/** Makes and deletes the pods that a plan says. @throws an abort error when `signal` fires */
export async function carryOut(
  podControl: PodControl<ReplicaSet>,
  replicaSet: Whole<ReplicaSet>,
  plan: ReplicaPlan,
  signal: AbortSignal,
): Promise<Outcome> {
  const pod = podFromTemplate(replicaSetKind, replicaSet, replicaSet.spec.template);
  const drafts = Array.from({ length: plan.create }, () => ({ slot: "", pod }));
  const { failures } = await podControl.create(replicaSet, drafts, signal);
  const errors = [...failures, ...(await podControl.delete(replicaSet, plan.remove, signal))];
  const [first] = errors;
  if (first === undefined) return { failure: undefined, errors };
  const message = first instanceof Error ? first.message : String(first);
  return { failure: { reason: failures.length > 0 ? "FailedCreate" : "FailedDelete", message }, errors };
}
