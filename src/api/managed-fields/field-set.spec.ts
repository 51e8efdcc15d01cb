import { expect } from "chai";
import fc from "fast-check";
import { difference, emptyFieldSet, type FieldSet, fieldSetOf, hasPath, intersection, pathsOf, sameFields, union } from "./field-set.js";
import { formatFieldsV1, parseFieldsV1 } from "./fields-v1.js";
import { formatElement, formatPath, type PathElement, parseElement } from "./path-element.js";

const itemValue = fc.oneof(fc.string(), fc.integer(), fc.boolean());
const anyElement: fc.Arbitrary<PathElement> = fc.oneof(
  fc.record({ type: fc.constant("field" as const), name: fc.string() }),
  fc.record({
    type: fc.constant("key" as const),
    fields: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,3}$/), itemValue), {
      minLength: 1,
      maxLength: 3,
      selector: ([name]) => name,
    }),
  }),
  fc.record({ type: fc.constant("value" as const), value: itemValue }),
  fc.record({ type: fc.constant("index" as const), index: fc.nat() }),
);
// Few elements, so that paths share beginnings.
const element = fc.constantFrom("f:a", "f:b", 'k:{"name":"x"}', 'k:{"name":"y"}', "v:1", 'v:"1"', "i:0");
const path = fc.array(element, { minLength: 1, maxLength: 4 });
const fieldSet: fc.Arbitrary<FieldSet> = fc.array(path, { maxLength: 12 }).map((paths) => fieldSetOf(...paths));
const textsOf = (set: FieldSet): Set<string> => new Set(pathsOf(set).map((each) => each.join("|")));
const expectPaths = (set: FieldSet, expected: Iterable<string>): void => {
  expect([...textsOf(set)].sort()).to.deep.equal([...new Set(expected)].sort());
};

describe("path elements", () => {
  it("are read back from their text", () => {
    fc.assert(
      fc.property(anyElement, (any) => {
        const text = formatElement(any);
        const read = parseElement(text);
        expect(read).to.not.equal(undefined);
        if (read !== undefined) expect(formatElement(read)).to.equal(text);
      }),
    );
  });

  it("have one text, however they were written", () => {
    const read = parseElement('k:{ "protocol":"TCP", "containerPort": 80 }');
    expect(read && formatElement(read)).to.equal('k:{"containerPort":80,"protocol":"TCP"}');
  });

  for (const bad of ["", "f", "spec", "k:[]", "k:{", 'k:{"a":{}}', "v:", "v:null", "i:-1", "i:x"]) {
    it(`refuses ${JSON.stringify(bad)}`, () => {
      expect(() => parseElement(bad)).to.throw(SyntaxError);
    });
  }

  it("are printed as a path", () => {
    expect(formatPath(["f:spec", 'k:{"a":"x","b":1}', 'v:"y"', "v:2", "i:3", "f:d.e/f"])).to.equal('.spec[a="x",b=1][="y"][=2][3].d.e/f');
  });
});

describe("field sets", () => {
  it("unite, intersect and differ as sets of paths do", () => {
    fc.assert(
      fc.property(fieldSet, fieldSet, (a, b) => {
        const [left, right] = [textsOf(a), textsOf(b)];
        expectPaths(union(a, b), [...left, ...right]);
        expectPaths(
          intersection(a, b),
          [...left].filter((each) => right.has(each)),
        );
        expectPaths(
          difference(a, b),
          [...left].filter((each) => !right.has(each)),
        );
      }),
    );
  });

  it("are alike exactly when they have the same paths", () => {
    fc.assert(
      fc.property(fieldSet, fieldSet, (a, b) => {
        const isAlike = difference(a, b).size === 0 && difference(b, a).size === 0;
        expect(sameFields(a, b)).to.equal(isAlike);
        expect(sameFields(union(a, b), union(b, a))).to.equal(true);
      }),
    );
  });

  it("know their paths, and no others", () => {
    fc.assert(
      fc.property(fieldSet, path, (set, any) => {
        for (const each of pathsOf(set)) expect(hasPath(set, each)).to.equal(true);
        expect(hasPath(set, any)).to.equal(textsOf(set).has(any.join("|")));
      }),
    );
  });
});

describe("FieldsV1", () => {
  it("is read back as it was, and written as it was read", () => {
    fc.assert(
      fc.property(fieldSet, (set) => {
        const bytes = formatFieldsV1(set);
        expect(sameFields(parseFieldsV1(bytes), set)).to.equal(true);
        expect(formatFieldsV1(parseFieldsV1(bytes)).equals(bytes)).to.equal(true);
      }),
    );
  });

  it("is the same whatever order its paths came in", () => {
    fc.assert(
      fc.property(fc.array(path), (paths) => {
        const [forward, backward] = [fieldSetOf(...paths), fieldSetOf(...paths.toReversed())];
        expect(formatFieldsV1(forward).equals(formatFieldsV1(backward))).to.equal(true);
      }),
    );
  });

  it("marks what is in the set besides something below it", () => {
    const set = fieldSetOf(["f:labels"], ["f:labels", "f:app"], ["f:spec", 'k:{"name":"x"}'], ["f:spec", 'k:{"name":"x"}', "f:image"]);
    expect(formatFieldsV1(set).toString()).to.equal(
      '{"f:labels":{".":{},"f:app":{}},"f:spec":{"k:{\\"name\\":\\"x\\"}":{".":{},"f:image":{}}}}',
    );
  });

  it("puts fields before keys before values before indices, numbers in their order", () => {
    const set = fieldSetOf(["i:10"], ["i:9"], ["v:10"], ["v:9"], ['v:"a"'], ['k:{"a":2}'], ['k:{"a":10}'], ["f:z"], ["f:a"]);
    expect(Object.keys(JSON.parse(formatFieldsV1(set).toString()))).to.deep.equal([
      "f:a",
      "f:z",
      'k:{"a":2}',
      'k:{"a":10}',
      "v:9",
      "v:10",
      'v:"a"',
      "i:9",
      "i:10",
    ]);
  });

  it("drops elements of types to come, and takes nothing for the empty set", () => {
    expectPaths(parseFieldsV1(Buffer.from('{"q:new":{"f:a":{}},"f:b":{}}')), ["f:b"]);
    for (const empty of [undefined, Buffer.from(""), Buffer.from("null"), Buffer.from("{}")]) {
      expect(parseFieldsV1(empty)).to.deep.equal(emptyFieldSet);
    }
  });

  for (const bad of ["[]", "1", '{"f:a":1}', "{", '{"a":{}}', `${'{"f:a":'.repeat(300)}{}${"}".repeat(300)}`]) {
    it(`refuses ${bad.slice(0, 20)}`, () => {
      expect(() => parseFieldsV1(Buffer.from(bad))).to.throw(SyntaxError);
    });
  }
});
