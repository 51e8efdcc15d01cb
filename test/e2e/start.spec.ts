import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { freePort } from "./harness/cluster.js";
import { run, start } from "./harness/process.js";

describe("npm start", function () {
  this.timeout(240_000);

  it("brings up a cluster, shows the example coming up, says what next, serves until Ctrl-C, and is adopted", async () => {
    const home = mkdtempSync(join(tmpdir(), "howbernetes-start-"));
    const env = { HOME: home, HOWBECONFIG: join(home, ".howbe/config") };
    const flags = [
      "--listen",
      `127.0.0.1:${await freePort()}`,
      "--http-listen",
      `127.0.0.1:${await freePort()}`,
      "--node-name",
      "e2e-start",
    ];
    const up = (...more: string[]) => start(process.execPath, ["scripts/start.mjs", ...flags, ...more], { env });
    try {
      const first = up("--yes");
      await first.until("what to do next", (stdout) => stdout.includes("down --purge"), 180_000);
      expect(first.stdout).to.match(/^howbernetes is ready$/m);
      expect(first.stdout).to.match(/^deployment\.apps\/hello created$/m);
      expect(first.stdout.match(/^hello-\S+ +1\/1 +Running/gm)).to.have.lengthOf.at.least(3);
      expect((await first.stop("SIGINT")).code).to.equal(0);

      const second = up("--no-demo");
      await second.until("what to do next", (stdout) => stdout.includes("down --purge"), 180_000);
      expect(second.stdout).not.to.include("$ bin/howbectl apply");
      await run("bin/howbectl", ["wait", "--for=condition=Ready", "pods", "--all", "--timeout=60s"], { env });
      const { stdout } = await run("bin/howbectl", ["get", "pods", "--no-headers"], { env });
      // Adopted: the same containers, none restarted.
      expect(stdout.match(/^hello-\S+ +1\/1 +Running +0 /gm), stdout).to.have.lengthOf(3);
      expect((await second.stop("SIGTERM")).code).to.equal(0);
    } finally {
      await run("bin/howbernetes", ["down", "--purge"], { env });
      rmSync(home, { recursive: true, force: true });
    }
  });
});
