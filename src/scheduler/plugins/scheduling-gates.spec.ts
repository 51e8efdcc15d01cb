import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { podInfo } from "../cluster/pod-info.js";
import { schedulingGates } from "./scheduling-gates.js";

describe("SchedulingGates", () => {
  const gated = (...names: string[]) => podInfo(pod({ nodeName: "", spec: { schedulingGates: names.map((name) => ({ name })) } }));

  it("lets pods without gates pass", () => {
    expect(schedulingGates.gate(gated())).to.equal(undefined);
  });

  it("names the gates that hold a pod back", () => {
    expect(schedulingGates.gate(gated("example.com/quota", "later"))).to.deep.equal({
      plugin: "SchedulingGates",
      reasons: ["waiting for scheduling gates: [example.com/quota later]"],
      mayYield: false,
    });
  });
});
