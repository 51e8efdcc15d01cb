/** Prints a dot a test, then what failed and what was skipped with its reason, and leaves the counts for `npm test`. */
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

class Reporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const skipped = [];
    runner.on("pending", (test) => skipped.push(test));
    runner.once("end", () => {
      for (const test of skipped)
        console.log(`  skipped: ${test.fullTitle()}: ${test.skipReason ?? test.parent?.skipReason ?? "no reason given"}`);
      const { passes = 0, failures = 0, pending = 0 } = this.stats;
      if (process.env.HOWBERNETES_COUNTS !== undefined)
        writeFileSync(process.env.HOWBERNETES_COUNTS, JSON.stringify({ passes, failures, pending }));
    });
  }
}

module.exports = Reporter;
