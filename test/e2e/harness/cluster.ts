import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Outcome, type Running, run, start } from "./process.js";

const howbernetes = "bin/howbernetes";
const howbectl = "bin/howbectl";

export interface ClusterOptions {
  /** `--store`; embedded by default. */
  readonly store?: string;
  /** Without a howbelet of its own. */
  readonly noNode?: boolean;
}

/** A real cluster of a test's own: its processes, data, ports and howbeconfig are nobody else's. */
export class Cluster {
  #process: Running | undefined;

  private constructor(
    readonly directory: string,
    readonly nodeName: string,
    readonly address: string,
    readonly httpAddress: string,
    private readonly options: ClusterOptions,
  ) {}

  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const directory = mkdtempSync(join(tmpdir(), "howbernetes-e2e-"));
    const [port, httpPort] = [await freePort(), await freePort()];
    const cluster = new Cluster(directory, `e2e-${randomBytes(4).toString("hex")}`, `127.0.0.1:${port}`, `127.0.0.1:${httpPort}`, options);
    await cluster.boot();
    return cluster;
  }

  get env(): Readonly<Record<string, string>> {
    return { HOWBECONFIG: join(this.directory, "config") };
  }

  get process(): Running {
    if (this.#process === undefined) throw new Error("the cluster is not running");
    return this.#process;
  }

  /** Starts `howbernetes up` on this cluster's data and waits until it serves. */
  async boot(): Promise<void> {
    const { store, noNode = false } = this.options;
    const flags = [
      "--data-dir",
      join(this.directory, "data"),
      "--listen",
      this.address,
      "--http-listen",
      this.httpAddress,
      "--node-name",
      this.nodeName,
    ];
    const process = start(
      howbernetes,
      ["up", ...flags, ...(store === undefined ? [] : ["--store", store]), ...(noNode ? ["--no-node"] : [])],
      { env: this.env },
    );
    this.#process = process;
    await process.until("howbernetes is ready", (stdout) => stdout.includes("howbernetes is ready\n"));
  }

  /** Ends the processes as a crash would, and waits until they are gone. */
  async kill9(): Promise<void> {
    await this.process.stop("SIGKILL");
    this.#process = undefined;
  }

  async stop(): Promise<Outcome> {
    const outcome = await this.process.stop("SIGTERM");
    this.#process = undefined;
    return outcome;
  }

  /** Stops the cluster and removes all that it made. */
  async destroy(): Promise<void> {
    if (this.#process !== undefined) await this.stop();
    const { code, stderr } = await run(howbernetes, ["down", "--purge", "--data-dir", join(this.directory, "data")], { env: this.env });
    rmSync(this.directory, { recursive: true, force: true });
    if (code !== 0) throw new Error(`howbernetes down: ${stderr}`);
  }

  /** Runs howbectl. */
  ctl(...args: string[]): Promise<Outcome> {
    return run(howbectl, args, { env: this.env });
  }

  /** Runs howbectl with text on its standard input. */
  ctlWith(input: string, ...args: string[]): Promise<Outcome> {
    return run(howbectl, args, { env: this.env, input });
  }

  /** Runs howbectl, which must succeed, and returns what it printed. */
  async must(...args: string[]): Promise<string> {
    return expectSuccess(args, await this.ctl(...args));
  }

  /** Applies a manifest given as text, which must succeed. */
  async apply(manifest: string): Promise<string> {
    return expectSuccess(["apply"], await this.ctlWith(manifest, "apply", "-f", "-"));
  }

  /** Starts howbectl and leaves it running. */
  startCtl(...args: string[]): Running {
    return start(howbectl, args, { env: this.env });
  }

  /** The objects of a list command, parsed. */
  async list(...args: string[]): Promise<readonly KubernetesObject[]> {
    const parsed = JSON.parse(await this.must("get", ...args, "-o", "json")) as KubernetesObject & { items?: KubernetesObject[] };
    return parsed.items ?? [parsed];
  }

  /** Writes a file into the cluster's directory and returns its path. */
  file(name: string, text: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, text);
    return path;
  }

  /** The api-server's metrics as text. */
  async metrics(): Promise<string> {
    const response = await fetch(`http://${this.httpAddress}/metrics`);
    return response.text();
  }
}

/** An object as JSON has it, as far as the tests look. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly name: string }[];
  };
  readonly spec: { readonly nodeName?: string; readonly replicas?: number };
  readonly status: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly readyReplicas?: number;
    readonly replicas?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly restartCount: number;
      readonly ready: boolean;
      readonly containerID?: string;
    }[];
  };
}

function expectSuccess(args: readonly string[], { code, stdout, stderr }: Outcome): string {
  if (code !== 0) throw new Error(`howbectl ${args.join(" ")} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
