import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TlsMaterial } from "../../src/base/tls/certificate.js";

export interface WriterSettings {
  readonly address: string;
  readonly tls: TlsMaterial;
  /** How many ConfigMaps there are to update. */
  readonly objects: number;
}

/** How many updates, and how long after one another. */
export interface WriteOrder {
  readonly count: number;
  readonly everyMs: number;
}

/** Updates ConfigMaps from a process of its own. */
export class PacedWriter {
  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
  ) {}

  static async start(settings: WriterSettings): Promise<PacedWriter> {
    const directory = mkdtempSync(join(tmpdir(), "howbernetes-bench-writer-"));
    const file = join(directory, "settings.json");
    writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
    const program = fileURLToPath(new URL("../programs/config-map-writer.ts", import.meta.url));
    const child = fork(program, [file], { execArgv: ["--import", "tsx"], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    await once(child, "message");
    return new PacedWriter(child, directory);
  }

  /** @returns when each update was begun, in milliseconds since the epoch, once all are answered */
  async write(order: WriteOrder): Promise<readonly number[]> {
    this.process.send(order);
    const [begun] = (await once(this.process, "message")) as [readonly number[]];
    return begun;
  }

  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
