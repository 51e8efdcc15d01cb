import type { ContainerCreateOptions, ContainerInfo, ContainerInspectInfo } from "dockerode";
import { linkAbort } from "../../../base/linked-abort.js";
import type { Log } from "../../../base/log.js";
import { isContainerNotFound, isImageNotFound, RuntimeError } from "../errors.js";
import { containerName, identityLabels, isSameIdentity, labelKeys, parseIdentity } from "../identity.js";
import type {
  ContainerConfig,
  ContainerSnapshot,
  ContainerSummary,
  PreparedNetwork,
  Runtime,
  RuntimeEvent,
  RuntimeInfo,
  RuntimeScope,
  SandboxConfig,
} from "../interface.js";
import { containerCreateOptions, sandboxCreateOptions } from "./create-options.js";
import { DockerImages } from "./docker-images.js";
import { DockerStatistics } from "./docker-statistics.js";
import { DockerStreams } from "./docker-streams.js";
import { DockerEngine, statusCodeOf } from "./engine.js";
import { AbilityProbe } from "./engine-abilities.js";
import { containerEvents } from "./events.js";
import { fileSystemBytes } from "./file-system-bytes.js";
import { chooseNetwork, type PodNetworkChoice } from "./network/choose-network.js";
import { sandboxDns } from "./network/pod-dns.js";
import type { ListedSandbox, PodNetwork } from "./network/pod-network.js";
import { ensureSandboxImage } from "./sandbox-image.js";
import { phaseOf, snapshotOf } from "./snapshot.js";

export interface DockerRuntimeOptions {
  /** As in DOCKER_HOST, its default. */
  readonly host?: string | undefined;
  /** Who connects pods; by default the agent itself, "direct", where that is possible. */
  readonly podNetwork?: PodNetworkChoice | undefined;
  /** A folder for files of pods; without it pods cannot be connected directly. */
  readonly directory?: string | undefined;
  /** An engine that answers a call later than this hangs; 60,000 by default. */
  readonly callDeadlineMs?: number | undefined;
  readonly log: Log;
}

/** Creates the runtime for a Docker Engine of API 1.41 (20.10) or later. */
export function createDockerRuntime(options: DockerRuntimeOptions): Runtime {
  return new DockerRuntime(new DockerEngine(options.host, options.callDeadlineMs), options);
}

/** What sandboxes need of the engine, and what it takes to make it again. */
interface Prepared {
  readonly image: string;
  readonly network: PodNetwork;
  readonly scope: RuntimeScope;
  readonly subnet: string;
}

/** Runs containers with Docker. Holds connections, what `prepare` found, and what Docker's kill does not look at itself. */
class DockerRuntime implements Runtime {
  readonly images: DockerImages;
  readonly streams: DockerStreams;
  readonly statistics: DockerStatistics;
  /** Of containers whose image names one: Docker heeds it in its stop, which would wait and then kill, but not in kill. */
  private readonly stopSignals = new Map<string, string>();
  /** Containers of which the engine has told that memory ran out: where that comes after their end, its inspection never says so. */
  private readonly outOfMemory = new Set<string>();
  private readonly abilities: AbilityProbe;
  private prepared: Prepared | undefined;

  constructor(
    private readonly engine: DockerEngine,
    private readonly options: Omit<DockerRuntimeOptions, "host">,
  ) {
    this.abilities = new AbilityProbe(engine, options.log);
    this.images = new DockerImages(engine);
    this.streams = new DockerStreams(engine, async (id, signal) => (await this.snapshot(await this.inspectRaw(id, signal)))?.ip ?? "");
    this.statistics = new DockerStatistics(engine, { directory: options.directory });
  }

  async info(signal: AbortSignal): Promise<RuntimeInfo> {
    const { docker } = this.engine;
    const [version, info] = await this.engine.call(signal, () => Promise.all([docker.version(), docker.info()]), 10_000);
    return {
      name: "docker",
      version: version.Version,
      architecture: version.Arch,
      operatingSystem: version.Os,
      osImage: info.OperatingSystem,
      kernelVersion: info.KernelVersion,
      machineId: info.ID,
      cpus: info.NCPU,
      memoryBytes: info.MemTotal,
      storageBytes: this.engine.isLocal ? await fileSystemBytes(info.DockerRootDir) : undefined,
      isLocal: this.engine.isLocal,
    };
  }

