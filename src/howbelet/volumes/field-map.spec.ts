import { expect } from "chai";
import { formatFieldMap } from "./field-map.js";

describe("formatFieldMap", () => {
  const cases: readonly { readonly it: string; readonly values: Readonly<Record<string, string>>; readonly text: string }[] = [
    { it: "is empty for none", values: {}, text: "" },
    { it: "writes a line each, by key, without a last newline", values: { b: "2", a: "1" }, text: 'a="1"\nb="2"' },
    { it: "quotes what would end the line or the value", values: { a: 'x"y\\z\n\t' }, text: 'a="x\\"y\\\\z\\n\\t"' },
    { it: "keeps letters of any script", values: { a: "žluť 水" }, text: 'a="žluť 水"' },
    { it: "escapes what cannot be seen", values: { a: "\u0000\u00a0\u200b\u{e0001}" }, text: 'a="\\x00\\u00a0\\u200b\\U000e0001"' },
  ];
  for (const { it: does, values, text } of cases) {
    it(does, () => expect(formatFieldMap(values)).to.equal(text));
  }
});
