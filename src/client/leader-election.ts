import { randomUUID } from "node:crypto";
import { isAlreadyExists, isApiError, isConflict } from "../api/errors.js";
import { leaseKind } from "../api/kinds/lease/kind.js";
import { formatKey, type ObjectKey, type Whole } from "../api/object.js";
import { isAbort } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { Lease } from "../gen/howbernetes/coordination/v1/lease.js";
import type { ApiClient } from "./contracts.js";
import { LeaseLock } from "./lease-lock.js";
import { LeaseObserver } from "./lease-observer.js";

/** Request metadata by which an api-server compares a leader's fence: `<namespace>/<lease>:<revision>`. */
export const fenceMetadata = "howbernetes-fence";

export interface LeaderTimes {
  /** A Lease that nobody renewed for this long may be taken. */
  readonly leaseMs: number;
  /** A holder that could not renew for this long stands down: well before `leaseMs`, for others count from a later moment. */
  readonly renewDeadlineMs: number;
  /** Between renewals, and between attempts to renew. */
  readonly retryMs: number;
}

const defaultTimes: LeaderTimes = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

export interface LeaderOptions {
  readonly client: ApiClient;
  readonly lease: ObjectKey;
  /** For people, as the host's name; what makes it unique is added. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly times?: LeaderTimes;
  /**
   * The leader's work. Its client sends the fence: once another leads, none of its writes takes effect, whatever this
   * process believes. `signal` fires when leadership is lost; it must then stop and settle.
   */
  readonly lead: (client: ApiClient, signal: AbortSignal) => Promise<void>;
}

/**
 * Waits for leadership, leads, and waits again when it is lost, until `signal` fires; then lets go of the Lease, after
 * `lead` has ended. Resolves when `lead` resolves by itself, rejects with what it throws.
 *
 * At most one leads at a time as far as clocks run alike; where they do not, the fence holds.
 */
export async function runLeader(options: LeaderOptions, signal: AbortSignal): Promise<void> {
  await new Candidate(options).run(signal);
}

/** Invariants: `lead` runs at most once at a time, and only while `held` is this candidate's. */
class Candidate {
  private readonly times: LeaderTimes;
  private readonly lock: LeaseLock;
  private readonly observer: LeaseObserver;
  private readonly log: Log;

