import { isApiError } from "../api/errors.js";
import type { ObjectKey, Whole } from "../api/object.js";
import { backoffMs, reconnectBackoff } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { Lease } from "../gen/howbernetes/coordination/v1/lease.js";
import type { ResourceClient } from "./contracts.js";

/** A Lease as last seen, and when that was by this process's own monotonic clock: other machines' clocks are not trusted. */
export interface LeaseSighting {
  readonly lease: Whole<Lease> | undefined;
  readonly atMs: number;
}

/** Watches one Lease, so that nobody polls it. */
export class LeaseObserver {
  private sighting: LeaseSighting | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly leases: ResourceClient<Lease>,
    private readonly key: ObjectKey,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** The last sighting; undefined until the first. */
  get latest(): LeaseSighting | undefined {
    return this.sighting;
  }

  /** Notes a Lease that came by another way than the watch, as the answer to a write. Older ones than known are ignored. */
  note(lease: Whole<Lease> | undefined): void {
    const known = this.sighting?.lease;
    if (this.sighting !== undefined && revisionOf(lease) <= revisionOf(known) && lease !== undefined) return;
    this.sighting = { lease, atMs: this.clock.monotonicMs() };
    for (const listener of this.listeners) listener();
  }

  /** Calls `listener` at each change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /** Watches until `signal` fires; then resolves. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        await this.watch(signal);
      } catch (error: unknown) {
        if (signal.aborted) return;
        if (!isApiError(error)) throw error;
        this.log.debug("watch of lease failed", { error });
      }
      await this.clock.sleep(backoffMs(failures, reconnectBackoff), signal).catch((_aborted: unknown) => undefined);
    }
  }

  private async watch(signal: AbortSignal): Promise<void> {
    const { namespace, name } = this.key;
    let seen = false;
    for await (const event of this.leases.watch({ namespace, fieldSelector: `metadata.name=${name}`, signal })) {
      if (event.type !== "bookmark") {
        seen = true;
        this.note(event.type === "deleted" ? undefined : event.object);
      } else if (event.initialEnd && !seen) {
        this.note(undefined);
      }
    }
  }
}

function revisionOf(lease: Whole<Lease> | undefined): number {
  return Number(lease?.metadata.resourceVersion ?? "0");
}
