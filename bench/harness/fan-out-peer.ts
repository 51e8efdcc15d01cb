import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "@grpc/grpc-js";
import { createTestPki } from "../../test/fakes/test-pki.js";
import type { FanOutOrder } from "../peers/fan-out-server.js";
import { connect } from "./raw-calls.js";

const program = fileURLToPath(new URL("../peers/fan-out-server.ts", import.meta.url));

/** The bare server of watch fan-out, in a process of its own. */
export class FanOutPeer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly directory: string,
    readonly connect: () => Client,
  ) {}

  static async start(): Promise<FanOutPeer> {
    const directory = mkdtempSync(join(tmpdir(), "howbernetes-bench-peer-"));
    const pki = await createTestPki();
    const client = await pki.client("bench");
    const file = join(directory, "tls.json");
    writeFileSync(file, JSON.stringify(await pki.server()));
    const child = fork(program, [file], { execArgv: ["--import", "tsx"], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const [{ port }] = (await once(child, "message")) as [{ port: number }];
    return new FanOutPeer(child, directory, () => connect(`127.0.0.1:${port}`, client));
  }

  write(order: FanOutOrder): void {
    this.process.send(order);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}
