/** Prints a dot a test, then what failed and what was skipped with its reason, and leaves the counts and the failures for `npm test`. */
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

class Reporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    const failed = [];
    runner.on("pending", (test) => skipped.push(test.fullTitle()));
    runner.on("fail", (test, error) => failed.push({ title: test.fullTitle(), message: `${error?.message ?? error}` }));
    runner.once("end", () => {
      const reasons = skipReasons();
      for (const title of skipped) {
        const { reason = "no reason given" } = reasons.find((each) => title.startsWith(each.title)) ?? {};
        console.log(`  skipped: ${title}: ${reason}`);
      }
      const { passes = 0, failures = 0, pending = 0 } = this.stats;
      if (process.env.HOWBERNETES_COUNTS !== undefined)
        writeFileSync(process.env.HOWBERNETES_COUNTS, JSON.stringify({ passes, failures, pending, failed }));
    });
  }
}

/** What test/skip.ts has left: in a file, because tests may run in other processes than this one. */
function skipReasons() {
  const file = process.env.HOWBERNETES_SKIPS;
  if (file === undefined || !existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

module.exports = Reporter;
