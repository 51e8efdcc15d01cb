import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deferred } from "../../src/base/abort.js";
import { systemClock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import { createApiClient, loadConfig, type RemoteApiClient, resolveContext } from "../../src/client/index.js";
import { createHowbelet } from "../../src/howbelet/howbelet.js";
import { HollowRuntime } from "../../src/howbelet/runtime/hollow/hollow-runtime.js";
import { clientCertificate, loadCertificateAuthority } from "../../src/standalone/pki.js";
import { freePort } from "../e2e/harness/cluster.js";
import { type Running, start } from "../e2e/harness/process.js";

/** Api-servers of a test's own, as processes: they share a CA, and a store if it is etcd. */
export class ControlPlane {
  readonly #directory = mkdtempSync(join(tmpdir(), "howbernetes-faults-"));
  readonly #servers: Server[] = [];
  readonly #components: Running[] = [];
  readonly #clients: RemoteApiClient[] = [];

  private constructor(private readonly store: string) {}

  /** Starts `count` api-servers on a store, as `--store` names it. */
  static async start(store: string, count = 1): Promise<ControlPlane> {
    const plane = new ControlPlane(store);
    // One after the other: the first makes the CA.
    for (let index = 0; index < count; index += 1) {
      plane.#servers.push({ address: `127.0.0.1:${await freePort()}`, httpAddress: `127.0.0.1:${await freePort()}`, process: undefined });
      await plane.boot(index);
    }
    return plane;
  }

  /** Starts an api-server and waits until it serves. */
  async boot(index = 0): Promise<void> {
    const server = this.#server(index);
    const places = { "--data-dir": this.#directory, "--config-dir": join(this.#directory, `config-${index}`) };
    const addresses = { "--listen": server.address, "--http-listen": server.httpAddress };
    const flags = Object.entries({ ...places, ...addresses, "--store": this.store }).flat();
    server.process = start("bin/howbernetes", ["apiserver", ...flags]);
    await server.process.until("the api-server is ready", (stdout) => stdout.includes("howbernetes apiserver is ready"));
  }

  /** Starts a component of the first api-server's cluster as a process of its own, and waits until it runs. */
  async component(name: "scheduler" | "controllers"): Promise<Running> {
    const flags = {
      "--config": this.configOf(name),
      "--server": this.address(),
      "--http-listen": `127.0.0.1:${await freePort()}`,
    };
    const process = start("bin/howbernetes", [name, ...Object.entries(flags).flat()]);
    this.#components.push(process);
    await process.until(`${name} to be ready`, (stdout) => stdout.includes(`howbernetes ${name} is ready`));
    return process;
  }

  /** The howbeconfig by which a component finds the first api-server. */
  configOf(component: "scheduler" | "controllers"): string {
    return join(this.#directory, "config-0", `${component}.howbeconfig`);
  }

  /** A node whose containers are hollow, in this process. @returns what ends it */
  async hollowNode(name: string): Promise<() => Promise<void>> {
    const authority = await loadCertificateAuthority(join(this.#directory, "pki"));
    const stopping = new AbortController();
    const log = createLog("test", "silent");
    const ready = deferred();
    const howbelet = createHowbelet({
      server: this.address(),
      tls: await clientCertificate(authority, { commonName: `system:node:${name}`, organizations: ["system:nodes"] }),
      nodeName: name,
      dataDir: join(this.#directory, "nodes", name),
      runtime: new HollowRuntime({ clock: systemClock }),
      clock: systemClock,
      log,
      onReady: ready.resolve,
    });
    const ended = howbelet.run(stopping.signal).catch((error: unknown) => {
      if (!stopping.signal.aborted) ready.reject(error);
    });
    await ready.promise;
    return async () => {
      stopping.abort();
      await ended;
    };
  }

  /** Ends an api-server as a crash would. */
  async kill9(index = 0): Promise<void> {
    const server = this.#server(index);
    await server.process?.stop("SIGKILL");
    server.process = undefined;
  }

  /**
   * A client of one api-server, as admin. With `retryForMs` 0 every answer is that of a single attempt: then, and only
   * then, is a lost answer known to be lost.
   */
  async client(index: number, retryForMs: number, address = this.#server(index).address): Promise<RemoteApiClient> {
    const config = await loadConfig({ HOWBECONFIG: join(this.#directory, `config-${index}`, "admin.howbeconfig") });
    const client = createApiClient({ address, tls: resolveContext(config).tls, log: createLog("test", "silent"), retryForMs });
    this.#clients.push(client);
    return client;
  }

  address(index = 0): string {
    return this.#server(index).address;
  }

  /** The value of a metric without labels. */
  async metric(name: string, index = 0): Promise<number> {
    const text = await (await fetch(`http://${this.#server(index).httpAddress}/metrics`)).text();
    const line = text.split("\n").find((candidate) => candidate.startsWith(`${name} `));
    if (line === undefined) throw new Error(`the api-server has no metric ${name}`);
    return Number(line.slice(name.length + 1));
  }

  get count(): number {
    return this.#servers.length;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) await client.close();
    // One that was suspended hears of nothing else.
    await Promise.all(this.#components.map((process) => process.stop("SIGKILL")));
    await Promise.all(this.#servers.map(({ process }) => process?.stop("SIGTERM")));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #server(index: number): Server {
    const server = this.#servers[index];
    if (server === undefined) throw new Error(`there is no api-server ${index}`);
    return server;
  }
}

interface Server {
  readonly address: string;
  readonly httpAddress: string;
  process: Running | undefined;
}
