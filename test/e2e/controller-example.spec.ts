import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { expect } from "chai";
import { Cluster } from "./harness/cluster.js";
import { Running, run } from "./harness/process.js";

/** The commands of the example's README, block by block, comments left out. */
function commandBlocks(): readonly (readonly string[])[] {
  const readme = readFileSync("examples/controller/README.md", "utf8");
  return [...readme.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = ""]) =>
    block.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")),
  );
}

/** A terminal's command: a process group of its own, which Ctrl-C ends. */
class Terminal {
  #isOver = false;

  private constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, Readable>,
    readonly running: Running,
  ) {
    void running.ended.then(() => {
      this.#isOver = true;
    });
  }

  static start(command: string, env: Readonly<Record<string, string>>): Terminal {
    const stdio: ["pipe", "pipe", "pipe"] = ["pipe", "pipe", "pipe"];
    const child = spawn("bash", ["-c", command], { stdio, env: { ...process.env, ...env }, detached: true });
    return new Terminal(child, new Running(child));
  }

  async ctrlC(): Promise<void> {
    if (this.child.pid !== undefined && !this.#isOver) process.kill(-this.child.pid, "SIGINT");
    await this.running.ended;
  }
}

describe("the example of a controller", function () {
  this.timeout(300_000);

  it("works as its README is written, command by command", async () => {
    const [program = [], tour = []] = commandBlocks();
    expect([program.length, tour.length].every((count) => count >= 3)).to.equal(true);
    const cluster = await Cluster.start();
    const env = { ...cluster.env, PATH: `${resolve("bin")}${delimiter}${process.env.PATH ?? ""}` };
    const terminals = [Terminal.start(program.join(" && "), env)];
    const started = async (): Promise<void> => {
      await terminals.at(-1)?.running.until("the controller to start", (stdout) => stdout.includes("has started"), 180_000);
    };
    try {
      await started();
      for (const command of tour) {
        const { code, stdout, stderr } = await run("bash", ["-c", command], { env });
        expect(code, `${command}\n${stdout}${stderr}`).to.equal(0);
        if (command.includes("-L image")) expect(stdout).to.match(/^labelled .* demo$/m);
        if (command.includes("get events")) expect(stdout).to.match(/Labelled +pod\/labelled +Labelled with image=demo/);
      }
      // "End the first, and the second goes on at once": the words below the commands.
      terminals.push(Terminal.start(program.join(" && "), env));
      await started();
      await terminals[0]?.ctrlC();
      expect(terminals[0]?.running.stdout).to.include("pod-labeler has ended");
      for (const command of tour.slice(0, 2)) {
        const { code, stdout, stderr } = await run("bash", ["-c", command], { env });
        expect(code, `${command}\n${stdout}${stderr}`).to.equal(0);
      }
      await terminals[1]?.running.until("the second to have labelled it", (_stdout, stderr) => stderr.includes("pod labelled"));
    } finally {
      await Promise.all([...terminals.map((terminal) => terminal.ctrlC()), cluster.destroy()]);
    }
  });
});
