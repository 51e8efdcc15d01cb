import { expect } from "chai";
import { node } from "../../../test/builders/index.js";
import { planTaints, planUnknown } from "./plan.js";

describe("planTaints", () => {
  const unreachable = ["NoSchedule", "NoExecute"].map((effect) => ({ key: "node.kubernetes.io/unreachable", effect }));
  const notReady = ["NoSchedule", "NoExecute"].map((effect) => ({ key: "node.kubernetes.io/not-ready", effect }));
  const gpu = { key: "gpu", value: "true", effect: "NoSchedule" };
  const cases = [
    { it: "leaves a ready node without taints", node: node(), taints: undefined },
    { it: "taints a node that does not answer", node: node({ ready: "Unknown" }), taints: unreachable },
    { it: "taints a node that says it is not ready", node: node({ ready: false }), taints: notReady },
    { it: "leaves the right taints alone", node: node({ ready: "Unknown", taints: unreachable }), taints: undefined },
    { it: "changes the taints when the reason changes", node: node({ ready: "Unknown", taints: notReady }), taints: unreachable },
    { it: "removes them when the node is ready again", node: node({ taints: unreachable }), taints: [] },
    { it: "completes half a set", node: node({ ready: "Unknown", taints: unreachable.slice(0, 1) }), taints: unreachable },
    { it: "keeps others' taints", node: node({ ready: "Unknown", taints: [gpu, ...notReady] }), taints: [gpu, ...unreachable] },
    { it: "sets none before the node has reported", node: node({ ready: "none" }), taints: undefined },
  ];
  for (const { it: does, node: planned, taints } of cases) {
    it(does, () => {
      const plan = planTaints(planned, 0)?.map(({ key, value, effect }) =>
        value === undefined ? { key, effect } : { key, value, effect },
      );
      expect(plan).to.deep.equal(taints);
    });
  }
});

describe("planUnknown", () => {
  const said = (...args: Parameters<typeof planUnknown>): unknown =>
    planUnknown(...args).map(({ type, status, reason }) => [type, status, reason]);

  it("takes back what the node last said", () => {
    expect(said(node(), 0)).to.deep.equal([["Ready", "Unknown", "NodeStatusUnknown"]]);
  });

  it("says of one that never reported that it never did", () => {
    expect(said(node({ ready: "none" }), 0)).to.deep.equal([["Ready", "Unknown", "NodeStatusNeverUpdated"]]);
  });

  it("says it once", () => {
    expect(said(node({ ready: "Unknown" }), 0)).to.deep.equal([]);
  });
});
