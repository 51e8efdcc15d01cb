import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A real etcd of one member, with data of its own in a temporary directory. */
export interface EtcdProcess {
  /** "host:port" for clients. */
  readonly endpoint: string;
  /** "host:port" for clients that talk TLS, if it was asked for. */
  readonly secureEndpoint: string | undefined;
  /** kill -9, as a crash would. The data stays. */
  kill(): Promise<void>;
  /** Starts it anew after `kill`, on the same port and data. */
  restart(): Promise<void>;
  /** Makes the process stand still, as an overloaded machine would; resolves once each of its threads does. */
  suspend(): Promise<void>;
  resume(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** PEM files with which etcd talks TLS on a second port, and asks its clients for certificates. */
export interface EtcdTlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

interface Ports {
  readonly client: number;
  readonly secure: number;
  readonly peer: number;
}

const oldestVersion = [3, 5, 8] as const;
const startAttempts = 3;

/** Why etcd cannot be run here, for the report of skipped tests; undefined when it can. */
export function etcdAbsence(): string | undefined {
  const binary = findBinary();
  if (binary === undefined) return "no etcd: set HOWBERNETES_ETCD to a binary of 3.5.8 or newer, or put etcd on the PATH";
  const version = versionOf(binary);
  if (version === undefined) return `${binary} does not say which version of etcd it is`;
  const [place, wanted] = [...oldestVersion.entries()].find(([index, number]) => version[index] !== number) ?? [0, version[0] ?? 0];
  return (version[place] ?? 0) >= wanted ? undefined : `${binary} is etcd ${version.join(".")}, older than ${oldestVersion.join(".")}`;
}

/** Starts an etcd on free ports and waits until it serves. */
export async function startEtcd(tls?: EtcdTlsFiles): Promise<EtcdProcess> {
  const binary = findBinary();
  if (binary === undefined) throw new Error(etcdAbsence());
  const directory = await mkdtemp(join(tmpdir(), "howbernetes-etcd-"));
  let ports: Ports = { client: 0, secure: 0, peer: 0 };
  let child = await withRetries(async () => {
    ports = await freePorts();
    return launch(binary, flagsFor(directory, ports, tls));
  });
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended(child);
  };
  return {
    endpoint: `127.0.0.1:${ports.client}`,
    secureEndpoint: tls === undefined ? undefined : `127.0.0.1:${ports.secure}`,
    kill,
    restart: async () => {
      child = await withRetries(() => launch(binary, flagsFor(directory, ports, tls)));
    },
    suspend: async () => {
      child.kill("SIGSTOP");
      while (!(await standsStill(child.pid ?? 0)));
    },
    resume: () => void child.kill("SIGCONT"),
    stop: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function findBinary(): string | undefined {
  const configured = process.env.HOWBERNETES_ETCD;
  if (configured !== undefined && configured !== "") return configured;
  const own = join(homedir(), ".cache/howbernetes/trixie/usr/bin/etcd");
  const path = (process.env.PATH ?? "").split(":").map((directory) => join(directory, "etcd"));
  return [own, ...path].find((candidate) => existsSync(candidate));
}

function versionOf(binary: string): readonly number[] | undefined {
  const { stdout } = spawnSync(binary, ["--version"], { encoding: "utf8" });
  const match = /etcd Version: (\d+)\.(\d+)\.(\d+)/.exec(stdout ?? "");
  return match?.slice(1).map(Number);
}

function flagsFor(directory: string, ports: Ports, tls: EtcdTlsFiles | undefined): Readonly<Record<string, string>> {
  const plain = `http://127.0.0.1:${ports.client}`;
  const clients = tls === undefined ? plain : `${plain},https://127.0.0.1:${ports.secure}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  return {
    "data-dir": join(directory, "data"),
    "listen-client-urls": clients,
    "advertise-client-urls": clients,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": `default=${peer}`,
    logger: "zap",
    ...(tls === undefined ? {} : { "cert-file": tls.cert, "key-file": tls.key, "trusted-ca-file": tls.ca, "client-cert-auth": "true" }),
  };
}

async function launch(binary: string, flags: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(
    binary,
    Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const killChild = (): void => void child.kill("SIGKILL");
  process.once("exit", killChild);
  child.once("exit", () => process.removeListener("exit", killChild));
  await serving(child);
  return child;
}

async function serving(child: ChildProcess): Promise<void> {
  if (child.stderr === null) throw new Error("etcd's messages are not read");
  const lines: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    if (!line.includes("ready to serve client requests")) continue;
    // Its pipe must not fill up.
    child.stderr.resume();
    return;
  }
  throw new Error(`etcd ended before it served: ${lines.slice(-5).join("\n")}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once("exit", resolve));
}

/** A process that is told to stop goes on for a moment, in its other threads. */
async function standsStill(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const states = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, "utf8").catch((_gone: unknown) => "")),
  );
  // Behind the command's name, which is in parentheses.
  return states.every((stat) => stat.slice(stat.lastIndexOf(")") + 2).startsWith("T"));
}

/** A port found free may be taken by another before it is used. */
async function withRetries<T>(attempt: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error: unknown) {
      if (failures === startAttempts) throw error;
    }
  }
}

async function freePorts(): Promise<Ports> {
  const servers = [createServer(), createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : 0;
    }),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  const [client = 0, secure = 0, peer = 0] = ports;
  return { client, secure, peer };
}
