import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { skipBecause } from "../skip.js";
import { freePort } from "./harness/cluster.js";
import { removeNode } from "./harness/containers.js";
import { podManifest } from "./harness/manifests.js";
import { type Outcome, run, start } from "./harness/process.js";

/** The compose command: what the set-up found, else Docker's own plugin; undefined when there is neither. */
function composeCommand(): readonly string[] | undefined {
  const fetched = process.env.HOWBERNETES_COMPOSE;
  const candidates = [...(fetched === undefined ? [] : [[fetched]]), ["docker", "compose"], ["docker-compose"]];
  return candidates.find(([program = "", ...args]) => spawnSync(program, [...args, "version"]).status === 0);
}

async function must(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> {
  const outcome = await run(program, args, { env });
  if (outcome.code !== 0)
    throw new Error(
      `${program} ${args.join(" ")} ended with ${outcome.code}: ${outcome.stdout.slice(-3000)}${outcome.stderr.slice(-3000)}`,
    );
  return outcome;
}

describe("docker-compose.yml", function () {
  this.timeout(600_000);

  it("brings up a master on etcd, which a node joins to run a pod, and which survives a restart", async function () {
    const command = composeCommand();
    if (command === undefined) return skipBecause(this, "no docker compose plugin");
    const directory = mkdtempSync(join(tmpdir(), "howbernetes-compose-"));
    const port = await freePort();
    const [program = "", ...prefix] = command;
    const project = `howbernetes-e2e-${randomBytes(3).toString("hex")}`;
    const env = { HOWBERNETES_PORT: String(port), HOWBECONFIG: join(directory, "config") };
    const compose = (...args: string[]) => must(program, [...prefix, "-p", project, ...args], env);
    const ctl = (...args: string[]) => must("bin/howbectl", [...args, "--server", `127.0.0.1:${port}`], env);
    const nodeName = `e2e-${randomBytes(4).toString("hex")}`;
    try {
      await must(process.execPath, ["scripts/setup/compose-images.mjs"], env);
      await compose("up", "-d", "--build", "--wait");
      await compose("cp", "apiserver:/var/lib/howbernetes/pki/admin.howbeconfig", env.HOWBECONFIG);

      const { stdout } = await ctl("worker");
      const words = (stdout.split("\n").find((line) => line.includes("howbelet --server")) ?? "").trim().split(/\s+/).slice(1);
      const howbelet = start("bin/howbelet", [...words, "--node-name", nodeName, "--data-dir", join(directory, "node")]);
      try {
        await ctl("wait", "--for=create", `node/${nodeName}`, "--timeout=60s");
        await ctl("wait", "--for=condition=Ready", `node/${nodeName}`, "--timeout=60s");
        const created = await run("bin/howbectl", ["create", "-f", "-", "--server", `127.0.0.1:${port}`], {
          env,
          input: podManifest("composed"),
        });
        expect(created.code, created.stderr).to.equal(0);
        await ctl("wait", "--for=condition=Ready", "pod/composed", "--timeout=60s");

        await compose("restart");
        await compose("up", "-d", "--wait");

        await ctl("wait", "--for=condition=Ready", `node/${nodeName}`, "--timeout=60s");
        const after = await ctl("get", "pod", "composed");
        expect(after.stdout).to.match(/composed +1\/1 +Running +0/);
        await ctl("delete", "pod", "composed", "--grace-period=1");
      } finally {
        await howbelet.stop();
      }
    } finally {
      await removeNode(nodeName);
      await run(program, [...prefix, "-p", project, "down", "--volumes", "--timeout", "5"], { env });
      rmSync(directory, { recursive: true, force: true });
    }
    return undefined;
  });
});
