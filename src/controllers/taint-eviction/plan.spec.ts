import { expect } from "chai";
import type { Taint, Toleration } from "../../gen/howbernetes/core/v1/scheduling.js";
import { stayMs } from "./plan.js";

describe("stayMs", () => {
  const lost: Taint = { key: "lost", effect: "NoExecute", timeAdded: undefined };
  const other: Taint = { key: "other", effect: "NoExecute", timeAdded: undefined };
  const tolerate = (key: string, tolerationSeconds?: number): Toleration => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  });
  const cases = [
    { it: "lets nobody stay who does not tolerate it", tolerations: [], taints: [lost], stay: 0 },
    { it: "lets stay for as long as tolerated", tolerations: [tolerate("lost", 30)], taints: [lost], stay: 30_000 },
    { it: "lets stay for ever without a limit", tolerations: [tolerate("lost")], taints: [lost], stay: undefined },
    {
      it: "takes the shortest of several",
      tolerations: [tolerate("lost", 30), tolerate("other", 10)],
      taints: [lost, other],
      stay: 10_000,
    },
    { it: "wants every taint tolerated", tolerations: [tolerate("lost", 30)], taints: [lost, other], stay: 0 },
    { it: "takes a negative limit for none at all", tolerations: [tolerate("lost", -5)], taints: [lost], stay: 0 },
  ];
  for (const { it: does, tolerations, taints, stay } of cases) {
    it(does, () => expect(stayMs(tolerations, taints)).to.equal(stay));
  }
});
