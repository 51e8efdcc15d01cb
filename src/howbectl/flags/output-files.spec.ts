import { expect } from "chai";
import type { Files } from "../cli-env.js";
import { isUsageError } from "../usage-error.js";
import { inlineOutputFiles } from "./output-files.js";

describe("inlineOutputFiles", () => {
  const texts: Readonly<Record<string, string>> = { "t.txt": "{.kind}", "c.txt": "A  B\n.a .b\n", "bad.txt": "A B\n.a\n" };
  const files = { read: async (path: string) => texts[path] ?? "" } as Files;

  const cases = [
    { words: ["get", "-o", "jsonpath-file=t.txt"], becomes: ["get", "-o", "jsonpath={.kind}"] },
    { words: ["get", "-ojsonpath-file=t.txt"], becomes: ["get", "-ojsonpath={.kind}"] },
    { words: ["get", "--output=custom-columns-file=c.txt"], becomes: ["get", "--output=custom-columns=A:.a,B:.b"] },
    { words: ["get", "jsonpath-file=t.txt"], becomes: ["get", "jsonpath-file=t.txt"] },
    { words: ["run", "--", "-o", "jsonpath-file=t.txt"], becomes: ["run", "--", "-o", "jsonpath-file=t.txt"] },
  ];
  for (const { words, becomes } of cases) {
    it(`makes of ${words.join(" ")}: ${becomes.join(" ")}`, async () => {
      expect(await inlineOutputFiles(words, files)).to.deep.equal(becomes);
    });
  }

  it("refuses columns without as many paths", async () => {
    const error: unknown = await inlineOutputFiles(["-o", "custom-columns-file=bad.txt"], files).catch((thrown: unknown) => thrown);
    expect(isUsageError(error) && error.message).to.equal("number of headers (2) and field specifications (1) don't match");
  });
});
