import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A program of bench/ in a process of its own. */
export class ChildProgram {
  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
  ) {}

  /**
   * Starts bench/`file`; its first argument is a file with `settings` in JSON, which may hold keys.
   * @returns the program, and what it said first, which is that it is ready
   */
  static async start(file: string, settings: object, ...args: readonly string[]): Promise<{ child: ChildProgram; ready: unknown }> {
    const directory = mkdtempSync(join(tmpdir(), "howbernetes-bench-"));
    const settingsFile = join(directory, "settings.json");
    writeFileSync(settingsFile, JSON.stringify(settings), { mode: 0o600 });
    const program = fileURLToPath(new URL(`../${file}`, import.meta.url));
    const process = fork(program, [settingsFile, ...args], {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const child = new ChildProgram(process, directory);
    return { child, ready: await child.message() };
  }

  send(message: object): void {
    this.process.send(message);
  }

  /** What it says next. */
  async message(): Promise<unknown> {
    const [message] = await once(this.process, "message");
    return message;
  }

  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
