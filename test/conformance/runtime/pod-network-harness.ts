import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { createLog, type Log } from "../../../src/base/log.js";
import { removeCluster } from "../../../src/howbelet/runtime/docker/cleanup.js";
import { createDockerRuntime } from "../../../src/howbelet/runtime/docker/docker-runtime.js";
import type { PodNetworkChoice } from "../../../src/howbelet/runtime/docker/network/choose-network.js";
import type { ContainerSnapshot, Runtime, RuntimeScope, SandboxConfig } from "../../../src/howbelet/runtime/interface.js";
import { eventually } from "../../eventually.js";
import { ensureBusyboxImage, whyNoDocker } from "./busybox-image.js";
import { usualConfinement } from "./configs.js";

const signal = new AbortController().signal;

/** Answers every caller on a port, for ever. */
export const answering = ["sh", "-c", "while :; do echo hello | nc -l -p 8080; done"];
/** Ends with 0 once a program says hello at an address, however long it takes to come up. */
export const asking = (address: string): string[] => ["sh", "-c", `until nc -w 1 ${address} 8080 </dev/null | grep hello; do :; done`];

/** Fails unless the pod's gateway answers. */
export const pingingGateway = ["sh", "-c", "ping -c 1 -W 10 $(ip route | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p')"];

/** Why pods cannot be connected so here, or undefined when they can. */
export async function whyNoPodNetwork(choice: PodNetworkChoice): Promise<string | undefined> {
  const isRoot = process.getuid?.() === 0;
  return (await whyNoDocker()) ?? (choice === "direct" && !isRoot ? "pods are connected directly only by root" : undefined);
}

/** A node's pod network and pods in it, made by a runtime that can be closed and opened anew. */
export class PodNetworkUnderTest {
  readonly scope: RuntimeScope = { clusterUid: randomUUID(), nodeName: "network-test" };
  #runtime: Runtime | undefined;

  private constructor(
    private readonly image: string,
    private readonly directory: string,
  ) {}

  static async create(): Promise<PodNetworkUnderTest> {
    return new PodNetworkUnderTest(await ensureBusyboxImage(), await mkdtemp(join(tmpdir(), "howbelet-")));
  }

  get runtime(): Runtime {
    if (this.#runtime === undefined) throw new Error("the network is not open");
    return this.#runtime;
  }

  /** Starts as an agent does; the one before stops. */
  async open(choice: PodNetworkChoice | undefined, subnet = "", log: Log = createLog("test", "silent")): Promise<void> {
    this.#runtime?.close();
    this.#runtime = createDockerRuntime({ podNetwork: choice, directory: this.directory, log });
    await this.#runtime.prepare(this.scope, subnet, signal);
  }

  /** Removes all that was made, but not what it was made with. */
  async clear(): Promise<void> {
    this.#runtime?.close();
    this.#runtime = undefined;
    await removeCluster(this.scope.clusterUid);
  }

  async destroy(): Promise<void> {
    await this.clear();
    await rm(this.directory, { recursive: true });
  }

  /** Makes a pod's sandbox, and does not start it. */
  createSandbox(overrides: Partial<SandboxConfig> = {}): Promise<string> {
    const config: SandboxConfig = {
      identity: { ...identity(randomUUID(), "POD"), kind: "sandbox" },
      hostname: "web-0",
      domainName: "",
      hostNetwork: false,
      ports: [],
      dns: { extendsMachine: true, servers: [], searches: [], options: [] },
      extraHosts: [],
      ipc: "pod",
      sysctls: {},
      ...overrides,
    };
    return this.runtime.createSandbox(this.scope, config, signal);
  }

  async sandbox(overrides: Partial<SandboxConfig> = {}): Promise<ContainerSnapshot> {
    const snapshot = await this.runtime.start(await this.createSandbox(overrides), signal);
    if (snapshot === undefined) throw new Error("the sandbox is gone");
    return snapshot;
  }

  /** Starts a command in the pod. */
  async start({ id: sandboxId, identity: { podUid } }: ContainerSnapshot, command: readonly string[]): Promise<string> {
    const config = {
      identity: { ...identity(podUid, `c-${randomUUID()}`), kind: "app" as const },
      image: this.image,
      command,
      args: [],
      env: [],
      workingDir: "",
      stopSignal: "",
      sandboxId,
      mounts: [],
      stdin: false,
      stdinOnce: false,
      tty: false,
      cpuLimitMilli: undefined,
      cpuRequestMilli: undefined,
      memoryLimitBytes: undefined,
      confinement: usualConfinement,
    };
    const id = await this.runtime.createContainer(this.scope, config, signal);
    await this.runtime.start(id, signal);
    return id;
  }

  /** Runs a command in the pod to its end, which must be a good one, and returns its output. */
  async output(pod: ContainerSnapshot, command: readonly string[]): Promise<string> {
    const id = await this.start(pod, command);
    const pieces: Buffer[] = [];
    const all = { follow: true, timestamps: false, tailLines: undefined, sinceSeconds: undefined, stdout: true, stderr: true };
    for await (const piece of this.runtime.streams.logs(id, all, signal)) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    await eventually(async () => expect((await this.inspect(id))?.phase).to.equal("exited"));
    expect((await this.inspect(id))?.exitCode, text).to.equal(0);
    return text;
  }

  inspect(id: string): Promise<ContainerSnapshot | undefined> {
    return this.runtime.inspect(id, signal);
  }
}

const identity = (podUid: string, container: string) =>
  ({ podUid, podNamespace: "default", podName: "web", container, specHash: "1", attempt: 0 }) as const;
