import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { KindObject } from "../printers/object-format.js";
import { sortObjects } from "./sort-objects.js";

describe("sortObjects", () => {
  const labelled = (name: string, value: string | undefined): KindObject => ({
    kind: podKind as unknown as Kind,
    object: pod({ name, labels: value === undefined ? {} : { key: value } }),
  });
  const cases = [
    { it: "sorts texts with their numbers as numbers", values: ["web-10", "web-9", "api"], sorted: ["api", "web-9", "web-10"] },
    { it: "sorts quantities by their amount", values: ["1Gi", "512Mi", "2"], sorted: ["2", "512Mi", "1Gi"] },
    { it: "puts what lacks the field first", values: ["b", undefined, "a"], sorted: [undefined, "a", "b"] },
  ];
  for (const { it: does, values, sorted } of cases) {
    it(does, () => {
      const items = values.map((value, index) => labelled(`p${index}`, value));
      expect(sortObjects(items, ".metadata.labels.key").map(({ object }) => object.metadata.labels.key)).to.deep.equal(sorted);
    });
  }

  it("refuses a path that leads nowhere in any object", () => {
    expect(() => sortObjects([labelled("a", "x")], "{.spec.nope}")).to.throw('couldn\'t find any field with path "{.spec.nope}"');
    expect(sortObjects([], ".spec.nope")).to.deep.equal([]);
  });
});
