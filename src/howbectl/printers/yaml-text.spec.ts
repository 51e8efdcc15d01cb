import { expect } from "chai";
import { yamlText } from "./yaml-text.js";

describe("yamlText", () => {
  const long = "word ".repeat(20).trim();
  /** As kubectl prints them. */
  const scalars: readonly (readonly [value: string | number, text: string])[] = [
    ["", '""'],
    ["~", '"~"'],
    ["yes", '"yes"'],
    ["NO", '"NO"'],
    ["n", '"n"'],
    ["1", '"1"'],
    ["1e3", '"1e3"'],
    ["0o17", '"0o17"'],
    ["0x", "0x"],
    ["1.2.3", "1.2.3"],
    ["12:30:45", '"12:30:45"'],
    ["2024-01-01T00:00:00Z", '"2024-01-01T00:00:00Z"'],
    [".inf", '".inf"'],
    ["=", "="],
    [" lead", "' lead'"],
    ["trail ", "'trail '"],
    ["a: b", "'a: b'"],
    ["a:b", "a:b"],
    ["a #b", "'a #b'"],
    ["- x", "'- x'"],
    ["-x", "-x"],
    ["* * * * *", "'* * * * *'"],
    ["it's", "it's"],
    ["'x", "'''x'"],
    ["tab\there", '"tab\\there"'],
    ["a\r\nb", '"a\\r\\nb"'],
    ["grün", "grün"],
    ["😀", '"\\U0001F600"'],
    ["{}", "'{}'"],
    ["---", "'---'"],
    ["trail \nx", '"trail \\nx"'],
    [1e21, "1e+21"],
    [0.1, "0.1"],
    [1e-7, "1e-07"],
    [100000000000, "100000000000"],
    [123456789.123, "1.23456789123e+08"],
  ];
  for (const [value, text] of scalars) {
    it(`writes ${JSON.stringify(value)} as ${text}`, () => expect(yamlText({ a: value })).to.equal(`a: ${text}`));
  }

  it("writes texts of several lines as blocks, with hints for what would be lost", () => {
    expect(yamlText({ a: "one\ntwo" })).to.equal("a: |-\n  one\n  two");
    expect(yamlText({ a: "one\n  two\n" })).to.equal("a: |\n  one\n    two");
    expect(yamlText({ a: "one\n\n" })).to.equal("a: |+\n  one\n");
    expect(yamlText({ a: " one\n" })).to.equal("a: |2\n   one");
  });

  it("breaks long texts after the eightieth column", () => {
    expect(yamlText({ a: long })).to.equal(`a: ${"word ".repeat(16).trim()}\n  ${"word ".repeat(4).trim()}`);
  });

  it("does not indent lists, and nests them on a line", () => {
    const value = { list: [1, [2, [3]], { b: 1, a: [] }, [], {}, null] };
    expect(yamlText(value)).to.equal("list:\n- 1\n- - 2\n  - - 3\n- a: []\n  b: 1\n- []\n- {}\n- null");
  });

  it("puts keys in order: letters last, numbers by value, and quotes those that would be read as something else", () => {
    const value = { b: 0, a10: 0, a9: 0, A: 0, "1": 0, y: 0, "a: b": 0 };
    expect(yamlText(value)).to.equal('"1": 0\nA: 0\n\'a: b\': 0\na9: 0\na10: 0\nb: 0\n"y": 0');
  });

  it("writes keys too long for a line of their own in the complex form", () => {
    const key = "k".repeat(130);
    expect(yamlText({ [key]: "v" })).to.equal(`? ${key}\n: v`);
  });
});