  async prepare(scope: RuntimeScope, subnet: string, signal: AbortSignal): Promise<PreparedNetwork> {
    const { Arch: architecture } = await this.engine.call(signal, () => this.engine.docker.version());
    const image = await ensureSandboxImage(this.engine, architecture, signal);
    const before = this.prepared;
    if (before !== undefined && isSameScope(before.scope, scope)) {
      const prepared = await before.network.prepare(subnet, signal);
      this.prepared = { ...before, image, subnet };
      return prepared;
    }
    const { podNetwork: choice, directory, log } = this.options;
    const needs = { engine: this.engine, scope, subnet, sandboxImage: image, choice, directory, log };
    const { network, prepared } = await chooseNetwork(needs, signal);
    this.prepared = { image, network, scope, subnet };
    return prepared;
  }

  async createSandbox(scope: RuntimeScope, config: SandboxConfig, signal: AbortSignal): Promise<string> {
    const { image, network, subnet } = this.mustBePrepared();
    const name = containerName(config.identity);
    const dns = await sandboxDns(config.dns, { isLocal: this.engine.isLocal, hostNetwork: config.hostNetwork });
    const options = sandboxCreateOptions(scope, config, { image, place: network.place(name, config), dns });
    const create = (): Promise<string> => this.create(options, identityLabels(scope, config.identity), signal);
    let isMade = false;
    try {
      const id = await create().catch(async (error: unknown) => {
        // `docker image prune` takes the sandbox image, too, while nothing runs.
        if (!isImageNotFound(error)) throw error;
        await this.prepare(scope, subnet, signal);
        return create();
      });
      isMade = true;
      return id;
    } finally {
      network.placed(name, isMade);
    }
  }

  async createContainer(scope: RuntimeScope, config: ContainerConfig, signal: AbortSignal): Promise<string> {
    const { network, image } = this.mustBePrepared();
    const [mounts, abilities] = await Promise.all([
      network.mountsFor(config.sandboxId, signal),
      this.abilities.of(scope, image, config.confinement),
    ]);
    return this.create(containerCreateOptions(scope, config, mounts, abilities), identityLabels(scope, config.identity), signal);
  }

  async start(id: string, signal: AbortSignal): Promise<ContainerSnapshot | undefined> {
    try {
      await this.startOnce(id, signal);
    } catch (error: unknown) {
      // `docker network prune` takes the pod network, too, while nothing runs.
      if (this.prepared === undefined || !isContainerNotFound(error) || !/^network \S+ not found/.test(error.message)) throw error;
      const { scope, subnet } = this.prepared;
      await this.prepare(scope, subnet, signal);
      await this.startOnce(id, signal);
    }
    const info = await ignoring([404], () => this.inspectRaw(id, signal));
    if (info === undefined) return undefined;
    if (isSandbox(info)) await this.prepared?.network.connect(info, signal);
    return this.snapshot(info);
  }

  async terminate(id: string, signal: AbortSignal): Promise<void> {
    await this.signalContainer(id, this.stopSignals.get(id) ?? "SIGTERM", signal);
  }

  async kill(id: string, signal: AbortSignal): Promise<void> {
    await this.signalContainer(id, "SIGKILL", signal);
  }

  async remove(id: string, signal: AbortSignal): Promise<void> {
    this.forgetGone([id], new Set());
    // 409: its removal is already under way.
    await ignoring([404, 409], () =>
      this.engine.call(signal, (abortSignal) => this.engine.docker.getContainer(id).remove({ force: true, v: true, abortSignal })),
    );
    await this.prepared?.network.removed(id);
  }

  async inspect(id: string, signal: AbortSignal): Promise<ContainerSnapshot | undefined> {
    const info = await ignoring([404], () => this.inspectRaw(id, signal));
    if (info === undefined) return undefined;
    return this.snapshot(info);
  }

  async list(scope: RuntimeScope, signal: AbortSignal): Promise<readonly ContainerSummary[]> {
    const options = { all: true, filters: { label: scopeLabels(scope) } };
    const known = [...this.stopSignals.keys(), ...this.statistics.known];
    const list = async () => {
      const all = await this.engine.call(signal, (abortSignal) => this.engine.docker.listContainers({ ...options, abortSignal }));
      this.forgetGone(known, new Set(all.map(({ Id: id }) => id)));
      return { result: all.flatMap(summaryOf), sandboxes: all.flatMap(listedSandbox) };
    };
    if (this.prepared === undefined || !isSameScope(this.prepared.scope, scope)) return (await list()).result;
    return this.prepared.network.listing(list, signal);
  }

