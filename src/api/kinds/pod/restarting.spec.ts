import { expect } from "chai";
import { Container } from "../../../gen/howbernetes/core/v1/container.js";
import { appRestarting, initRestarting, isRestartable, neverRestarted, shouldRestart } from "./restarting.js";

const rule = (operator: string, ...values: number[]) => ({ action: "Restart", exitCodes: { operator, values } });

describe("shouldRestart", () => {
  const cases = [
    { it: "does what the pod says", container: {}, pod: "OnFailure", restarts: { 0: false, 1: true } },
    { it: "does so always where nobody says otherwise", container: {}, pod: undefined, restarts: { 0: true, 1: true } },
    { it: "does rather what the container says", container: { restartPolicy: "Never" }, pod: "Always", restarts: { 0: false, 1: false } },
    { it: "does more than the pod says", container: { restartPolicy: "Always" }, pod: "Never", restarts: { 0: true, 1: true } },
    {
      it: "does what a rule says of an exit code",
      container: { restartPolicy: "Never", restartPolicyRules: [rule("In", 42, 43)] },
      pod: "Never",
      restarts: { 0: false, 1: false, 42: true, 43: true },
    },
    {
      it: "does what a rule says of all other exit codes",
      container: { restartPolicy: "Never", restartPolicyRules: [rule("NotIn", 0, 3)] },
      pod: "Always",
      restarts: { 0: false, 1: true, 3: false },
    },
    {
      it: "does what the policy says where no rule fits",
      container: { restartPolicy: "OnFailure", restartPolicyRules: [rule("In", 0)] },
      pod: "Never",
      restarts: { 0: true, 1: true },
    },
  ];
  for (const { it: does, container, pod, restarts } of cases) {
    it(does, () => {
      const restarting = appRestarting(Container.fromPartial(container), pod);
      const found = Object.keys(restarts).map((code) => [code, shouldRestart(restarting, Number(code))]);
      expect(Object.fromEntries(found)).to.deep.equal(restarts);
    });
  }

  it("never repeats the success of an init container", () => {
    const always = { restartPolicy: "OnFailure", restartPolicyRules: [rule("NotIn", 3)] };
    const restarting = initRestarting(Container.fromPartial(always), "Never");
    expect([0, 1, 3].map((code) => shouldRestart(restarting, code))).to.deep.equal([false, true, true]);
  });

  it("repeats every end of a sidecar", () => {
    const sidecar = initRestarting(Container.fromPartial({ restartPolicy: "Always" }), "Never");
    expect([0, 1].map((code) => shouldRestart(sidecar, code))).to.deep.equal([true, true]);
  });
});

describe("isRestartable", () => {
  const cases = [
    { it: "is so by its policy", container: { restartPolicy: "OnFailure" }, is: true },
    { it: "is so by a rule", container: { restartPolicy: "Never", restartPolicyRules: [rule("In", 42)] }, is: true },
    { it: "is not without either", container: { restartPolicy: "Never" }, is: false },
  ];
  for (const { it: does, container, is } of cases) {
    it(does, () => {
      expect(isRestartable(appRestarting(Container.fromPartial(container), "Always"))).to.equal(is);
    });
  }

  it("is not so of what has one run", () => {
    expect(isRestartable(neverRestarted)).to.equal(false);
  });
});
