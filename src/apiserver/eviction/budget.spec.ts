import { expect } from "chai";
import { birthMs, pod, podDisruptionBudget } from "../../../test/builders/index.js";
import { isForbidden, isOverBudget } from "../../api/errors.js";
import { withFailedSync } from "../../api/kinds/poddisruptionbudget/disruption-allowed.js";
import { timeFromMs } from "../../api/values/time.js";
import { PodDisruptionBudgetStatus } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import { chargeBudget, isFreeToGo, needsNoBudget } from "./budget.js";

describe("needsNoBudget", () => {
  const cases = [
    { it: "holds of a pod that has not begun", pod: pod({ nodeName: "" }), free: true },
    { it: "holds of a pod that has succeeded", pod: pod({ phase: "Succeeded" }), free: true },
    { it: "holds of a pod that has failed", pod: pod({ phase: "Failed" }), free: true },
    { it: "holds of a pod that goes anyway", pod: pod({ deleting: true }), free: true },
    { it: "does not hold of one that runs", pod: pod(), free: false },
    { it: "does not hold of one that runs and is not ready", pod: pod({ ready: false }), free: false },
  ];
  for (const { it: does, pod: asked, free } of cases) it(does, () => expect(needsNoBudget(asked)).to.equal(free));
});

describe("isFreeToGo", () => {
  const enough = { currentHealthy: 2, desiredHealthy: 2 };
  const tooFew = { currentHealthy: 1, desiredHealthy: 2 };
  const cases = [
    { it: "never a ready pod", ready: true, policy: "AlwaysAllow", status: enough, free: false },
    { it: "one that is not ready while enough others are healthy", ready: false, status: enough, free: true },
    { it: "none while too few are healthy", ready: false, status: tooFew, free: false },
    { it: "none where no count stands", ready: false, status: {}, free: false },
    { it: "one that is not ready at any time, if the budget says so", ready: false, policy: "AlwaysAllow", status: tooFew, free: true },
    { it: "none while too few are healthy, if the budget says so", ready: false, policy: "IfHealthyBudget", status: tooFew, free: false },
  ] as const;
  for (const { it: does, ready, status, free, ...rest } of cases) {
    it(`is ${does}`, () => {
      const policy = "policy" in rest ? { unhealthyPodEvictionPolicy: rest.policy } : {};
      expect(isFreeToGo(pod({ ready }), podDisruptionBudget({ ...policy, status }))).to.equal(free);
    });
  }
});

describe("chargeBudget", () => {
  const nowMs = birthMs;
  const draft = (status: Partial<PodDisruptionBudgetStatus>) => podDisruptionBudget({ status: { observedGeneration: 1, ...status } });
  const refusal = (status: Partial<PodDisruptionBudgetStatus>): unknown => {
    try {
      chargeBudget(draft(status), "web-1", nowMs);
      return undefined;
    } catch (error: unknown) {
      return error;
    }
  };

  it("takes one disruption away, and remembers whose it is", () => {
    const budget = draft({ disruptionsAllowed: 2 });
    chargeBudget(budget, "web-1", nowMs);
    expect(budget.status.disruptionsAllowed).to.equal(1);
    expect(budget.status.disruptedPods).to.deep.equal({ "web-1": timeFromMs(nowMs) });
    expect(budget.status.conditions).to.deep.equal([]);
  });

  it("says when it has taken the last", () => {
    const budget = draft({ disruptionsAllowed: 1 });
    chargeBudget(budget, "web-1", nowMs);
    expect(budget.status.conditions.map(({ status, reason }) => [status, reason])).to.deep.equal([["False", "InsufficientPods"]]);
  });

  it("refuses in Kubernetes' words when none is left", () => {
    const error = refusal({ disruptionsAllowed: 0, desiredHealthy: 3, currentHealthy: 3 });
    expect(error).to.satisfy(isOverBudget);
    expect(error).to.include({ message: "Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds: 0 });
    expect(error)
      .to.have.property("causes")
      .that.deep.equals([
        { path: "", reason: "DisruptionBudget", message: "The disruption budget web needs 3 healthy pods and has 3 currently" },
      ]);
  });

  it("refuses while the controller has not seen the budget's last change", () => {
    const error = refusal({ observedGeneration: 0, disruptionsAllowed: 5 });
    expect(error).to.satisfy(isOverBudget);
    expect(error).to.have.property("retryAfterSeconds", 10);
    expect(error).to.have.nested.property("causes[0].message", "The disruption budget web is still being processed by the server.");
  });

  it("says why the pods could not be counted", () => {
    const conditions = withFailedSync(PodDisruptionBudgetStatus.fromPartial({}), "no such thing", nowMs);
    expect(refusal({ conditions })).to.have.nested.property(
      "causes[0].message",
      "The disruption budget web does not allow evicting pods currently because it failed sync: no such thing",
    );
  });

  it("is forbidden by a budget that is past counting", () => {
    const many = Object.fromEntries(Array.from({ length: 2_001 }, (_, index) => [`p${index}`, timeFromMs(nowMs)]));
    const cases = [{ disruptionsAllowed: -1 }, { disruptionsAllowed: 1, disruptedPods: many }];
    for (const status of cases) expect(refusal(status)).to.satisfy(isForbidden);
  });
});
