import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { controllerRevision } from "../../../../test/builders/index.js";
import { controllerRevisionKind } from "./kind.js";

describe("ControllerRevision", () => {
  const cases: readonly (readonly [yaml: string, errors: readonly string[]])[] = [
    ["{ data: { spec: {} }, revision: 1 }", []],
    ["{ data: {} }", []],
    ["{ revision: 1 }", ["data: Required value: data is mandatory"]],
    ["{ data: {}, revision: -1 }", ["revision: Invalid value: -1: must be greater than or equal to 0"]],
  ];
  for (const [yaml, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${yaml}`, () => {
      expect(lines(controllerRevisionKind.validate(admitted(controllerRevisionKind, yaml)))).to.deep.equal(errors);
    });
  }

  const raws: Readonly<Record<string, readonly string[]>> = {
    "{": ['data: Invalid value: "{": must be JSON'],
    "": ["data: Required value: data is mandatory"],
    null: ["data: Required value: data is mandatory"],
  };
  for (const [raw, errors] of Object.entries(raws)) {
    it(`refuses ${JSON.stringify(raw)}, which protobuf may bring`, () => {
      const broken = { ...controllerRevision(), data: { raw: Buffer.from(raw) } };
      expect(lines(controllerRevisionKind.validate(broken))).to.deep.equal(errors);
    });
  }

  it("may get another number, and no other data", () => {
    const previous = controllerRevision({ data: { a: 1 } });
    expect(controllerRevisionKind.validateUpdate(controllerRevision({ data: { a: 1 }, revision: 2 }), previous)).to.deep.equal([]);
    expect(lines(controllerRevisionKind.validateUpdate(controllerRevision({ data: { a: 2 } }), previous))).to.deep.equal([
      'data: Invalid value: "{\\"a\\":2}": field is immutable',
    ]);
  });

  const owners = [
    { apiVersion: "apps/v1", cell: "statefulset.apps/web" },
    { apiVersion: "v1", cell: "statefulset/web" },
  ];
  for (const { apiVersion, cell: expected } of owners) {
    it(`shows ${expected} as what it is a revision of`, () => {
      const revision = controllerRevision({ owner: { apiVersion, kind: "StatefulSet", name: "web", uid: "u" }, createdMs: 1_000 });
      expect(controllerRevisionKind.columns.map(({ name, cell }) => `${name}=${cell(revision, 61_000)}`)).to.deep.equal([
        "NAME=web-1",
        `CONTROLLER=${expected}`,
        "REVISION=1",
        "AGE=60s",
      ]);
    });
  }

  it("shows that it is nobody's", () => {
    expect(controllerRevisionKind.columns[1]?.cell(controllerRevision(), 0)).to.equal("<none>");
  });
});
