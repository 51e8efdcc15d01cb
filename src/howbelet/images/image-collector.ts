import { isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import { isRuntimeUnavailable } from "../runtime/errors.js";
import type { ImageStore } from "../runtime/image-store.js";
import type { ImageRecords } from "./image-records.js";
import { bytesToFree, type Collectable, type CollectionPolicy, planCollection, usedPercent } from "./plan-collection.js";

/** As in Kubernetes: images fill a disk over hours, and what fills it faster is noticed as pressure. */
const periodMs = 5 * 60_000;

/** Something about the node that its administrator may want to know. */
export interface NodeEvent {
  readonly type: "Warning";
  readonly reason: "FreeDiskSpaceFailed" | "ImageGCFailed" | "InvalidDiskCapacity";
  readonly message: string;
}

export interface ImageCollectorDeps {
  readonly images: ImageStore;
  readonly records: ImageRecords;
  readonly policy: CollectionPolicy;
  readonly event: (event: NodeEvent) => void;
  /** Images have been removed, or it is time to look at which there are. */
  readonly looked: () => void;
  /** That image is not there any more. */
  readonly removed: (id: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Removes images that nobody needs when the disk fills up: one collection at a time, every few minutes and on demand. */
export class ImageCollector {
  private collecting: Promise<unknown> = Promise.resolve();
  private failures = 0;

  constructor(private readonly deps: ImageCollectorDeps) {}

  /** Works until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        await this.deps.clock.sleep(periodMs, signal);
        await this.collect(signal);
        this.deps.looked();
      }
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    }
  }

  /** Frees what the policy asks for. What goes wrong is told as an event. */
  collect(signal: AbortSignal): Promise<void> {
    return this.alone(async () => {
      try {
        await this.freeAsPlanned(signal);
        this.failures = 0;
      } catch (error: unknown) {
        if (signal.aborted || isRuntimeUnavailable(error)) return;
        this.failures += 1;
        this.deps.log.warn("images could not be collected", { error });
        // Once may be an image that somebody has begun to use meanwhile.
        if (this.failures > 1) this.deps.event({ type: "Warning", reason: "ImageGCFailed", message: textOf(error) });
      }
    });
  }

  /** Removes every image that may be removed, as when the disk is under pressure; returns the bytes that were freed. */
  removeUnused(signal: AbortSignal): Promise<number> {
    return this.alone(async () => (await this.free(Number.POSITIVE_INFINITY, signal)).freedBytes);
  }

  private alone<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.collecting.then(task);
    this.collecting = turn.catch((_told: unknown) => undefined);
    return turn;
  }

  private async freeAsPlanned(signal: AbortSignal): Promise<void> {
    const { images, policy, event, log } = this.deps;
    const storage = await images.storage(signal);
    if (storage === undefined) return;
    if (storage.capacityBytes <= 0) {
      event({ type: "Warning", reason: "InvalidDiskCapacity", message: `invalid capacity ${storage.capacityBytes} on image filesystem` });
      return;
    }
    const wantedBytes = bytesToFree(storage, policy);
    if (wantedBytes <= 0) return;
    log.info("disk fills up, collecting images", { usedPercent: usedPercent(storage), wantedBytes });
    const { freedBytes, failures } = await this.free(wantedBytes, signal);
    if (failures.length > 0) throw new Error(`wanted to free ${wantedBytes} bytes, but freed ${freedBytes} bytes: ${failures.join("; ")}`);
    if (freedBytes >= wantedBytes) return;
    const message =
      `Failed to garbage collect required amount of images. Attempted to free ${wantedBytes} bytes, ` +
      `but only found ${freedBytes} bytes eligible to free.`;
    event({ type: "Warning", reason: "FreeDiskSpaceFailed", message });
  }

  private async free(
    wantedBytes: number,
    signal: AbortSignal,
  ): Promise<{ readonly freedBytes: number; readonly failures: readonly string[] }> {
    const failures: string[] = [];
    let freedBytes = 0;
    for (const image of await this.collectable(signal)) {
      if (freedBytes >= wantedBytes) break;
      try {
        await this.remove(image, signal);
        freedBytes += image.sizeBytes;
      } catch (error: unknown) {
        if (signal.aborted || isRuntimeUnavailable(error)) throw error;
        failures.push(textOf(error));
      }
    }
    return { freedBytes, failures };
  }

  /** Also notes which images are needed, and which are gone. */
  private async collectable(signal: AbortSignal): Promise<readonly Collectable[]> {
    const { images: store, records, policy, clock } = this.deps;
    const [images, inUse] = await Promise.all([store.list(signal), store.inUse(signal)]);
    const present = new Set(images.map(({ id }) => id));
    records.forget(records.all().flatMap(({ id }) => (present.has(id) ? [] : [id])));
    for (const id of inUse) records.used(id);
    return planCollection({ images, inUse, records: records.all(), minAgeMs: policy.minAgeMs, nowMs: clock.now() });
  }

  private async remove({ id, names, sizeBytes }: Collectable, signal: AbortSignal): Promise<void> {
    const { images, records, removed, log } = this.deps;
    log.info("removing an image that nobody needs", { image: names[0], id, sizeBytes });
    removed(id);
    for (const name of names) await images.remove(name, signal);
    records.forget([id]);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
