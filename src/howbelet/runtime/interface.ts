import type { Confinement } from "./confinement.js";
import type { ContainerStatistics } from "./container-statistics.js";
import type { ContainerStreams } from "./container-streams.js";
import type { ImageStore } from "./image-store.js";

/** Whose containers are meant: those of other clusters and other nodes on the same engine are never seen or touched. */
export interface RuntimeScope {
  readonly clusterUid: string;
  readonly nodeName: string;
}

/** A sandbox pauses and holds the pod's network; the others are what the pod's spec names. */
export type ContainerKind = "sandbox" | "init" | "app" | "ephemeral";

export const containerKinds: readonly ContainerKind[] = ["sandbox", "init", "app", "ephemeral"];

/** What a container is, for good: kept with the container itself, so that it can be found again by whoever comes next. */
export interface ContainerIdentity {
  readonly podUid: string;
  readonly podNamespace: string;
  readonly podName: string;
  /** Name in the pod's spec; `sandboxName` for a sandbox. */
  readonly container: string;
  readonly kind: ContainerKind;
  /** Differs when the part of the spec that made it differs. */
  readonly specHash: string;
  /** 0 for the first, one more with each that replaces it: the restart count it began with. */
  readonly attempt: number;
}

/** A sandbox's name: upper case, so that no container of a pod can have it. */
export const sandboxName = "POD";

export type ContainerPhase = "created" | "running" | "exited";

/** A container in a listing. */
export interface ContainerSummary {
  readonly id: string;
  readonly identity: ContainerIdentity;
  readonly phase: ContainerPhase;
}

/** A container at one moment, as the runtime tells it. Times are the runtime's wall clock, in ms. */
export interface ContainerSnapshot extends ContainerSummary {
  readonly createdAtMs: number;
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
  /** Meaningful once exited. */
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** Why it could not be started; "" when it could, or was not tried. */
  readonly startError: string;
  readonly image: string;
  readonly imageId: string;
  /** What asks it to end, as "SIGTERM". */
  readonly stopSignal: string;
  /** The sandbox whose network it joined; "" for sandboxes. */
  readonly sandboxId: string;
  /** A running sandbox's address; "" for others. */
  readonly ip: string;
}

export interface PortMapping {
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostIP: string;
  readonly protocol: "tcp" | "udp" | "sctp";
}

/** A pod's surroundings: all that its containers share, and can only be had by the one that owns the network. */
export interface SandboxConfig {
  readonly identity: ContainerIdentity;
  readonly hostname: string;
  /** What follows the host name in the pod's full name, which its /etc/hosts tells; "" for none. */
  readonly domainName: string;
  /** Use the machine's own network instead of the pods'. */
  readonly hostNetwork: boolean;
  readonly ports: readonly PortMapping[];
  readonly dns: DnsConfig;
  readonly extraHosts: readonly { readonly ip: string; readonly hostname: string }[];
  /** Shared memory and message queues: its own, or the machine's. */
  readonly ipc: "pod" | "host";
  /** Settings of the kernel in the pod's namespaces, by name. */
  readonly sysctls: Readonly<Record<string, string>>;
}

/** How a pod finds hosts by their names. */
export interface DnsConfig {
  /** The rest is added to the machine's own settings; without, there is only what is said here. */
  readonly extendsMachine: boolean;
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  /** As "ndots:2"; one overrides the machine's of the same name. */
  readonly options: readonly string[];
}

/** A file or folder of the engine's machine, and where a container sees it. */
export interface Mount {
  /** Absolute, and there already. */
  readonly source: string;
  /** Absolute, in the container. */
  readonly target: string;
  readonly isReadOnly: boolean;
  /** Whether mounts that are made below it later show in the container ("rslave"), and those made there outside ("rshared"). */
  readonly propagation: "private" | "rslave" | "rshared";
}

