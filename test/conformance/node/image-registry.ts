import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { promisify } from "node:util";
import { freePort } from "../../e2e/harness/cluster.js";
import { eventually } from "../../eventually.js";

const run = promisify(execFile);

/** Who may pull from the guarded door. */
export const registryAccount = { username: "builder", password: "s3cret" } as const;

/** The account as `htpasswd -B` writes it. */
const htpasswd = "builder:$2b$04$1/NL4xBBLQXO0scDwIbBJOIrP0wGmiHhXYiFh0EdGvqBzGxKISRUm\n";

const onThePath = "docker-registry";

function findBinary(): string | undefined {
  const { HOWBERNETES_REGISTRY: configured } = process.env;
  if (configured !== undefined && configured !== "") return configured;
  const own = join(homedir(), ".cache/howbernetes/registry/usr/bin/docker-registry");
  if (existsSync(own)) return own;
  return spawnSync(onThePath, ["--version"]).status === 0 ? onThePath : undefined;
}

/** Why there can be no registry here, or undefined when there can. */
export function whyNoRegistry(): string | undefined {
  return findBinary() === undefined ? "no image registry: set HOWBERNETES_REGISTRY, or put docker-registry on the PATH" : undefined;
}

/**
 * An image registry on the loopback interface with three doors to the same images: one that is open, one that wants an
 * account, and one through which bytes only trickle. Removes from Docker all that was pushed to or pulled from it.
 */
export class ImageRegistry {
  private constructor(
    private readonly directory: string,
    private readonly processes: readonly ChildProcess[],
    private readonly proxy: SlowProxy,
    readonly open: string,
    readonly guarded: string,
    readonly slow: string,
  ) {}

  static async start(): Promise<ImageRegistry> {
    const binary = findBinary();
    if (binary === undefined) throw new Error(whyNoRegistry());
    const directory = await mkdtemp(join(tmpdir(), "registry-"));
    await writeFile(join(directory, "htpasswd"), htpasswd);
    const [open, guarded] = [await freePort(), await freePort()];
    const auth = `auth: { htpasswd: { realm: tests, path: ${join(directory, "htpasswd")} } }\n`;
    const processes = [await serve(binary, directory, open, ""), await serve(binary, directory, guarded, auth)];
    const proxy = await SlowProxy.start(open);
    const [host, guardedHost, slowHost] = [open, guarded, proxy.port].map((port) => `127.0.0.1:${port}`);
    return new ImageRegistry(directory, processes, proxy, host ?? "", guardedHost ?? "", slowHost ?? "");
  }

  /** Pushes one of Docker's images under a name of its own, "team/web:1"; Docker itself knows nothing of that. */
  async push(image: string, name: string): Promise<void> {
    // Under another name of the same host: what Docker has pulled from the registry stays as it was pulled.
    const pushed = `${this.open.replace("127.0.0.1", "localhost")}/${name}`;
    await run("docker", ["tag", image, pushed]);
    try {
      await run("docker", ["push", "--quiet", pushed]);
    } finally {
      await run("docker", ["image", "rm", pushed]);
    }
  }

  /** As `push`, with a layer more of so many bytes, which Docker does not have. */
  async pushLarge(image: string, name: string, bytes: number): Promise<void> {
    const { stdout } = await run("docker", ["create", "--network", "none", image, "sh", "-c", `head -c ${bytes} /dev/urandom > /blob`]);
    const id = stdout.trim();
    const made = `howbernetes/made-for-tests/${name}`;
    try {
      await run("docker", ["start", "--attach", id]);
      await run("docker", ["commit", "--change", 'CMD ["true"]', id, made]);
      await this.push(made, name);
    } finally {
      await run("docker", ["rm", "--force", id]);
      await run("docker", ["image", "rm", made]).catch((_notMade: unknown) => undefined);
    }
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    for (const child of this.processes) {
      const ended = once(child, "exit");
      if (child.kill("SIGKILL")) await ended;
    }
    await rm(this.directory, { recursive: true, force: true });
    const { stdout } = await run("docker", ["image", "ls", "--digests", "--format", "{{.Repository}} {{.Tag}} {{.Digest}}"]);
    const hosts = [this.open, this.guarded, this.slow];
    for (const line of stdout.split("\n")) {
      const [repository = "", tag, digest] = line.split(" ");
      if (!hosts.some((host) => repository.startsWith(`${host}/`))) continue;
      const image = tag === "<none>" ? `${repository}@${digest}` : `${repository}:${tag}`;
      // The digest goes with the last tag.
      await run("docker", ["image", "rm", image]).catch((_goneAlready: unknown) => undefined);
    }
  }
}

async function serve(binary: string, directory: string, port: number, auth: string): Promise<ChildProcess> {
  const file = join(directory, `${port}.yml`);
  const config = `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${join(directory, "images")} }, cache: {} }
http: { addr: 127.0.0.1:${port} }
${auth}`;
  await writeFile(file, config);
  const child = spawn(binary, ["serve", file], { stdio: "ignore" });
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`the registry ended with ${child.exitCode}`);
    await fetch(`http://127.0.0.1:${port}/v2/`);
  });
  return child;
}

const bytesPerMs = 3_000;

/** Lets through what a server says only slowly. */
class SlowProxy {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(target: number): Promise<SlowProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const proxy = new SlowProxy(server, typeof address === "object" && address !== null ? address.port : 0);
    server.on("connection", (client) => proxy.accept(client, connect(target, "127.0.0.1")));
    return proxy;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, "close");
  }

  private accept(client: Socket, upstream: Socket): void {
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    }
    // What the server has said before it hung up is still on its way: only its errors cut the client off.
    upstream.on("error", () => client.destroy());
    client.on("error", () => upstream.destroy());
    client.on("close", () => upstream.destroy());
    client.pipe(upstream);
    upstream.pipe(throttle()).pipe(client);
  }
}

/** Each piece takes its time. */
function throttle(): Transform {
  return new Transform({
    transform: (piece: Buffer, _encoding, done) => {
      setTimeout(() => done(null, piece), piece.length / bytesPerMs);
    },
  });
}