  constructor(private readonly options: LeaderOptions) {
    const { client, lease, clock } = options;
    this.times = options.times ?? defaultTimes;
    this.log = options.log.child({ lease: formatKey(lease) });
    // The fence is rewritten when the holder changes: a restarted process must not look like its predecessor.
    const identity = `${options.identity}_${randomUUID()}`;
    const leases = client.of(leaseKind);
    this.lock = new LeaseLock(leases, lease, identity, Math.ceil(this.times.leaseMs / 1000), clock);
    this.observer = new LeaseObserver(leases, lease, clock, this.log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const watching = this.observer.run(AbortSignal.any([signal, stop.signal]));
    try {
      while (!signal.aborted) {
        const startedMs = this.options.clock.monotonicMs();
        const held = await this.acquire(signal);
        if (await this.leadWith(held, startedMs, signal)) return;
      }
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      stop.abort();
      await watching;
    }
  }

  /** Waits until the Lease is this candidate's. */
  private async acquire(signal: AbortSignal): Promise<Whole<Lease>> {
    for (;;) {
      await this.untilFree(signal);
      try {
        const held = await this.bounded(signal, (attempt) => this.lock.acquire(this.observer.latest?.lease, attempt));
        this.observer.note(held);
        return held;
      } catch (error: unknown) {
        if (signal.aborted) throw error;
        await this.afterFailedAcquire(error, signal);
      }
    }
  }

  private async afterFailedAcquire(error: unknown, signal: AbortSignal): Promise<void> {
    if (!isApiError(error) && !isAbort(error)) throw error;
    if (!isConflict(error) && !isAlreadyExists(error)) this.log.debug("lease could not be acquired", { error });
    await this.options.clock.sleep(this.times.retryMs, signal);
    try {
      // What the watch will show in a moment, and whether a write whose answer was lost took effect.
      this.observer.note(await this.bounded(signal, (attempt) => this.lock.read(attempt)));
    } catch (readError: unknown) {
      if (signal.aborted || (!isApiError(readError) && !isAbort(readError))) throw readError;
    }
  }

  private async untilFree(signal: AbortSignal): Promise<void> {
    for (let waitMs = this.waitMs(); waitMs > 0; waitMs = this.waitMs()) await this.changedOr(waitMs, signal);
  }

  /** How long the Lease may still be another's. */
  private waitMs(): number {
    const seen = this.observer.latest;
    if (seen === undefined) return this.times.leaseMs;
    if (seen.lease === undefined || (seen.lease.spec.holderIdentity ?? "") === "" || this.lock.isMine(seen.lease)) return 0;
    return seen.atMs + this.times.leaseMs - this.options.clock.monotonicMs();
  }

  /** Resolves at the next change of the Lease, or after `ms`. */
  private async changedOr(ms: number, signal: AbortSignal): Promise<void> {
    const changed = new AbortController();
    const stopListening = this.observer.onChange(() => changed.abort());
    try {
      await this.options.clock.sleep(ms, AbortSignal.any([signal, changed.signal]));
    } catch (error: unknown) {
      if (signal.aborted || !isAbort(error)) throw error;
    } finally {
      stopListening();
    }
  }

  /** @returns whether `lead` ended by itself */
  private async leadWith(acquired: Whole<Lease>, startedMs: number, signal: AbortSignal): Promise<boolean> {
    const { client, lease, lead } = this.options;
    const lost = new AbortController();
    const leading = AbortSignal.any([signal, lost.signal]);
    const fence = `${formatKey(lease)}:${acquired.metadata.resourceVersion}`;
    this.log.info("leading", { fence });

    const keeper = new AbortController();
    const keeping = this.keep(acquired, startedMs, lost, AbortSignal.any([leading, keeper.signal]));
    let endedItself = false;
    try {
      await lead(client.withMetadata({ [fenceMetadata]: fence }), leading);
      endedItself = !leading.aborted;
    } catch (error: unknown) {
      if (!leading.aborted || !isAbort(error)) throw error;
    } finally {
      keeper.abort();
      const held = await keeping;
      if (lost.signal.aborted) this.log.warn("leadership lost");
      else await this.release(held);
    }
    return endedItself;
  }

  /** Renews until stopped, or until leadership is lost, which it says through `lost`. @returns the Lease as last written */
  private async keep(acquired: Whole<Lease>, startedMs: number, lost: AbortController, signal: AbortSignal): Promise<Whole<Lease>> {
    const { clock } = this.options;
    let held = acquired;
    let deadlineMs = startedMs + this.times.renewDeadlineMs;
    const stopListening = this.observer.onChange(() => {
      if (!this.lock.isMine(this.observer.latest?.lease)) lost.abort();
    });
    try {
      while (!signal.aborted) {
        await clock.sleep(this.times.retryMs, signal);
        const attemptMs = clock.monotonicMs();
        const renewed = await this.tryRenew(held, deadlineMs - attemptMs, signal);
        if (renewed === "lost") lost.abort();
        else if (renewed !== undefined) {
          held = renewed;
          deadlineMs = attemptMs + this.times.renewDeadlineMs;
        } else if (clock.monotonicMs() >= deadlineMs) lost.abort();
      }
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) {
        // Whatever it is, nobody renews any more: the work must not go on as if.
        lost.abort(error);
        throw error;
      }
    } finally {
      stopListening();
    }
    return held;
  }

  /** The renewed Lease; "lost" when another holds it; undefined when it is not known, and may be tried again. */
  private async tryRenew(held: Whole<Lease>, leftMs: number, signal: AbortSignal): Promise<Whole<Lease> | "lost" | undefined> {
    try {
      return await this.bounded(signal, (attempt) => this.lock.renew(held, attempt), leftMs);
    } catch (error: unknown) {
      if (signal.aborted || (!isApiError(error) && !isAbort(error))) throw error;
      if (!isConflict(error)) {
        this.log.warn("lease could not be renewed, trying on", { error });
        return undefined;
      }
    }
    return await this.settleConflict(leftMs, signal);
  }

  /** A Conflict may be our own renewal whose answer was lost: then the Lease is still ours, and as fresh as that. */
  private async settleConflict(leftMs: number, signal: AbortSignal): Promise<Whole<Lease> | "lost" | undefined> {
    try {
      const present = await this.bounded(signal, (attempt) => this.lock.read(attempt), leftMs);
      if (!this.lock.isMine(present)) return "lost";
      return await this.bounded(signal, (attempt) => this.lock.renew(present, attempt), leftMs);
    } catch (error: unknown) {
      if (signal.aborted || (!isApiError(error) && !isAbort(error))) throw error;
      return undefined;
    }
  }

  private async release(held: Whole<Lease>): Promise<void> {
    try {
      await this.bounded(new AbortController().signal, (attempt) => this.lock.release(held, attempt));
    } catch (error: unknown) {
      // The next leader then waits for the Lease to run out, as after a crash.
      this.log.debug("lease could not be released", { error });
    }
  }

  /** Gives one call no more than `retryMs`, so that a call that hangs does not use up the deadline. */
  private async bounded<T>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>, leftMs = this.times.retryMs): Promise<T> {
    const timeout = new AbortController();
    const cancel = this.options.clock.after(Math.max(0, Math.min(leftMs, this.times.retryMs)), () => timeout.abort());
    try {
      return await call(AbortSignal.any([signal, timeout.signal]));
    } finally {
      cancel();
    }
  }
}
