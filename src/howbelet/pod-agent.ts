import { isAbort } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { ApiClient } from "../client/contracts.js";
import type { PodStatus } from "../gen/howbernetes/core/v1/pod_status.js";
import { ConfigStore } from "./config/config-store.js";
import { ContainerView } from "./container-view.js";
import type { ImageSettings } from "./images/image-settings.js";
import { NodeImages } from "./images/node-images.js";
import { Limiter } from "./limiter.js";
import type { NodeReporter } from "./node-reporter.js";
import type { PodSource } from "./pod-source.js";
import { CheckpointStore } from "./pods/checkpoint-store.js";
import { Confinements } from "./pods/confinements.js";
import { Environments } from "./pods/environments.js";
import { PodExecutor } from "./pods/pod-executor.js";
import type { PodReporter } from "./pods/pod-reporter.js";
import { PodWorkers } from "./pods/pod-workers.js";
import { SeccompProfiles } from "./pods/seccomp-profiles.js";
import type { ContainerSnapshot, PreparedNetwork, Runtime, RuntimeScope } from "./runtime/interface.js";

/** Measured on two cores: Docker creates and starts no faster with more at once than four to eight. */
const startsAtOnce = 6;
const removalsAtOnce = 8;

export interface PodAgentDeps {
  readonly runtime: Runtime;
  readonly scope: RuntimeScope;
  /** The node's pod network, as far as it is known. */
  readonly podCidr: () => string;
  readonly source: PodSource;
  /** Where the pods' configuration is read. */
  readonly client: Pick<ApiClient, "of">;
  /** Resolves once the api-server is known to be of the node's cluster. */
  readonly connected: (signal: AbortSignal) => Promise<void>;
  readonly reporter: PodReporter;
  readonly node: NodeReporter;
  readonly hostIp: string;
  /** Where checkpoints are kept. */
  readonly checkpointDir: string;
  /** Where it is kept which images the node has pulled. */
  readonly imagesFile: string;
  readonly images: ImageSettings;
  /** Where the profiles of system calls are that pods may name. */
  readonly seccompDir: string;
  /** Most processes that a container may have; undefined is no limit. */
  readonly maxProcesses: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Runs a node's pods: what the source says, on the runtime, told to the reporter. It begins with its checkpoints, so
 * that pods are looked after while the source is silent; and removes nothing before the source has told all its pods.
 */
export class PodAgent {
  private readonly view: ContainerView;
  private readonly workers: PodWorkers;
  private readonly checkpoints: CheckpointStore;
  private readonly configs: ConfigStore;
  private readonly images: NodeImages;
  private readonly lifetime = new AbortController();
  /** Present once the source's first list is complete. */
  private wantedUids: (() => ReadonlySet<string>) | undefined;

  constructor(private readonly deps: PodAgentDeps) {
    const { runtime, scope, podCidr, client, connected, reporter, node, hostIp, clock, log } = deps;
    this.checkpoints = new CheckpointStore(deps.checkpointDir, log);
    this.view = new ContainerView({
      runtime,
      scope,
      clock,
      log,
      subnet: podCidr,
      changed: (podUid) => this.podChanged(podUid),
      connection: (state) => this.connectionChanged(state),
    });
    const [starts, removals] = [new Limiter(startsAtOnce), new Limiter(removalsAtOnce)];
    this.configs = new ConfigStore({ client, connected, changed: (podUid) => this.configChanged(podUid), clock, log });
    this.images = new NodeImages({
      images: runtime.images,
      configs: this.configs,
      settings: deps.images,
      recordsFile: deps.imagesFile,
      changed: (images) => node.imagesChanged(images),
      event: ({ reason, message }) => log.warn(message, { reason }),
      clock,
      log,
    });
    const environments = new Environments({ configs: this.configs, hostIp, allocatable: () => node.allocatable });
    const confinements = new Confinements({
      profiles: new SeccompProfiles(deps.seccompDir),
      machineBytes: () => node.machineBytes,
      maxProcesses: deps.maxProcesses,
    });
    const made = { images: this.images.forPods, environments, confinements };
    const executor = new PodExecutor({ runtime, scope, view: this.view, ...made, starts, removals, reporter, clock });
    const { view, configs, checkpoints } = this;
    const runtimeName = (): string => node.runtimeName;
    this.workers = new PodWorkers({ view, executor, checkpoints, configs, environments, reporter, clock, log, hostIp, runtimeName });
  }

  /** A pod's status as this node last derived it. */
  statusOf(podUid: string): PodStatus | undefined {
    return this.workers.statusOf(podUid);
  }

  /** The id of a pod's running sandbox. */
  sandboxOf(podUid: string): string | undefined {
    return this.view.ofPod(podUid).find(({ identity, phase }) => identity.kind === "sandbox" && phase === "running")?.id;
  }

  /** All containers of the node's pods, as last seen. */
  containers(): readonly ContainerSnapshot[] {
    return this.view.pods().flatMap(({ uid }) => this.view.ofPod(uid));
  }

  /** Works until `signal` fires; containers go on without it. */
  async run(signal: AbortSignal): Promise<void> {
    await this.images.load();
    this.workers.restore(await this.checkpoints.load());
    const handler = {
      set: (pod: Parameters<PodWorkers["set"]>[0]) => this.workers.set(pod),
      removed: (pod: Parameters<PodWorkers["discard"]>[0]) => this.workers.discard(pod),
      complete: (uids: () => ReadonlySet<string>) => {
        this.wantedUids = uids;
        this.sweep();
      },
    };
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const { view, workers, configs, images } = this;
    const parts = [...[view, workers, configs, images].map((part) => part.run(either)), this.deps.source.run(handler, either)];
    try {
      await Promise.all(parts);
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      stop.abort();
      this.lifetime.abort();
      await Promise.allSettled(parts);
    }
  }

  /** Removes all pods of the node, each with its grace; resolves when nothing is left of them. */
  async removeAll(signal: AbortSignal): Promise<void> {
    this.wantedUids = () => new Set();
    this.sweep();
    await this.workers.emptied(signal);
  }

  /** Removes what is left of pods that the api-server does not have. */
  private sweep(): void {
    if (this.wantedUids === undefined || !this.view.isReady) return;
    this.workers.removeUnknown(this.wantedUids(), this.view.pods());
  }

  private configChanged(podUid: string): void {
    this.images.configChanged(podUid);
    this.workers.poke(podUid);
  }

  private podChanged(podUid: string): void {
    if (this.workers.has(podUid)) this.workers.poke(podUid);
    else this.sweep();
  }

  private connectionChanged(state: { readonly network: PreparedNetwork } | { readonly error: unknown }): void {
    const { runtime, node, log } = this.deps;
    if ("error" in state) {
      node.runtimeAway(state.error);
      return;
    }
    const { network } = state;
    if (network.warning !== "") log.warn("pod network is not the one allocated", { reason: network.warning });
    runtime
      .info(this.lifetime.signal)
      .then((info) => {
        node.runtimeReady(info, network);
        this.images.look();
        this.sweep();
        this.workers.pokeAll();
      })
      .catch((error: unknown) => {
        if (!isAbort(error)) node.runtimeAway(error);
      });
  }
}
