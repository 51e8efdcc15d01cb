import type { Whole } from "../../api/object.js";
import { notReadyTaint, tolerates, unreachableTaint } from "../../api/scheduling/toleration.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Taint, Toleration } from "../../gen/howbernetes/core/v1/scheduling.js";

/** A node's taints that drive pods away which run there. */
export function evictingTaints({ spec }: Whole<Node>): readonly Taint[] {
  return spec.taints.filter(({ effect }) => effect === "NoExecute");
}

/** Whether taints only say that the node is lost or unwell, as opposed to that an administrator wants it empty. */
export function areOfFailure(taints: readonly Taint[]): boolean {
  return taints.every(({ key }) => key === notReadyTaint || key === unreachableTaint);
}

/**
 * How long a pod may stay beside taints: 0 when it does not tolerate one, the least of its tolerationSeconds, undefined
 * for as long as it likes.
 */
export function stayMs(tolerations: readonly Toleration[], taints: readonly Taint[]): number | undefined {
  const stays: number[] = [];
  for (const taint of taints) {
    const covering = tolerations.filter((toleration) => tolerates(toleration, taint));
    if (covering.length === 0) return 0;
    for (const { tolerationSeconds } of covering) {
      if (tolerationSeconds !== undefined) stays.push(Math.max(0, tolerationSeconds) * 1000);
    }
  }
  return stays.length === 0 ? undefined : Math.min(...stays);
}
