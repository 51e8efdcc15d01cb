import { expect } from "chai";
import { readLogTail, tailOf } from "./log-tail.js";

describe("the tail of a log", () => {
  const many = Array.from({ length: 60 }, (_, index) => `line ${index}`);
  const cases: readonly (readonly [what: string, text: string, lines: readonly string[], note: string])[] = [
    ["is empty when nothing was written", "", [], ""],
    ["has each line, also one that was not finished", "a\nb\r\nc", ["a", "b", "c"], ""],
    ["keeps empty lines", "a\n\nb\n", ["a", "", "b"], ""],
    ["has no more than fifty lines", `${many.join("\n")}\n`, many.slice(10), ""],
    ["cuts long lines and says so", `${"x".repeat(2_000)}\n`, ["x".repeat(1_024)], "lines are cut after 1024 characters"],
  ];
  for (const [what, text, lines, note] of cases) {
    it(what, () => {
      expect(tailOf(text, false)).to.deep.equal({ lines, note });
    });
  }

  it("is not read beyond what anybody would read", async () => {
    let read = 0;
    const logs = async function* () {
      for (;;) {
        read += 1;
        yield Buffer.from(`${"x".repeat(64 * 1024 - 1)}\n`);
      }
    };
    const { note } = await readLogTail({ logs }, "c1", new AbortController().signal);
    expect(read).to.equal(17);
    expect(note).to.contain("only its first 1024 KiB");
  });
});
