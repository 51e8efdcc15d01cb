import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { PodFailurePolicy } from "../../gen/howbernetes/batch/v1/job.js";
import { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { judgeFailure } from "./failure-policy.js";

describe("judgeFailure", () => {
  const exited = (code: number, name = "main") => ({ name, state: { terminated: { exitCode: code } } });
  const failed = (status: object) =>
    pod({ name: "work-x", phase: "Failed", status: PodStatus.fromPartial({ phase: "Failed", ...status }) });
  const onCodes = (action: string, operator: string, values: number[], containerName?: string) => ({
    action,
    onExitCodes: { operator, values, ...(containerName === undefined ? {} : { containerName }) },
  });
  const onCondition = (action: string, status = "True") => ({ action, onPodConditions: [{ type: "DisruptionTarget", status }] });
  const disrupted = { conditions: [{ type: "DisruptionTarget", status: "True" }] };

  const cases: readonly { it: string; rules: object[]; status: object; action: string; message?: string }[] = [
    { it: "counts what no rule is about", rules: [], status: { containerStatuses: [exited(1)] }, action: "Count" },
    {
      it: "fails the Job on a code",
      rules: [onCodes("FailJob", "In", [2, 42])],
      status: { containerStatuses: [exited(42)] },
      action: "FailJob",
      message: "Container main for pod default/work-x failed with exit code 42 matching FailJob rule at index 0",
    },
    { it: "asks for the codes named", rules: [onCodes("FailJob", "In", [2])], status: { containerStatuses: [exited(3)] }, action: "Count" },
    { it: "asks for other codes", rules: [onCodes("Ignore", "NotIn", [2])], status: { containerStatuses: [exited(3)] }, action: "Ignore" },
    {
      it: "takes a success for no failure",
      rules: [onCodes("Ignore", "NotIn", [2])],
      status: { containerStatuses: [exited(0)] },
      action: "Count",
    },
    {
      it: "asks for a container",
      rules: [onCodes("Ignore", "In", [2], "side")],
      status: { containerStatuses: [exited(2)] },
      action: "Count",
    },
    {
      it: "looks at init containers too",
      rules: [onCodes("FailIndex", "In", [7], "setup")],
      status: { containerStatuses: [{ name: "main" }], initContainerStatuses: [exited(7, "setup")] },
      action: "FailIndex",
    },
    { it: "looks at conditions", rules: [onCondition("Ignore")], status: disrupted, action: "Ignore" },
    {
      it: "fails the Job on a condition",
      rules: [onCodes("Count", "In", [1]), onCondition("FailJob")],
      status: disrupted,
      action: "FailJob",
      message: "Pod default/work-x has condition DisruptionTarget matching FailJob rule at index 1",
    },
    { it: "asks for a condition's status", rules: [onCondition("Ignore", "False")], status: disrupted, action: "Count" },
    {
      it: "goes by the first rule that fits",
      rules: [onCodes("Count", "In", [1]), onCodes("FailJob", "NotIn", [2])],
      status: { containerStatuses: [exited(1)] },
      action: "Count",
    },
    {
      it: "passes over an action it does not know",
      rules: [onCodes("Frown", "In", [1])],
      status: { containerStatuses: [exited(1)] },
      action: "Count",
    },
  ];
  for (const { it: does, rules, status, ...judgement } of cases) {
    it(does, () => {
      expect(judgeFailure(PodFailurePolicy.fromPartial({ rules }), failed(status))).to.deep.equal(judgement);
    });
  }
});
