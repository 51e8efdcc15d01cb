import { expect } from "chai";
import { type RankedPod, rankedPod } from "../../../test/fakes/crowded-cluster.js";
import { timeFromMs } from "../../api/values/time.js";
import { type Candidate, candidate as candidateOf, cheapest } from "./candidate.js";

describe("cheapest", () => {
  const ranked = (priority: number, startMs?: number): RankedPod => ({
    name: `p${priority}`,
    priority,
    ...(startMs === undefined ? {} : { status: { startTime: timeFromMs(startMs) } }),
  });
  const candidate = (nodeName: string, victims: readonly RankedPod[], violations = 0): Candidate =>
    candidateOf({ nodeName, victims: victims.map(rankedPod), violations });
  const cases = [
    {
      it: "shuns violations of budgets before all else",
      candidates: [candidate("violating", [ranked(1)], 1), candidate("harmless", [ranked(9), ranked(9)])],
      best: "harmless",
    },
    {
      it: "takes the lower of the highest priorities, though more must go",
      candidates: [candidate("high", [ranked(5)]), candidate("low", [ranked(4), ranked(4), ranked(4)])],
      best: "low",
    },
    {
      it: "takes the lower sum of priorities",
      candidates: [candidate("more", [ranked(5), ranked(4)]), candidate("less", [ranked(5), ranked(3)])],
      best: "less",
    },
    {
      it: "counts a victim of a negative priority as a cost",
      candidates: [candidate("two", [ranked(-5), ranked(-5)]), candidate("one", [ranked(-5)])],
      best: "one",
    },
    {
      it: "takes the latest start of the victims with the highest priority",
      candidates: [
        candidate("old", [ranked(5, 1_000), ranked(1, 9_000)]),
        candidate("young", [ranked(5, 2_000), ranked(1, 1_000)]),
        candidate("mixed", [ranked(5, 3_000), ranked(1, 500)]),
      ],
      best: "mixed",
    },
    {
      it: "goes by the earliest of them where there are several",
      candidates: [candidate("a", [ranked(5, 1_000), ranked(5, 9_000)]), candidate("b", [ranked(5, 2_000), ranked(5, 2_000)])],
      best: "b",
    },
    {
      it: "takes a victim that has not started for the youngest",
      candidates: [candidate("started", [ranked(5, 900_000)]), candidate("not yet", [ranked(5)])],
      best: "not yet",
    },
    { it: "takes the first of equal ones", candidates: [candidate("a", [ranked(1)]), candidate("b", [ranked(1)])], best: "a" },
    { it: "knows none where there is none", candidates: [], best: undefined },
  ];
  for (const { it: does, candidates, best } of cases) {
    it(does, () => expect(cheapest(candidates)?.nodeName).to.equal(best));
  }
});