  async *events(scope: RuntimeScope, subscribed: () => void, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const guarding = linkAbort(signal);
    try {
      await this.prepared?.network.guard(guarding.signal);
      for await (const event of containerEvents(this.engine, scopeLabels(scope), subscribed, signal)) {
        if (event.type === "oom") this.outOfMemory.add(event.containerId);
        yield event;
      }
    } finally {
      guarding.abort();
      guarding.unlink();
    }
  }

  close(): void {
    this.prepared?.network.close();
    this.engine.close();
  }

  /** Whoever removed them. What has come since the list was asked for is not among the known. */
  private forgetGone(known: readonly string[], present: ReadonlySet<string>): void {
    for (const id of known) {
      if (present.has(id)) continue;
      this.stopSignals.delete(id);
      this.outOfMemory.delete(id);
      this.statistics.forget(id);
    }
  }

  private async startOnce(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.engine.call(signal, (abortSignal) => this.engine.docker.getContainer(id).start({ abortSignal }));
    } catch (error: unknown) {
      if (statusCodeOf(error) !== 304) throw error;
    }
  }

  private mustBePrepared(): Prepared {
    if (this.prepared === undefined) throw new RuntimeError("Unavailable", "the pod network is not ready");
    return this.prepared;
  }

  private async snapshot(info: ContainerInspectInfo): Promise<ContainerSnapshot | undefined> {
    const { StopSignal: stopSignal } = info.Config as { readonly StopSignal?: string };
    if (stopSignal !== undefined && stopSignal !== "") this.stopSignals.set(info.Id, stopSignal);
    const snapshot = snapshotOf(info, isSandbox(info) ? await this.prepared?.network.connectionOf(info) : undefined);
    return snapshot !== undefined && this.outOfMemory.has(info.Id) ? { ...snapshot, oomKilled: true } : snapshot;
  }

  private inspectRaw(id: string, signal: AbortSignal) {
    return this.engine.call(signal, (abortSignal) => this.engine.docker.getContainer(id).inspect({ abortSignal }));
  }

  private async create(options: ContainerCreateOptions, labels: Record<string, string>, signal: AbortSignal): Promise<string> {
    try {
      const container = await this.engine.call(signal, (abortSignal) => this.engine.docker.createContainer({ ...options, abortSignal }));
      return container.id;
    } catch (error: unknown) {
      if (statusCodeOf(error) !== 409) throw error;
      return this.adopt(options.name ?? "", labels, signal);
    }
  }

  /** A container with the name is there already: ours from an attempt whose answer was lost, or somebody else's. */
  private async adopt(name: string, labels: Record<string, string>, signal: AbortSignal): Promise<string> {
    const info = await this.inspectRaw(name, signal);
    if (isSameIdentity(info.Config.Labels ?? {}, labels)) return info.Id;
    throw new RuntimeError(
      "NameTaken",
      `the container name ${name} is taken by a container that is not this node's: ${info.Id.slice(0, 12)}`,
    );
  }

  private async signalContainer(id: string, name: string, signal: AbortSignal): Promise<void> {
    // 409: it does not run. What is paused, Docker itself lets go on to receive the signal.
    await ignoring([404, 409], () =>
      this.engine.call(signal, (abortSignal) => this.engine.docker.getContainer(id).kill({ signal: name, abortSignal })),
    );
  }
}

/** The container must be this node's and this cluster's for any of our calls to see it. */
function scopeLabels({ clusterUid, nodeName }: RuntimeScope): string[] {
  return [`${labelKeys.cluster}=${clusterUid}`, `${labelKeys.node}=${nodeName}`];
}

function isSameScope(a: RuntimeScope, b: RuntimeScope): boolean {
  return a.clusterUid === b.clusterUid && a.nodeName === b.nodeName;
}

function isSandbox(info: ContainerInspectInfo): boolean {
  return parseIdentity(info.Config.Labels ?? {})?.kind === "sandbox";
}

function summaryOf({ Id: id, Labels: labels, State: state }: ContainerInfo): ContainerSummary[] {
  const identity = parseIdentity(labels);
  return identity === undefined ? [] : [{ id, identity, phase: phaseOf(state) }];
}

function listedSandbox({ Id: id, Names: [name = ""], Labels: labels }: ContainerInfo): ListedSandbox[] {
  return labels[labelKeys.kind] === "sandbox" ? [{ id, name: name.replace(/^\//, ""), labels }] : [];
}

async function ignoring<T>(statuses: readonly number[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error: unknown) {
    if (isContainerNotFound(error) && statuses.includes(404)) return undefined;
    if (statuses.includes(statusCodeOf(error) ?? 0)) return undefined;
    throw error;
  }
}
