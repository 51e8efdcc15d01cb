import { expect } from "chai";
import { birthMs, node, pod } from "../../../test/builders/index.js";
import { abandonmentOf, outOfServiceTaint, planTerminated } from "./plan.js";

describe("abandonmentOf", () => {
  const out = [{ key: outOfServiceTaint, effect: "NoExecute" }];
  const going = pod({ deleting: true });
  const cases = [
    { it: "leaves a pod to its node", pod: pod(), node: node(), why: undefined },
    { it: "leaves a pod that goes to its node", pod: going, node: node(), why: undefined },
    { it: "leaves a pod that goes to a node that is lost", pod: going, node: node({ ready: "Unknown" }), why: undefined },
    { it: "takes a pod whose node is not there", pod: pod(), node: undefined, why: "orphaned" },
    { it: "leaves a pod that waits for a node", pod: pod({ nodeName: "" }), node: undefined, why: undefined },
    { it: "takes a pod that goes and never had a node", pod: pod({ nodeName: "", deleting: true }), node: undefined, why: "unscheduled" },
    {
      it: "takes a pod that goes from a node out of service",
      pod: going,
      node: node({ ready: "Unknown", taints: out }),
      why: "out of service",
    },
    { it: "leaves a pod that is to stay on a node out of service", pod: pod(), node: node({ ready: false, taints: out }), why: undefined },
    { it: "does not believe that a node is out of service which is ready", pod: going, node: node({ taints: out }), why: undefined },
  ];
  for (const { it: does, pod: asked, node: its, why } of cases) it(does, () => expect(abandonmentOf(asked, its)).to.equal(why));
});

describe("planTerminated", () => {
  const finished = (name: string, ageMs: number, options: object = {}) =>
    pod({ name, phase: "Succeeded", createdMs: birthMs - ageMs, ...options });
  const old = finished("old", 30);
  const young = finished("young", 10);
  const evicted = finished("evicted", 0, { phase: "Failed", status: { reason: "Evicted" } });
  const cases = [
    { it: "leaves as many as are kept", pods: [old, young], threshold: 2, remove: [] },
    { it: "takes the oldest beyond", pods: [young, old], threshold: 1, remove: ["old"] },
    { it: "takes the evicted first", pods: [young, old, evicted], threshold: 1, remove: ["evicted", "old"] },
    { it: "goes by the name among the equally old", pods: [finished("b", 0), finished("a", 0)], threshold: 1, remove: ["a"] },
    { it: "does not count what runs", pods: [old, pod(), pod({ nodeName: "" })], threshold: 1, remove: [] },
    { it: "does not count what goes already", pods: [old, finished("going", 99, { deleting: true })], threshold: 1, remove: [] },
  ];
  for (const { it: does, pods, threshold, remove } of cases) {
    it(does, () => expect(planTerminated(pods, threshold).map(({ metadata }) => metadata.name)).to.deep.equal(remove));
  }
});
