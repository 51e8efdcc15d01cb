import { expect } from "chai";
import { node } from "../../../test/builders/index.js";
import { planTaints } from "./taints.js";

describe("planTaints", () => {
  const taint = (key: string, effect: string) => ({ key: `node.kubernetes.io/${key}`, effect });
  const unreachable = [taint("unreachable", "NoSchedule"), taint("unreachable", "NoExecute")];
  const notReady = [taint("not-ready", "NoSchedule"), taint("not-ready", "NoExecute")];
  const gpu = { key: "gpu", value: "true", effect: "NoSchedule" };
  const withCondition = (type: string, status: string) => {
    const well = node();
    const condition = { type, status, reason: "", message: "", lastHeartbeatTime: undefined, lastTransitionTime: undefined };
    return { ...well, status: { ...well.status, conditions: [...well.status.conditions, condition] } };
  };
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
    {
      it: "keeps new pods away at once from a node that may not evict yet",
      node: node({ ready: "Unknown" }),
      mayEvict: false,
      taints: unreachable.slice(0, 1),
    },
    {
      it: "takes back what evicts when it may not any more",
      node: node({ ready: "Unknown", taints: unreachable }),
      mayEvict: false,
      taints: unreachable.slice(0, 1),
    },
    { it: "taints a cordoned node", node: node({ unschedulable: true }), taints: [taint("unschedulable", "NoSchedule")] },
    { it: "lets go of an uncordoned node", node: node({ taints: [taint("unschedulable", "NoSchedule")] }), taints: [] },
    ...(["MemoryPressure memory-pressure", "DiskPressure disk-pressure", "PIDPressure pid-pressure"] as const).map((each) => {
      const [type = "", key = ""] = each.split(" ");
      return { it: `keeps new pods away under ${type}`, node: withCondition(type, "True"), taints: [taint(key, "NoSchedule")] };
    }),
    {
      it: "keeps new pods away while the network is unavailable",
      node: withCondition("NetworkUnavailable", "True"),
      taints: [taint("network-unavailable", "NoSchedule")],
    },
    { it: "leaves a node alone of which a pressure is not known", node: withCondition("MemoryPressure", "Unknown"), taints: undefined },
    {
      it: "leaves an administrator's taint of the same key, which evicts, alone",
      node: node({ taints: [taint("memory-pressure", "NoExecute")] }),
      taints: undefined,
    },
  ];
  for (const { it: does, node: planned, taints, ...rest } of cases) {
    it(does, () => {
      const plan = planTaints(planned, "mayEvict" in rest ? rest.mayEvict : true, 0)?.map(({ key, value, effect }) =>
        value === undefined ? { key, effect } : { key, value, effect },
      );
      expect(plan).to.deep.equal(taints);
    });
  }
});
