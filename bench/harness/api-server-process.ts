import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Client } from "@grpc/grpc-js";
import { loadConfig, resolveContext } from "../../src/client/index.js";
import { type Running, start } from "../../test/e2e/harness/process.js";
import { connect } from "./raw-calls.js";

// A build of another tree can be measured, too.
const program = process.env.HOWBERNETES_BIN ?? "bin/howbernetes";

let profileFolder: string | undefined;

/** From now on, programs that are stopped leave a CPU profile in this folder. */
export function profileServersInto(folder: string): void {
  profileFolder = folder;
}

/** Starts `howbernetes` with these arguments; `name` says whose the profile is. */
export function startProgram(name: string, args: readonly string[]): Running {
  const file = `${name}-${performance.now()}.cpuprofile`;
  const profiled = profileFolder === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profileFolder, "--cpu-prof-name", file];
  return start(process.execPath, [...profiled, program, ...args], {});
}

/** `howbernetes apiserver` on an etcd, in a process of its own. */
export class ApiServerProcess {
  #process: Running | undefined;
  private readonly clients: Client[] = [];

  private constructor(
    private readonly flags: readonly string[],
    private readonly directory: string,
    /** Where its metrics are. */
    readonly httpAddress: string,
  ) {}

  static async start(etcd: string, directory: string): Promise<ApiServerProcess> {
    const [port, httpPort] = [await freePort(), await freePort()];
    const httpAddress = `127.0.0.1:${httpPort}`;
    const listen = ["--listen", `127.0.0.1:${port}`, "--http-listen", httpAddress];
    const server = new ApiServerProcess(
      ["apiserver", "--store", `etcd://${etcd}`, "--data-dir", directory, ...listen, "--log-level", "error"],
      directory,
      httpAddress,
    );
    await server.boot();
    return server;
  }

  async boot(): Promise<void> {
    this.#process = startProgram("api-server", this.flags);
    await this.#process.until("the api-server is ready", (stdout) => stdout.includes("howbernetes apiserver is ready"));
  }

  /** An administrator's howbeconfig. */
  get configFile(): string {
    return join(this.directory, "pki", "admin.howbeconfig");
  }

  /** Where it listens, and what an administrator shows it. */
  async credentials(): Promise<Pick<ReturnType<typeof resolveContext>, "server" | "tls">> {
    return resolveContext(await loadConfig({ HOWBECONFIG: this.configFile }));
  }

  /** A connection of its own to it, as an administrator. */
  async connect(): Promise<Client> {
    const { server, tls } = await this.credentials();
    const client = connect(server, tls);
    this.clients.push(client);
    return client;
  }

  async kill9(): Promise<void> {
    await this.#process?.stop("SIGKILL");
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.#process?.stop("SIGTERM");
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Starts to look for the most memory that it has from now on. */
  resetPeak(): void {
    writeFileSync(`/proc/${this.#pid}/clear_refs`, "5");
  }

  /** Memory that it has now, and the most since `resetPeak`; of Linux only. */
  memoryBytes(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.#pid}/status`, "utf8");
    const read = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1_024;
    return { now: read("VmRSS"), peak: read("VmHWM") };
  }

  get #pid(): number {
    const pid = this.#process?.child.pid;
    if (pid === undefined) throw new Error("the api-server does not run");
    return pid;
  }
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
