import { podStatusWord } from "../../api/kinds/pod/status-word.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/**
 * What state a workload's pod is in: what is said of one of a state is so of all, which were made from one template.
 * @returns undefined of a pod that is well
 */
export function podState(pod: Whole<Pod>): string | undefined {
  const word = podStatusWord(pod);
  const isReady = pod.status.conditions.some(({ type, status }) => type === "Ready" && status === "True");
  if (word === "Completed" || (word === "Running" && isReady)) return undefined;
  const { labels } = pod.metadata;
  return `${word} ${labels["pod-template-hash"] ?? labels["controller-revision-hash"] ?? ""}`;
}
