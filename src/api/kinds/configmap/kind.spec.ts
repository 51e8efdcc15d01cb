import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { configMap } from "../../../../test/builders/index.js";
import { configMapKind } from "./kind.js";

const mebibyte = 1024 * 1024;

describe("validateConfigMap", () => {
  const cases: readonly (readonly [yaml: string, errors: readonly string[]])[] = [
    ["{}", []],
    ["{ data: { a: x, b.conf: '' }, binaryData: { c: aGk= } }", []],
    ["{ data: { a: x }, binaryData: { a: aGk= } }", ['data[a]: Invalid value: "a": duplicate of key present in binaryData']],
    [
      "{ data: { ..a: x }, binaryData: { .: aGk= } }",
      ["data[..a]: Invalid value: \"..a\": must not start with '..'", "binaryData[.]: Invalid value: \".\": must not be '.'"],
    ],
  ];
  for (const [yaml, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${yaml}`, () => {
      expect(lines(configMapKind.validate(admitted(configMapKind, yaml)))).to.deep.equal(errors);
    });
  }

  it("counts the bytes of texts and of binary data, up to 1 MiB", () => {
    const data = { a: "é".repeat(mebibyte / 4) };
    const full = configMap({ data, binaryData: { b: Buffer.alloc(mebibyte / 2) } });
    const over = configMap({ data, binaryData: { b: Buffer.alloc(mebibyte / 2 + 1) } });
    expect(configMapKind.validate(full)).to.deep.equal([]);
    expect(lines(configMapKind.validate(over))).to.deep.equal(["[]: Too long: may not be more than 1048576 bytes"]);
  });
});

describe("validateUpdate of a ConfigMap", () => {
  const sealed = configMap({ data: { a: "x" }, binaryData: { b: Buffer.from("y") }, immutable: true });
  const refused = (field: string): string => `${field}: Forbidden: field is immutable when \`immutable\` is set`;
  const errorsOf = (next: Parameters<typeof configMap>[0], previous = sealed): string[] =>
    lines(configMapKind.validateUpdate(configMap(next), previous));

  it("accepts any change of one that is mutable", () => {
    expect(errorsOf({ data: { a: "z" }, immutable: true }, configMap({ data: { a: "x" } }))).to.deep.equal([]);
    expect(errorsOf({ data: { a: "z" } }, configMap({ data: { a: "x" }, immutable: false }))).to.deep.equal([]);
  });

  it("accepts other labels of one that is immutable", () => {
    expect(errorsOf({ data: { a: "x" }, binaryData: { b: Buffer.from("y") }, immutable: true, labels: { a: "b" } })).to.deep.equal([]);
  });

  it("refuses other content of one that is immutable", () => {
    expect(errorsOf({ data: { a: "z" }, immutable: true })).to.deep.equal([refused("data"), refused("binaryData")]);
  });

  for (const immutable of [false, undefined]) {
    it(`refuses to make it mutable by ${immutable}`, () => {
      const next = { data: { a: "x" }, binaryData: { b: Buffer.from("y") }, ...(immutable === undefined ? {} : { immutable }) };
      expect(errorsOf(next)).to.deep.equal([refused("immutable")]);
    });
  }
});

describe("columns of configmaps", () => {
  it("count texts and binary data", () => {
    const settings = configMap({ data: { a: "x", b: "y" }, binaryData: { c: Buffer.from("z") }, createdMs: 1_000 });
    expect(configMapKind.columns.map(({ name, cell }) => `${name}=${cell(settings, 61_000)}`)).to.deep.equal([
      "NAME=settings",
      "DATA=3",
      "AGE=60s",
    ]);
  });
});
