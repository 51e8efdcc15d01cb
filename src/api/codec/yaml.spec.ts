import { expect } from "chai";
import { formatYaml, parseYaml, parseYamlDocuments, YamlError } from "./yaml.js";

describe("parseYaml", () => {
  // What `kubectl label --local -o json` makes of each.
  const scalars: readonly (readonly [text: string, value: unknown])[] = [
    ["y", true],
    ["n", false],
    ["yes", true],
    ["off", false],
    ["0644", 420],
    ["0o644", 420],
    ["-0644", -420],
    ["089", 89],
    ["0b11", 3],
    ["0x1F", 31],
    ["1_000", 1000],
    ["1_0.5", 10.5],
    ["+12", 12],
    [".5", 0.5],
    ["1.", 1],
    ["1e3", 1000],
    ["~", null],
    ["12:30:45", "12:30:45"],
    ["2001-01-01", "2001-01-01"],
    ["=", "="],
    ["1.2.3", "1.2.3"],
    ["'5'", "5"],
    ["!!str 5", "5"],
    ["!!binary aGk=", "hi"],
  ];
  for (const [text, value] of scalars) {
    it(`reads ${text} as ${JSON.stringify(value)}`, () => expect(parseYaml(`x: ${text}`)).to.deep.equal({ x: value }));
  }

  it("keeps names as they are written", () => {
    expect(parseYaml("0644: a\ny: b\n1.5: c\n")).to.deep.equal({ "0644": "a", y: "b", "1.5": "c" });
  });

  it("merges, own names winning", () => {
    expect(parseYaml("base: &b {a: 1, c: 2}\nall:\n  <<: *b\n  a: 3\n")).to.deep.equal({ base: { a: 1, c: 2 }, all: { a: 3, c: 2 } });
  });

  it("takes a quoted << for a name", () => expect(parseYaml('"<<": 1')).to.deep.equal({ "<<": 1 }));

  for (const [what, text, line] of [
    ["a broken flow", "a: 1\nb: [1, 2\nc: 3\n", 3],
    ["a name given twice", "a: 1\na: 2\n", 1],
    ["an unknown anchor", "a: *nowhere\n", 1],
    ["a tab for indentation", "a:\n\tb: 1\n", 2],
    ["an infinity", "a: .inf\n", 1],
  ] as const) {
    it(`refuses ${what}, naming the line`, () => {
      expect(() => parseYaml(text))
        .to.throw(YamlError)
        .and.to.have.property("line", line);
    });
  }

  it("refuses aliases that would expand without bound", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let n = 1; n < 9; n++)
      lines.push(
        `a${n}: &a${n} [${Array(9)
          .fill(`*a${n - 1}`)
          .join(", ")}]`,
      );
    expect(() => parseYaml(lines.join("\n"))).to.throw(YamlError);
  });
});

describe("parseYamlDocuments", () => {
  it("reads several, with the line of each, and skips empty ones", () => {
    const documents = parseYamlDocuments("---\na: 1\n---\n# nothing\n---\nb: 2\n--- {c: 3}\n");
    expect(documents).to.deep.equal([
      { value: { a: 1 }, line: 2 },
      { value: { b: 2 }, line: 6 },
      { value: { c: 3 }, line: 7 },
    ]);
  });

  it("counts lines through the whole stream", () => {
    expect(() => parseYamlDocuments("a: 1\n---\nb: [\n"))
      .to.throw(YamlError)
      .and.to.have.property("line")
      .that.is.greaterThan(2);
  });
});

describe("formatYaml", () => {
  it("quotes what would be read as something else", () => {
    const value = { a: "yes", b: "0644", c: "1e3", d: "true", e: ["x"], f: "12:30", g: "" };
    expect(parseYaml(formatYaml(value))).to.deep.equal(value);
  });
});
