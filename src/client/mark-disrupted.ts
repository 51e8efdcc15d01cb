import { messageToJson } from "../api/codec/json.js";
import { isConflict, isNotFound } from "../api/errors.js";
import { type Disruption, disruptionTarget } from "../api/kinds/pod/disruption-target.js";
import { keyOf, type Whole } from "../api/object.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { ResourceClient } from "./contracts.js";

/** What a pod is made to say before it is deleted from outside. */
export interface LastWords {
  readonly disruption?: Disruption;
  /** It is Failed from then on: nobody is left who could say how it ended. */
  readonly failed?: boolean;
}

/**
 * Writes on a pod why it is about to be deleted. @returns whether it is still there, and the one that was meant
 */
export async function markDisrupted(
  client: ResourceClient<Pod>,
  pod: Whole<Pod>,
  { disruption, failed = false }: LastWords,
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const conditions =
    disruption === undefined ? [] : [messageToJson("howbernetes.core.v1.PodCondition", disruptionTarget(pod.status, disruption, nowMs))];
  // The uid alone: what its node reports meanwhile changes nothing about it.
  const patch = { metadata: { uid: pod.metadata.uid }, status: { conditions, ...(failed ? { phase: "Failed" } : {}) } };
  try {
    await client.patch(keyOf(pod), "strategic", patch, { subresource: "status", signal });
    return true;
  } catch (error: unknown) {
    if (isNotFound(error) || isConflict(error)) return false;
    throw error;
  }
}
