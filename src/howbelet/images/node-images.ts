import { isAbort, sharedSignal } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { ContainerImage } from "../../gen/howbernetes/core/v1/node.js";
import type { ConfigStore } from "../config/config-store.js";
import { isRuntimeUnavailable } from "../runtime/errors.js";
import type { ImageStore } from "../runtime/image-store.js";
import { ImageCollector, type NodeEvent } from "./image-collector.js";
import { ImageRecords } from "./image-records.js";
import type { ImageSettings } from "./image-settings.js";
import { ImageSupply } from "./image-supply.js";
import { imagesOfNode } from "./images-of-node.js";
import { PodImages } from "./pod-images.js";
import { PullAccounts } from "./pull-accounts.js";

export interface NodeImagesDeps {
  readonly images: ImageStore;
  readonly configs: Pick<ConfigStore, "knownTo">;
  readonly settings: ImageSettings;
  /** Where it is kept which images this node has pulled. */
  readonly recordsFile: string;
  /** The node's images have changed. */
  readonly changed: (images: readonly ContainerImage[]) => void;
  readonly event: (event: NodeEvent) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** All that a node does with images: has them pulled for its pods, tells which there are, removes what nobody needs. */
export class NodeImages {
  readonly forPods: PodImages;
  private readonly accounts: PullAccounts;
  private readonly records: ImageRecords;
  private readonly collector: ImageCollector;
  private readonly lifetime = new AbortController();
  private looking: Promise<void> | undefined;
  private isStale = false;
  private told = "";

  constructor(private readonly deps: NodeImagesDeps) {
    const { images, configs, settings, clock, log, event } = deps;
    const records = new ImageRecords(deps.recordsFile, { clock, log });
    const { pullsAtOnce, collection: policy, machineConfig } = settings;
    const supply = new ImageSupply({
      images,
      records,
      pulled: () => this.look(),
      clock,
      pullsAtOnce,
      lifetime: sharedSignal(this.lifetime.signal),
    });
    const removed = (id: string): void => supply.removed(id);
    this.accounts = new PullAccounts({ configs, machineConfig });
    this.forPods = new PodImages({ supply, accounts: this.accounts, clock });
    this.collector = new ImageCollector({ images, records, policy, event, looked: () => this.look(), removed, clock, log });
    this.records = records;
  }

  /** What that pod may know of its configuration, and so of its imagePullSecrets, has changed. */
  configChanged(podUid: string): void {
    this.accounts.changed(podUid);
  }

  /** Takes up what was known when the agent last ran. Call it before anything else. */
  async load(): Promise<void> {
    await this.records.load();
  }

  /** Collects images until `signal` fires, which ends all pulls too. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.collector.run(signal);
    } finally {
      this.lifetime.abort();
      await this.looking;
      await this.records.saved();
    }
  }

  /** Removes every image that nobody needs, as when the disk is under pressure; returns the bytes that were freed. */
  async removeUnused(signal: AbortSignal): Promise<number> {
    const freedBytes = await this.collector.removeUnused(signal);
    if (freedBytes > 0) this.look();
    return freedBytes;
  }

  /** The images may be others than before: looks at them, and tells when they are. Call it when the runtime answers again, too. */
  look(): void {
    this.isStale = true;
    this.looking ??= this.keepLooking().finally(() => {
      this.looking = undefined;
    });
  }

  private async keepLooking(): Promise<void> {
    const { images, changed, log } = this.deps;
    const { signal } = this.lifetime;
    while (this.isStale && !signal.aborted) {
      this.isStale = false;
      try {
        const found = imagesOfNode(await images.list(signal));
        const text = JSON.stringify(found);
        if (text !== this.told) changed(found);
        this.told = text;
      } catch (error: unknown) {
        // Who comes back is looked at again.
        if (!isAbort(error) && !isRuntimeUnavailable(error)) log.warn("images cannot be listed", { error });
      }
    }
  }
}
