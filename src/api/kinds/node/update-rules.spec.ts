import { expect } from "chai";
import { node } from "../../../../test/builders/index.js";
import { quantities } from "../../../../test/builders/quantities.js";
import { formatAmounts } from "../../values/amounts.js";
import { prepareNodeForStatusUpdate } from "./update-rules.js";

type Texts = Readonly<Record<string, string>>;

describe("prepareNodeForStatusUpdate", () => {
  const cases: readonly { it: string; was: Texts; had?: Texts; capacity: Texts; allocatable: Texts; becomes: Texts }[] = [
    { it: "gives pods what is new", was: {}, capacity: { "example.com/gpu": "4" }, allocatable: {}, becomes: { "example.com/gpu": "4" } },
    {
      it: "follows what has become more",
      was: { "example.com/gpu": "4" },
      capacity: { "example.com/gpu": "8" },
      allocatable: { "example.com/gpu": "4" },
      becomes: { "example.com/gpu": "8" },
    },
    { it: "takes away what is gone", was: { "example.com/gpu": "4" }, capacity: {}, allocatable: { "example.com/gpu": "4" }, becomes: {} },
    {
      it: "leaves what was said of it",
      was: { "example.com/gpu": "4" },
      capacity: { "example.com/gpu": "8" },
      allocatable: { "example.com/gpu": "6" },
      becomes: { "example.com/gpu": "6" },
    },
    {
      it: "leaves what was said of it before",
      was: { "example.com/gpu": "4" },
      had: { "example.com/gpu": "3" },
      capacity: { "example.com/gpu": "4" },
      allocatable: { "example.com/gpu": "3" },
      becomes: { "example.com/gpu": "3" },
    },
    { it: "leaves the machine's own alone", was: { cpu: "4" }, capacity: { cpu: "8" }, allocatable: { cpu: "4" }, becomes: { cpu: "4" } },
  ];
  for (const { it: does, was, had = was, capacity, allocatable, becomes } of cases) {
    it(does, () => {
      const previous = node();
      Object.assign(previous.status, { capacity: quantities(was), allocatable: quantities(had) });
      const next = node();
      Object.assign(next.status, { capacity: quantities(capacity), allocatable: quantities(allocatable) });
      prepareNodeForStatusUpdate(next, previous);
      expect(formatAmounts(next.status.allocatable)).to.equal(formatAmounts(quantities(becomes)));
    });
  }
});
