import type { ContainerCreateOptions } from "dockerode";
import { abortError } from "../../../base/abort.js";
import { isContainerNotFound, isImageNotFound, RuntimeError } from "../errors.js";
import { identityLabels, isSameIdentity, labelKeys, parseIdentity } from "../identity.js";
import type {
  ContainerConfig,
  ContainerLogOptions,
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
import { DockerEngine, engineError, statusCodeOf } from "./engine.js";
import { parseEvent } from "./events.js";
import { linesOf } from "./lines.js";
import { unframe } from "./log-stream.js";
import { ensureNetwork } from "./network.js";
import { readProgress } from "./progress.js";
import { ensureSandboxImage } from "./sandbox-image.js";
import { phaseOf, snapshotOf } from "./snapshot.js";

/** A registry that trickles is waited for; one that is silent for this long is not. */
const pullDeadlineMs = 30 * 60_000;

/** Creates the runtime for a Docker Engine of API 1.41 (20.10) or later; `host` is as in DOCKER_HOST, its default. */
export function createDockerRuntime(host?: string): Runtime {
  return new DockerRuntime(new DockerEngine(host));
}

/** What sandboxes need of the engine, and what it takes to make it again. */
interface Prepared {
  readonly image: string;
  readonly network: string;
  readonly scope: RuntimeScope;
  readonly subnet: string;
}

/** Runs containers with Docker. Holds connections, what `prepare` found, and what Docker's kill does not look at itself. */
class DockerRuntime implements Runtime {
  /** Of containers whose image names one: Docker heeds it in its stop, which would wait and then kill, but not in kill. */
  private readonly stopSignals = new Map<string, string>();
  private prepared: Prepared | undefined;

  constructor(private readonly engine: DockerEngine) {}

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
    };
  }

  async prepare(scope: RuntimeScope, subnet: string, signal: AbortSignal): Promise<PreparedNetwork> {
    const { Arch: architecture } = await this.engine.call(signal, () => this.engine.docker.version());
    const image = await ensureSandboxImage(this.engine, architecture, signal);
    const network = await ensureNetwork(this.engine, scope, subnet, signal);
    this.prepared = { image, network: network.name, scope, subnet };
    return network;
  }

  async findImage(image: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      const info = await this.engine.call(signal, () => this.engine.docker.getImage(image).inspect());
      return info.Id;
    } catch (error: unknown) {
      if (isImageNotFound(error)) return undefined;
      throw error;
    }
  }

  async pullImage(image: string, signal: AbortSignal): Promise<string> {
    await this.engine.call(
      signal,
      async (abortSignal) => readProgress(await this.engine.docker.pull(image, { abortSignal })),
      pullDeadlineMs,
    );
    const id = await this.findImage(image, signal);
    if (id === undefined) throw new RuntimeError("Failed", `image ${image} was pulled but is not present`);
    return id;
  }

  async createSandbox(scope: RuntimeScope, config: SandboxConfig, signal: AbortSignal): Promise<string> {
    if (this.prepared === undefined) throw new RuntimeError("Unavailable", "the pod network is not ready");
    const { image, network, subnet } = this.prepared;
    const options = sandboxCreateOptions(scope, config, image, network);
    const create = (): Promise<string> => this.create(options, identityLabels(scope, config.identity), signal);
    try {
      return await create();
    } catch (error: unknown) {
      // `docker image prune` takes the sandbox image, too, while nothing runs.
      if (!isImageNotFound(error)) throw error;
      await this.prepare(scope, subnet, signal);
      return create();
    }
  }

  async createContainer(scope: RuntimeScope, config: ContainerConfig, signal: AbortSignal): Promise<string> {
    return this.create(containerCreateOptions(scope, config), identityLabels(scope, config.identity), signal);
  }

  async start(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.startOnce(id, signal);
    } catch (error: unknown) {
      // `docker network prune` takes the pod network, too, while nothing runs.
      if (this.prepared === undefined || !isContainerNotFound(error) || !/^network \S+ not found/.test(error.message)) throw error;
      const { scope, subnet } = this.prepared;
      await this.prepare(scope, subnet, signal);
      await this.startOnce(id, signal);
    }
  }

  async terminate(id: string, signal: AbortSignal): Promise<void> {
    await this.signalContainer(id, this.stopSignals.get(id) ?? "SIGTERM", signal);
  }

  async kill(id: string, signal: AbortSignal): Promise<void> {
    await this.signalContainer(id, "SIGKILL", signal);
  }

  async remove(id: string, signal: AbortSignal): Promise<void> {
    this.stopSignals.delete(id);
    // 409: its removal is already under way.
    await ignoring([404, 409], () =>
      this.engine.call(signal, (abortSignal) => this.engine.docker.getContainer(id).remove({ force: true, v: true, abortSignal })),
    );
  }

  async inspect(id: string, signal: AbortSignal): Promise<ContainerSnapshot | undefined> {
    const info = await ignoring([404], () => this.inspectRaw(id, signal));
    if (info === undefined) return undefined;
    const { StopSignal: stopSignal } = info.Config as { readonly StopSignal?: string };
    if (stopSignal !== undefined && stopSignal !== "") this.stopSignals.set(id, stopSignal);
    return snapshotOf(info);
  }

  async list(scope: RuntimeScope, signal: AbortSignal): Promise<readonly ContainerSummary[]> {
    const options = { all: true, filters: { label: scopeLabels(scope) } };
    const all = await this.engine.call(signal, (abortSignal) => this.engine.docker.listContainers({ ...options, abortSignal }));
    return all.flatMap((info) => {
      const identity = parseIdentity(info.Labels);
      return identity === undefined ? [] : [{ id: info.Id, identity, phase: phaseOf(info.State) }];
    });
  }

  async *events(scope: RuntimeScope, subscribed: () => void, signal: AbortSignal): AsyncGenerator<RuntimeEvent> {
    const filters = JSON.stringify({ type: ["container"], label: scopeLabels(scope), event: ["start", "die", "destroy", "oom"] });
    const stream = await this.engine.open(signal, (abortSignal) => {
      const options = { filters, abortSignal };
      return this.engine.docker.getEvents(options);
    });
    const stop = (): void => closeStream(stream);
    signal.addEventListener("abort", stop, { once: true });
    subscribed();
    try {
      for await (const line of linesOf(stream)) {
        const event = parseEvent(line);
        if (event !== undefined) yield event;
      }
    } catch (error: unknown) {
      throw signal.aborted ? abortError(signal) : engineError(error);
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
    }
    if (signal.aborted) throw abortError(signal);
  }

  async *logs(id: string, options: ContainerLogOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
    const { Config: config } = await this.inspectRaw(id, signal);
    const query = {
      follow: options.follow,
      stdout: options.stdout,
      stderr: options.stderr,
      timestamps: options.timestamps,
      ...(options.tailLines === undefined ? {} : { tail: options.tailLines }),
      ...(options.sinceSeconds === undefined ? {} : { since: options.sinceSeconds }),
    };
    const container = this.engine.docker.getContainer(id);
    if (!query.follow) {
      const whole = await this.engine.call(signal, (abortSignal) => container.logs({ ...query, follow: false, abortSignal }));
      yield* unframe(single(Buffer.from(whole)), config.Tty);
      return;
    }
    const stream = await this.engine.open(signal, (abortSignal) => container.logs({ ...query, follow: true, abortSignal }));
    const stop = (): void => closeStream(stream);
    signal.addEventListener("abort", stop, { once: true });
    try {
      yield* unframe(stream as AsyncIterable<Buffer>, config.Tty);
    } catch (error: unknown) {
      throw signal.aborted ? abortError(signal) : engineError(error);
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
    }
  }

  close(): void {
    this.engine.close();
  }

  private async startOnce(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.engine.call(signal, (abortSignal) => this.engine.docker.getContainer(id).start({ abortSignal }));
    } catch (error: unknown) {
      if (statusCodeOf(error) !== 304) throw error;
    }
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

async function ignoring<T>(statuses: readonly number[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error: unknown) {
    if (isContainerNotFound(error) && statuses.includes(404)) return undefined;
    if (statuses.includes(statusCodeOf(error) ?? 0)) return undefined;
    throw error;
  }
}

function closeStream(stream: NodeJS.ReadableStream): void {
  (stream as NodeJS.ReadableStream & { destroy?: () => void }).destroy?.();
}

async function* single(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
