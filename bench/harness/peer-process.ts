import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "@grpc/grpc-js";
import { createTestPki } from "../../test/fakes/test-pki.js";
import { connect } from "./raw-calls.js";

/**
 * A server of bench/peers in a process of its own: given a file with its certificates as its first argument, it says on
 * which port it listens.
 */
export class PeerProcess {
  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
    readonly connect: () => Client,
  ) {}

  static async start(file: string, ...args: readonly string[]): Promise<PeerProcess> {
    const directory = mkdtempSync(join(tmpdir(), "howbernetes-bench-peer-"));
    const pki = await createTestPki();
    const client = await pki.client("bench");
    const tls = join(directory, "tls.json");
    writeFileSync(tls, JSON.stringify(await pki.server()));
    const program = fileURLToPath(new URL(`../peers/${file}`, import.meta.url));
    const child = fork(program, [tls, ...args], { execArgv: ["--import", "tsx"], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const [{ port }] = (await once(child, "message")) as [{ port: number }];
    return new PeerProcess(child, directory, () => connect(`127.0.0.1:${port}`, client));
  }

  send(message: object): void {
    this.process.send(message);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
