import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { timeToMs } from "../../api/values/time.js";
import { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import { planDelete } from "./plan-delete.js";

const nowMs = Date.UTC(2030, 0, 1);

describe("planDelete", () => {
  const options = (partial: object = {}): DeleteOptions => DeleteOptions.fromPartial(partial);

  it("puts the end of a bound pod as far off as its grace", () => {
    const plan = planDelete(podKind, pod({ nodeName: "n1" }), options(), nowMs);
    expect(plan.step).to.equal("mark");
    if (plan.step === "mark") expect(timeToMs(plan.marked.metadata.deletionTimestamp)).to.equal(nowMs + 30_000);
  });

  it("brings the end nearer, counted from when the deletion began", () => {
    const first = planDelete(podKind, pod({ nodeName: "n1" }), options(), nowMs);
    if (first.step !== "mark") throw new Error("not marked");
    const second = planDelete(podKind, first.marked, options({ gracePeriodSeconds: 10 }), nowMs + 5_000);
    if (second.step !== "mark") throw new Error("not marked again");
    expect(timeToMs(second.marked.metadata.deletionTimestamp)).to.equal(nowMs + 10_000);
  });

  it("waits when there is nothing to add", () => {
    const first = planDelete(podKind, pod({ nodeName: "n1" }), options(), nowMs);
    if (first.step !== "mark") throw new Error("not marked");
    expect(planDelete(podKind, first.marked, options(), nowMs + 1_000).step).to.equal("wait");
  });
});
