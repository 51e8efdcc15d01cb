import type { Whole } from "../api/object.js";
import { isAbort, sharedSignal } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { ApiClient } from "../client/contracts.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../gen/howbernetes/core/v1/pod_status.js";
import { ConfigStore } from "./config/config-store.js";
import { ContainerView, type RuntimeConnection } from "./container-view.js";
import { refuseSysctls } from "./containers/sysctls.js";
import { TerminationMessages } from "./containers/termination-messages.js";
import { NodeImages } from "./images/node-images.js";
import { type KeptPods, NodeKeeper } from "./node-keeper.js";
import type { NodeReporter } from "./node-reporter.js";
import type { PodSource } from "./pod-source.js";
import { CheckpointStore } from "./pods/checkpoint-store.js";
import { createPodWorkers } from "./pods/create-pod-workers.js";
import type { PodFailure } from "./pods/pod-life.js";
import type { PodReporter } from "./pods/pod-reporter.js";
import type { PodWorkers } from "./pods/pod-workers.js";
import type { NodeSettings } from "./resources/node-settings.js";
import type { ContainerSnapshot, Runtime, RuntimeScope } from "./runtime/interface.js";
import { PodVolumes } from "./volumes/pod-volumes.js";

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
  readonly settings: NodeSettings;
  readonly hostIp: string;
  /** Where checkpoints are kept. */
  readonly checkpointDir: string;
  /** Where it is kept which images the node has pulled. */
  readonly imagesFile: string;
  /** Where the pods' volumes are made. */
  readonly volumesDir: string;
  /** Where files are made in which containers may say why they ended. */
  readonly messagesDir: string;
  /** Where the profiles of system calls are that pods may name. */
  readonly seccompDir: string;
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
  private readonly messages: TerminationMessages;
  private readonly configs: ConfigStore;
  private readonly images: NodeImages;
  private readonly volumes: PodVolumes;
  private readonly keeper: NodeKeeper;
  /** Present once the source's first list is complete. */
  private wantedUids: (() => ReadonlySet<string>) | undefined;

  constructor(private readonly deps: PodAgentDeps) {
    const { runtime, scope, podCidr, client, connected, reporter, node, clock, log } = deps;
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
    this.configs = new ConfigStore({ client, connected, changed: (podUid) => this.configChanged(podUid), clock, log });
    this.images = new NodeImages({
      images: runtime.images,
      configs: this.configs,
      settings: deps.settings.images,
      recordsFile: deps.imagesFile,
      changed: (images) => node.imagesChanged(images),
      event: (event) => node.event(event),
      clock,
      log,
    });
    this.messages = new TerminationMessages({
      directory: deps.messagesDir,
      isLocal: () => node.isLocal === true,
      streams: runtime.streams,
      clock,
      log,
    });
    this.volumes = new PodVolumes({
      directory: deps.volumesDir,
      configs: this.configs,
      allocatable: () => node.allocatable,
      isEngineLocal: () => node.isLocal,
      event: (pod, event) => reporter.event(pod, event),
      changed: (podUid) => this.workers.poke(podUid),
      clock,
      log,
    });
    const { view, configs, checkpoints, messages, volumes } = this;
    const made = { images: this.images.forPods, volumes, messages, configs, maxProcesses: deps.settings.maxProcesses };
    this.workers = createPodWorkers({ ...deps, ...made, view, checkpoints, admit: (pod) => this.admit(pod) });
    this.keeper = this.createKeeper();
  }

  private admit(pod: Whole<Pod>): PodFailure | undefined {
    return refuseSysctls(pod.spec, this.deps.settings.allowedSysctls) ?? this.keeper.admit(pod);
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
    await Promise.all([this.images.load(), this.volumes.load()]);
    this.workers.restore(await this.checkpoints.load());
    const handler = {
      set: (pod: Parameters<PodWorkers["set"]>[0]) => this.workers.set(pod),
      removed: (pod: Parameters<PodWorkers["discard"]>[0]) => this.workers.discard(pod),
      complete: (uids: () => ReadonlySet<string>) => {
        this.wantedUids = uids;
        this.sweep();
        this.messages
          .removeLeftovers((podUid) => uids().has(podUid) || this.workers.has(podUid))
          .catch((error: unknown) => this.deps.log.warn("files of pods that are gone are left", { error }));
      },
    };
    const stop = new AbortController();
    const either = sharedSignal(AbortSignal.any([signal, stop.signal]));
    const { view, workers, configs, images, volumes, keeper } = this;
    const running = [view, workers, configs, images, volumes, keeper].map((part) => part.run(either));
    const parts = [...running, this.deps.source.run(handler, either)];
    try {
      await Promise.all(parts);
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      stop.abort();
      await Promise.allSettled(parts);
    }
  }

  /** Removes all pods of the node, each with its grace; resolves when nothing is left of them. */
  async removeAll(signal: AbortSignal): Promise<void> {
    this.wantedUids = () => new Set();
    this.sweep();
    await this.workers.emptied(signal);
  }

  private createKeeper(): NodeKeeper {
    const { runtime, scope, settings, node, reporter, client, connected, clock, log } = this.deps;
    const { view, workers, volumes } = this;
    const pods: KeptPods = {
      placed: () => workers.placed(),
      hasEnded: (podUid) => ["Succeeded", "Failed"].includes(workers.statusOf(podUid)?.phase ?? ""),
      fail: (podUid, failure) => workers.fail(podUid, failure),
      volumesOf: (pod, signal) => volumes.usageOf(pod, signal),
    };
    const removeUnusedImages = (signal: AbortSignal): Promise<number> => this.images.removeUnused(signal);
    const place = { node, settings, nodeName: scope.nodeName, client, connected };
    return new NodeKeeper({ ...place, runtime, view, pods, removeUnusedImages, reporter, clock, log });
  }

  /** Removes what is left of pods that the api-server does not have. */
  private sweep(): void {
    if (this.wantedUids === undefined || !this.view.isReady) return;
    const wanted = this.wantedUids();
    this.workers.removeUnknown(wanted, this.view.pods());
    this.volumes.removeLeftovers((podUid) => wanted.has(podUid) || this.workers.has(podUid));
  }

  private configChanged(podUid: string): void {
    this.images.configChanged(podUid);
    this.volumes.refresh(podUid);
    this.workers.poke(podUid);
  }

  private podChanged(podUid: string): void {
    if (this.workers.has(podUid)) this.workers.poke(podUid);
    else this.sweep();
  }

  private connectionChanged(state: RuntimeConnection): void {
    const { node, log } = this.deps;
    if ("error" in state) {
      node.runtimeAway(state.error);
      return;
    }
    const { network, info } = state;
    if (network.warning !== "") log.warn("pod network is not the one allocated", { reason: network.warning });
    node.runtimeReady(info, network);
    this.images.look();
    this.sweep();
    this.workers.pokeAll();
  }
}
