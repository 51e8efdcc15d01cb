import type { Duplex } from "node:stream";
import type { Clock } from "../../../base/clock.js";
import type { MachineUsage } from "../container-statistics.js";
import { RuntimeError } from "../errors.js";
import { containerName, identityLabels, isSameIdentity } from "../identity.js";
import type {
  ContainerConfig,
  ContainerIdentity,
  ContainerSnapshot,
  ContainerSummary,
  PreparedNetwork,
  Runtime,
  RuntimeEvent,
  RuntimeInfo,
  RuntimeScope,
  SandboxConfig,
} from "../interface.js";
import { HollowEvents } from "./hollow-events.js";
import { HollowImages, type HollowPull, type HollowPullRequest, hollowImageId } from "./hollow-images.js";
import type { HollowProgram } from "./hollow-process.js";
import { HollowStatistics, type HollowUsage } from "./hollow-statistics.js";
import { HollowStreams, type StreamedContainer } from "./hollow-streams.js";

/** How a hollow container behaves. */
export interface HollowBehaviour {
  /** How long a start takes; 0 by default. */
  readonly startDelayMs?: number;
  /** Makes a start fail, with this text. */
  readonly startError?: string;
  /** Makes it end by itself; by default it runs until it is told to end. */
  readonly exit?: { readonly afterMs: number; readonly code: number };
  /** It goes on after `terminate`, as process 1 without a handler does. */
  readonly ignoresTerminate?: boolean;
  /** What its log holds. */
  readonly output?: string;
  /** What it pretends to use; nothing by default. */
  readonly usage?: HollowUsage;
  /** What a program does that is run in it, told its whole input; by default it ends at once, with 0. */
  readonly exec?: (command: readonly string[], input: string) => HollowProgram;
}

export interface HollowOptions {
  readonly clock: Clock;
  /**
   * Decides how each container behaves, by what it is made of; `identity.attempt` tells how often it was restarted, so
   * that one may fail twice and then run. All run quietly by default.
   */
  readonly behaviour?: (config: ContainerConfig) => HollowBehaviour;
  /** What answers on a port of a pod; nobody by default. */
  readonly connect?: (sandbox: ContainerIdentity, port: number) => Duplex | undefined;
  /** Images that are there; by default every image is, and pulls succeed at once. */
  readonly images?: ReadonlySet<string>;
  /** Decides how each pull goes: what it takes, whether it fails; by default what is not there cannot be pulled. */
  readonly pull?: (request: HollowPullRequest) => HollowPull;
  /** How its machine pretends to be, asked again each time; out of sight by default. */
  readonly machine?: () => MachineUsage | undefined;
}

interface HollowContainer extends StreamedContainer {
  snapshot: ContainerSnapshot;
  readonly name: string;
  readonly behaviour: HollowBehaviour;
  cancelExit: () => void;
}

/**
 * A runtime without containers, for scale tests and unit tests: it keeps the contract of `Runtime` in memory, and its
 * containers start, fail and end as `behaviour` says.
 */
export class HollowRuntime implements Runtime {
  readonly images: HollowImages;
  readonly streams: HollowStreams;
  readonly statistics: HollowStatistics;
  private readonly containers = new Map<string, HollowContainer>();
  private readonly hints = new HollowEvents();
  private created = 0;
  private isAway = false;

  constructor(private readonly options: HollowOptions) {
    const mustAnswer = (): void => this.mustAnswer();
    const inUse = (): readonly string[] => [...this.containers.values()].map(({ snapshot }) => snapshot.image);
    this.images = new HollowImages({ clock: options.clock, present: options.images, pull: options.pull, inUse, mustAnswer });
    const { clock, machine = () => undefined, connect = () => undefined } = options;
    this.streams = new HollowStreams({ find: (id) => this.find(id), events: this.hints, connect });
    this.statistics = new HollowStatistics({ find: (id) => this.peek(id), machine, clock });
  }

  async info(_signal: AbortSignal): Promise<RuntimeInfo> {
    this.mustAnswer();
    return {
      name: "hollow",
      version: "1.0.0",
      architecture: "amd64",
      operatingSystem: "linux",
      osImage: "Hollow Linux",
      kernelVersion: "0.0.0",
      machineId: "hollow",
      cpus: 32,
      memoryBytes: 128 * 2 ** 30,
      storageBytes: 2 ** 40,
      isLocal: true,
    };
  }

  async prepare(scope: RuntimeScope, subnet: string, _signal: AbortSignal): Promise<PreparedNetwork> {
    this.mustAnswer();
    return { name: `hollow-${scope.nodeName}`, subnet, warning: "" };
  }

  async createSandbox(scope: RuntimeScope, config: SandboxConfig, _signal: AbortSignal): Promise<string> {
    return this.add(scope, config.identity, { image: "sandbox", stopSignal: "", sandboxId: "", behaviour: {} });
  }

  async createContainer(scope: RuntimeScope, config: ContainerConfig, _signal: AbortSignal): Promise<string> {
    this.mustAnswer();
    if (!this.images.has(config.image)) throw new RuntimeError("ImageNotFound", `No such image: ${config.image}`);
    const behaviour = this.options.behaviour?.(config) ?? {};
    const { image, stopSignal, sandboxId } = config;
    return this.add(scope, config.identity, { image, stopSignal, sandboxId, behaviour });
  }

