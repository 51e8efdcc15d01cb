import { expect } from "chai";
import { nodesToFind } from "./nodes-to-find.js";

describe("nodesToFind", () => {
  const cases = [
    { it: "looks at all of a small cluster", nodes: 99, percentage: 0, found: 99 },
    { it: "never leaves out the last hundred", nodes: 150, percentage: 0, found: 100 },
    { it: "takes half and less, the larger the cluster", nodes: 1_000, percentage: 0, found: 420 },
    { it: "takes a tenth of five thousand", nodes: 5_000, percentage: 0, found: 500 },
    { it: "takes a twentieth at least", nodes: 20_000, percentage: 0, found: 1_000 },
    { it: "takes the percentage that it is told", nodes: 5_000, percentage: 30, found: 1_500 },
    { it: "keeps to the least even so", nodes: 1_000, percentage: 1, found: 100 },
    { it: "takes all when told to", nodes: 5_000, percentage: 100, found: 5_000 },
  ];
  for (const { it: does, nodes, percentage, found } of cases) {
    it(does, () => expect(nodesToFind(nodes, percentage)).to.equal(found));
  }
});
