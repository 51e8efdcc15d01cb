import type { Mutation } from "./mutations.js";

const diagnosis = "src/howbectl/diagnosis";

/** Of what `howbectl why` finds out, on hollow nodes. */
export const whyMutations: readonly Mutation[] = [
  {
    area: "why a pod is pending",
    fault: "what the scheduler suggests for a pod is not taken over",
    file: `${diagnosis}/gather/read-placement.ts`,
    find: "suggestions: placement.suggestions.map(",
    replace: "suggestions: placement.suggestions.slice(0, 0).map(",
  },
  {
    area: "why a pod is pending",
    fault: "what was recorded of a decision is preferred to what holds now",
    file: `${diagnosis}/gather/read-placement.ts`,
    find: "answer.live ?? answer.record?.placement",
    replace: "answer.live === undefined ? answer.record?.placement : undefined",
  },
  {
    area: "why a workload is as it is",
    fault: "a quota is raised by one pod, however many are missing",
    file: `${diagnosis}/workloads/missing-pods.ts`,
    find: "for (let made = 0; made < count; made += 1)",
    replace: "for (let made = 0; made < 1; made += 1)",
  },
  {
    area: "why a workload is as it is",
    fault: "what is within a LimitRange's bounds is taken for what is beyond them",
    file: `${diagnosis}/workloads/limit-range.ts`,
    find: 'const sign = side === "maximum" ? 1 : -1;',
    replace: 'const sign = side === "maximum" ? -1 : 1;',
  },
  {
    area: "why a container does not run",
    fault: "a rollback goes to the first revision that there was, and says so of the first, too",
    file: `${diagnosis}/pods/rollback.ts`,
    find: "number > 0 && number < latest",
    replace: "number > latest",
  },
  {
    area: "why a container does not run",
    fault: "what an Event says of a volume is not looked at",
    file: `${diagnosis}/pods/configuration.ts`,
    find: 'reason === "FailedMount"',
    replace: 'reason === "FailedBind"',
  },
  {
    area: "howbectl why",
    fault: "pods that fare alike are not named",
    file: `${diagnosis}/workloads/pod-findings.ts`,
    find: "podStatusWord(pod) === word",
    replace: "podStatusWord(pod) !== word",
  },
  {
    area: "diagnosePod",
    fault: "a pod that is placed by now is told as if it waited",
    file: `${diagnosis}/pods/diagnose-pod.ts`,
    find: 'if ((spec.nodeName ?? "") === "") return',
    replace: 'if ((spec.nodeName ?? "") !== "") return',
  },
  {
    area: "diagnosePod",
    fault: "a node of which nothing is heard is taken for one that answers",
    file: `${diagnosis}/pods/leaving.ts`,
    find: 'if (ready?.status === "True") return undefined;',
    replace: 'if (ready?.status !== "False") return undefined;',
  },
  {
    area: "diagnosePod, of containers",
    fault: "a container that was killed for memory is taken for one that failed",
    file: `${diagnosis}/pods/crashes.ts`,
    find: 'return end?.reason === "OOMKilled" ||',
    replace: 'return end?.reason === "OutOfMemory" ||',
  },
  {
    area: "diagnosePod, of containers",
    fault: "signals are told as codes",
    file: `${diagnosis}/pods/exit-code.ts`,
    find: "exitCode > 128 ? exitCode - 128 : 0",
    replace: "exitCode > 256 ? exitCode - 128 : 0",
  },
  {
    area: "diagnosePod, of containers",
    fault: "another pod's template is changed where the pod stands alone",
    file: `${diagnosis}/pod-template.ts`,
    find: 'prefix: "", recreate: true',
    replace: 'prefix: "", recreate: false',
  },
  {
    area: "diagnose, of deployments",
    fault: "failures that are over are told again",
    file: `${diagnosis}/workloads/missing-pods.ts`,
    find: "if (missing.count <= 0) return [];",
    replace: "if (missing.count < 0) return [];",
  },
  {
    area: "diagnose, of deployments",
    fault: "every pause is a problem",
    file: `${diagnosis}/workloads/deployment.ts`,
    find: "return [isHeld ? problem(ref, draft) : remark(ref, draft)];",
    replace: "return [isHeld || !isHeld ? problem(ref, draft) : remark(ref, draft)];",
  },
  {
    area: "diagnose, of sets",
    fault: "pods made all at once are said to wait for one another",
    file: `${diagnosis}/workloads/sets.ts`,
    find: 'podManagementPolicy === "OrderedReady" ? orderFindings',
    replace: 'podManagementPolicy !== "Ordered" ? orderFindings',
  },
  {
    area: "diagnose, of sets",
    fault: "nodes that every DaemonSet goes to are told as left out",
    file: `${diagnosis}/workloads/sets.ts`,
    find: '.startsWith("node.kubernetes.io/") || taint.key === unschedulableTaint',
    replace: '.startsWith("nodes.kubernetes.io/") || taint.key === undefined',
  },
  {
    area: "diagnose, of jobs",
    fault: "a Job's next try is told too early",
    file: `${diagnosis}/workloads/job.ts`,
    find: "firstDelayMs * 2 ** (failed - 1)",
    replace: "firstDelayMs * (failed - 1)",
  },
  {
    area: "diagnose, of nodes",
    fault: "what a node says of itself is taken for silence",
    file: `${diagnosis}/policies/node.ts`,
    find: 'if (ready?.status === "False") {',
    replace: 'if (ready?.status === "Never") {',
  },
  {
    area: "diagnose, of namespaces",
    fault: "quotas with room are said to be used up",
    file: `${diagnosis}/policies/namespace.ts`,
    find: "compareQuantities(status.used[name], hard) >= 0",
    replace: "compareQuantities(status.used[name], hard) !== 1",
  },
  {
    area: "diagnose, of budgets",
    fault: "a budget that never allows anything is taken for one that waits",
    file: `${diagnosis}/policies/disruption-budget.ts`,
    find: "if (desiredHealthy >= expectedPods) {",
    replace: "if (desiredHealthy > expectedPods) {",
  },
  {
    area: "diagnose, of autoscalers",
    fault: "what is at its maximum is said to be content",
    file: `${diagnosis}/policies/autoscaler.ts`,
    find: 'limited?.reason !== "TooManyReplicas"',
    replace: 'limited?.reason !== "TooManyPods"',
  },
  {
    area: "diagnose, of anything else",
    fault: "warnings about other kinds are not told",
    file: `${diagnosis}/diagnose.ts`,
    find: 'events.filter(({ type }) => type === "Warning")',
    replace: 'events.filter(({ type }) => type === "Error")',
  },
];

/** Of what it finds out about real containers. */
export const whyRealContainerMutations: readonly Mutation[] = [
  {
    area: "why a real container does not run",
    fault: "the suggested limit is no larger than the one that was too small",
    file: `${diagnosis}/pods/crashes.ts`,
    find: "binary(2 * quantityNumber(limit))",
    replace: "binary(quantityNumber(limit))",
  },
  {
    area: "why a real container does not run",
    fault: "last lines are not shown",
    file: `${diagnosis}/pods/crashes.ts`,
    find: "const lines = recorded.length > 0 ? recorded : (logs.get(name) ?? []);",
    replace: "const lines = recorded.length > 0 ? [] : (logs.get(name) ?? []).slice(0, 0);",
  },
];