  async start(id: string, signal: AbortSignal): Promise<ContainerSnapshot> {
    const container = this.find(id);
    const { behaviour } = container;
    if (container.snapshot.phase === "running") return container.snapshot;
    if (behaviour.startDelayMs !== undefined) await this.options.clock.sleep(behaviour.startDelayMs, signal);
    const startedAtMs = this.options.clock.now();
    if (behaviour.startError !== undefined) {
      this.update(container, { phase: "exited", startedAtMs, finishedAtMs: startedAtMs, exitCode: 127, startError: behaviour.startError });
      throw new RuntimeError("Invalid", behaviour.startError);
    }
    const ip = container.snapshot.identity.kind === "sandbox" ? `10.0.${(this.created >> 8) & 255}.${this.created & 255}` : "";
    this.update(container, { phase: "running", startedAtMs, ip });
    this.emit(container, "start");
    const { exit } = behaviour;
    if (exit !== undefined) container.cancelExit = this.options.clock.after(exit.afterMs, () => this.end(container, exit.code));
    return container.snapshot;
  }

  async terminate(id: string, _signal: AbortSignal): Promise<void> {
    this.mustAnswer();
    const container = this.containers.get(id);
    if (container !== undefined && container.behaviour.ignoresTerminate !== true) this.end(container, 143);
  }

  async kill(id: string, _signal: AbortSignal): Promise<void> {
    this.mustAnswer();
    const container = this.containers.get(id);
    if (container !== undefined) this.end(container, 137);
  }

  async remove(id: string, _signal: AbortSignal): Promise<void> {
    this.mustAnswer();
    const container = this.containers.get(id);
    if (container === undefined) return;
    this.end(container, 137);
    this.containers.delete(id);
    this.emit(container, "destroy");
  }

  async inspect(id: string, _signal: AbortSignal): Promise<ContainerSnapshot | undefined> {
    this.mustAnswer();
    return this.containers.get(id)?.snapshot;
  }

  async list(scope: RuntimeScope, _signal: AbortSignal): Promise<readonly ContainerSummary[]> {
    this.mustAnswer();
    return [...this.containers.values()].filter((container) => isWithin(container, scope)).map(({ snapshot }) => snapshot);
  }

  events(scope: RuntimeScope, subscribed: () => void, signal: AbortSignal): AsyncIterable<RuntimeEvent> {
    this.mustAnswer();
    return this.hints.subscribe(scope, subscribed, signal);
  }

  close(): void {
    this.hints.end();
  }

  /** Makes the runtime stop answering, as a stopped engine does, and come back; containers go on. */
  setAway(isAway: boolean): void {
    this.isAway = isAway;
    if (isAway) this.hints.end();
  }

  /** Ends a container from outside. */
  crash(id: string, exitCode: number): void {
    this.end(this.find(id), exitCode);
  }

  private mustAnswer(): void {
    if (this.isAway) throw new RuntimeError("Unavailable", "the container engine cannot be reached: hollow");
  }

  private peek(id: string): HollowContainer | undefined {
    this.mustAnswer();
    return this.containers.get(id);
  }

  private find(id: string): HollowContainer {
    this.mustAnswer();
    const container = this.containers.get(id);
    if (container === undefined) throw new RuntimeError("NotFound", `No such container: ${id}`);
    return container;
  }

  private add(
    scope: RuntimeScope,
    identity: ContainerIdentity,
    made: { readonly image: string; readonly stopSignal: string; readonly sandboxId: string; readonly behaviour: HollowBehaviour },
  ): string {
    this.mustAnswer();
    const name = containerName(identity);
    const existing = [...this.containers.values()].find((container) => container.name === name);
    if (existing !== undefined) {
      const [had, wanted] = [identityLabels(existing.scope, existing.snapshot.identity), identityLabels(scope, identity)];
      if (isSameIdentity(had, wanted)) return existing.snapshot.id;
      throw new RuntimeError("NameTaken", `the container name ${name} is taken`);
    }
    const id = `hollow-${++this.created}`;
    const snapshot: ContainerSnapshot = {
      id,
      identity,
      phase: "created",
      createdAtMs: this.options.clock.now(),
      startedAtMs: undefined,
      finishedAtMs: undefined,
      exitCode: 0,
      oomKilled: false,
      startError: "",
      image: made.image,
      imageId: hollowImageId(made.image),
      stopSignal: made.stopSignal || "SIGTERM",
      sandboxId: made.sandboxId,
      ip: "",
    };
    this.containers.set(id, { snapshot, name, scope, behaviour: made.behaviour, cancelExit: () => undefined });
    return id;
  }

  private end(container: HollowContainer, exitCode: number): void {
    if (container.snapshot.phase !== "running") return;
    container.cancelExit();
    this.update(container, { phase: "exited", exitCode, finishedAtMs: this.options.clock.now(), ip: "" });
    this.emit(container, "die");
  }

  private update(container: HollowContainer, change: Partial<ContainerSnapshot>): void {
    container.snapshot = { ...container.snapshot, ...change };
  }

  private emit(container: HollowContainer, type: RuntimeEvent["type"]): void {
    const { id, identity } = container.snapshot;
    this.hints.emit(container.scope, { containerId: id, podUid: identity.podUid, type });
  }
}

function isWithin(container: HollowContainer, scope: RuntimeScope): boolean {
  return container.scope.clusterUid === scope.clusterUid && container.scope.nodeName === scope.nodeName;
}