export interface ContainerConfig {
  readonly identity: ContainerIdentity;
  /** Must be present. */
  readonly image: string;
  /** Replaces the image's entrypoint, and then its arguments too; empty keeps them. */
  readonly command: readonly string[];
  /** Replaces the image's arguments; empty keeps them. */
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  /** "" keeps the image's. */
  readonly workingDir: string;
  /** Asks it to end, as "SIGUSR1"; "" keeps the image's, or else SIGTERM. */
  readonly stopSignal: string;
  /** The running sandbox to join. */
  readonly sandboxId: string;
  /** Each target once. */
  readonly mounts: readonly Mount[];
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  /** Thousandths of a CPU; undefined is no limit. */
  readonly cpuLimitMilli: number | undefined;
  /** Thousandths of a CPU, as a share when CPUs are short. */
  readonly cpuRequestMilli: number | undefined;
  /** Undefined is no limit. */
  readonly memoryLimitBytes: number | undefined;
  readonly confinement: Confinement;
}

/** What the runtime and its machine are. */
export interface RuntimeInfo {
  /** As "docker"; also the scheme of container ids in a pod's status. */
  readonly name: string;
  readonly version: string;
  /** As Go names them: "amd64", "arm64". */
  readonly architecture: string;
  readonly operatingSystem: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly machineId: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Of the file system on which images and containers are, free or not; undefined where that cannot be seen. */
  readonly storageBytes: number | undefined;
  /** The engine sees this machine's files: what is made here can be mounted into containers. */
  readonly isLocal: boolean;
}

/** What `prepare` found or made. */
export interface PreparedNetwork {
  readonly name: string;
  readonly subnet: string;
  /** Why the wanted subnet could not be had; "" when it was. */
  readonly warning: string;
}

/** A hint that a container may have changed. Hints may be missing or repeated: the truth is an inspection. */
export interface RuntimeEvent {
  readonly containerId: string;
  readonly podUid: string;
  /** "oom" may come after "die". */
  readonly type: "start" | "die" | "destroy" | "oom" | "other";
}

/**
 * What runs containers. All calls may be repeated: making what is there, stopping what has stopped and removing what
 * is gone succeed. Every call ends within a deadline of its own, however the runtime behaves; streams last until
 * `signal` fires or the runtime ends them.
 *
 * Errors are RuntimeErrors (`isRuntimeUnavailable` …), or abort errors when `signal` fired.
 */
export interface Runtime {
  readonly images: ImageStore;
  readonly streams: ContainerStreams;
  readonly statistics: ContainerStatistics;

  /** @throws RuntimeError Unavailable */
  info(signal: AbortSignal): Promise<RuntimeInfo>;
  /**
   * Makes what sandboxes need: the sandbox image, and a network of `subnet` ("" leaves the choice to the runtime).
   * Called again after each reconnection.
   */
  prepare(scope: RuntimeScope, subnet: string, signal: AbortSignal): Promise<PreparedNetwork>;

  /** Makes, does not start. @throws RuntimeError NameTaken when a container that is not ours has its name */
  createSandbox(scope: RuntimeScope, config: SandboxConfig, signal: AbortSignal): Promise<string>;
  /** Makes, does not start. @throws RuntimeError ImageNotFound, NameTaken, Invalid */
  createContainer(scope: RuntimeScope, config: ContainerConfig, signal: AbortSignal): Promise<string>;
  /**
   * Starts it, and tells what it is then; undefined when it is gone already. A sandbox has its network once this resolves.
   * @throws RuntimeError NotFound; Failed when its command cannot be run, which the container then remembers
   */
  start(id: string, signal: AbortSignal): Promise<ContainerSnapshot | undefined>;
  /** Asks it to end, with its stop signal. Does not wait. */
  terminate(id: string, signal: AbortSignal): Promise<void>;
  /** Ends it with SIGKILL. Does not wait. */
  kill(id: string, signal: AbortSignal): Promise<void>;
  /** Removes it, killing it when it runs. */
  remove(id: string, signal: AbortSignal): Promise<void>;

  inspect(id: string, signal: AbortSignal): Promise<ContainerSnapshot | undefined>;
  list(scope: RuntimeScope, signal: AbortSignal): Promise<readonly ContainerSummary[]>;
  /**
   * Hints from the moment that `subscribed` is called, which is before anything is yielded. Ends, or throws, when the
   * runtime goes away: then list anew.
   */
  events(scope: RuntimeScope, subscribed: () => void, signal: AbortSignal): AsyncIterable<RuntimeEvent>;
  /** Gives up idle connections. */
  close(): void;
}
