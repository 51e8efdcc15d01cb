import type { Whole } from "../../api/object.js";
import type {
  PodFailurePolicy,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyOnPodConditionsPattern,
} from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";

/** What a Job makes of a pod's failure. */
export type Judgement =
  /** It counts against the limits. */
  | { readonly action: "Count" }
  /** It is as if it had not been. */
  | { readonly action: "Ignore" }
  /** The pod's index is not tried again. */
  | { readonly action: "FailIndex" }
  /** Neither is anything else. */
  | { readonly action: "FailJob"; readonly message: string };

/** Judges a failed pod by the first of the policy's rules that fits; where none does, it counts. */
export function judgeFailure(policy: PodFailurePolicy | undefined, pod: Whole<Pod>): Judgement {
  for (const [index, { action, onExitCodes, onPodConditions }] of (policy?.rules ?? []).entries()) {
    const what = onExitCodes === undefined ? describeCondition(pod, onPodConditions) : describeExit(pod, onExitCodes);
    if (what === undefined) continue;
    if (action === "FailJob") return { action, message: `${what} matching FailJob rule at index ${index}` };
    if (action === "Ignore" || action === "FailIndex" || action === "Count") return { action };
  }
  return { action: "Count" };
}

function describeExit({ metadata, status }: Whole<Pod>, rule: PodFailurePolicyOnExitCodesRequirement): string | undefined {
  const container = [...status.containerStatuses, ...status.initContainerStatuses].find((each) => hasExitedSo(each, rule));
  if (container === undefined) return undefined;
  const code = container.state?.terminated?.exitCode ?? 0;
  return `Container ${container.name} for pod ${metadata.namespace}/${metadata.name} failed with exit code ${code}`;
}

function hasExitedSo({ name, state }: ContainerStatus, rule: PodFailurePolicyOnExitCodesRequirement): boolean {
  const exitCode = state?.terminated?.exitCode ?? 0;
  // What ended well, or runs still, is no failure, whatever NotIn may say.
  if (exitCode === 0 || (rule.containerName !== undefined && rule.containerName !== name)) return false;
  return rule.values.includes(exitCode) === (rule.operator === "In");
}

function describeCondition(
  { metadata, status }: Whole<Pod>,
  patterns: readonly PodFailurePolicyOnPodConditionsPattern[],
): string | undefined {
  const condition = status.conditions.find((each) => patterns.some(({ type, status: is }) => each.type === type && each.status === is));
  return condition === undefined ? undefined : `Pod ${metadata.namespace}/${metadata.name} has condition ${condition.type}`;
}
