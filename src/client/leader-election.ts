import { randomUUID } from "node:crypto";
import { isAlreadyExists, isApiError, isConflict } from "../api/errors.js";
import { leaseKind } from "../api/kinds/lease/kind.js";
import { formatKey, type ObjectKey, type Whole } from "../api/object.js";
import { isAbort, sharedSignal } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import { type LinkedAbort, linkAbort } from "../base/linked-abort.js";
import type { Log } from "../base/log.js";
import type { Lease } from "../gen/howbernetes/coordination/v1/lease.js";
import type { ApiClient } from "./contracts.js";
import { LeaseLock } from "./lease-lock.js";
import { LeaseObserver } from "./lease-observer.js";

/** Request metadata by which an api-server compares a leader's fence: `<namespace>/<lease>:<revision>`. */
export const fenceMetadata = "howbernetes-fence";

/**
 * Each by the monotonic clock of the process that waits: what other machines' clocks say is never compared. The holder
 * counts from before it sent its last renewal, others from when they saw it, which is later: the margin between the two
 * is at least `leaseMs - renewDeadlineMs`, and that is how long the work has to stop.
 */
export interface LeaderTimes {
  /** A Lease that nobody renewed for this long may be taken; 15,000 by default. */
  readonly leaseMs: number;
  /** A holder that could not renew for this long stands down; 10,000 by default. */
  readonly renewDeadlineMs: number;
  /** Between renewals, between attempts to renew, and the most that one attempt may take; 2,000 by default. */
  readonly retryMs: number;
}

/** Kubernetes' own. */
export const defaultLeaderTimes: LeaderTimes = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

/** Who stands for election, for which Lease, and what it does as the leader. */
export interface LeaderOptions {
  readonly client: ApiClient;
  readonly lease: ObjectKey;
  /** For people, as the host's name; what makes it unique is added. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly times?: LeaderTimes | undefined;
  /** Whether a holder, by its identity, is known to be dead: its Lease is taken without waiting for it to run out. */
  readonly isDead?: ((holder: string) => boolean) | undefined;
  /**
   * The leader's work. Its client sends the fence: once another leads, none of its writes takes effect, whatever this
   * process believes. `signal` fires when leadership is lost; it must then stop and settle. `term` is greater than that
   * of every leader before.
   */
  readonly lead: (client: ApiClient, signal: AbortSignal, term: number) => Promise<void>;
}

/**
 * Waits for leadership, leads, and waits again when it is lost, until `signal` fires; then lets go of the Lease, after
 * `lead` has ended. Resolves when `lead` resolves by itself, rejects with what it throws. Guarantees:
 * - the Lease is watched, not polled: a candidate writes it when it is free, and otherwise does nothing;
 * - a leader that stops hands over at once; one that vanished is replaced when the Lease has run out;
 * - a leader that cannot renew is told to stop `leaseMs - renewDeadlineMs` before anyone may take its place, and one
 *   that sees another holder is told at once;
 * - at most one leads at a time as far as all clocks run at one rate and a signal is heeded within that margin;
 *   whatever they do, a process that was stopped and goes on believing that it leads included, the fence holds: no
 *   write of an earlier leader takes effect after a later one's has.
 *
 * @throws RangeError when the times leave no margin
 */
export async function runLeader(options: LeaderOptions, signal: AbortSignal): Promise<void> {
  await new Candidate(options).run(signal);
}

/** A Lease that is held, and when the write that last showed it was begun. */
interface Tenure {
  readonly lease: Whole<Lease>;
  readonly sinceMs: number;
}

/** Invariants: `lead` runs at most once at a time, and only while the Lease is this candidate's. */
class Candidate {
  private readonly times: LeaderTimes;
  private readonly lock: LeaseLock;
  private readonly observer: LeaseObserver;
  private readonly log: Log;

  constructor(private readonly options: LeaderOptions) {
    const { client, lease, clock } = options;
    this.times = options.times ?? defaultLeaderTimes;
    const { leaseMs, renewDeadlineMs, retryMs } = this.times;
    if (!(retryMs > 0 && retryMs < renewDeadlineMs && renewDeadlineMs < leaseMs))
      throw new RangeError("leader times must ascend: retryMs, renewDeadlineMs, leaseMs");
    this.log = options.log.child({ lease: formatKey(lease) });
    // The fence is rewritten when the holder changes: a restarted process must not look like its predecessor.
    const identity = `${options.identity}_${randomUUID()}`;
    const leases = client.of(leaseKind);
    this.lock = new LeaseLock(leases, lease, identity, Math.ceil(this.times.leaseMs / 1000), clock);
    this.observer = new LeaseObserver(leases, lease, clock, this.log);
  }

  async run(signal: AbortSignal): Promise<void> {
    const work = linkAbort(signal);
    // A watch that fails for good ends the candidacy: without it, leadership could be lost unnoticed.
    const watching = this.observer.run(work.signal).finally(() => work.abort());
    watching.catch((_thrownBelow: unknown) => undefined);
    try {
      while (!work.signal.aborted && !(await this.leadWith(await this.acquire(work.signal), work.signal)));
    } catch (error: unknown) {
      if (!work.signal.aborted || !isOfCall(error)) throw error;
    } finally {
      work.abort();
      work.unlink();
      await watching;
    }
  }

  /** Waits until the Lease is this candidate's. */
  private async acquire(signal: AbortSignal): Promise<Tenure> {
    for (;;) {
      await this.untilFree(signal);
      const sinceMs = this.options.clock.monotonicMs();
      try {
        const lease = await this.bounded(signal, (attempt) => this.lock.acquire(this.observer.latest?.lease, attempt));
        this.observer.note(lease);
        return { lease, sinceMs };
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
    const holder = seen.lease?.spec.holderIdentity ?? "";
    if (holder === "" || this.lock.isMine(seen.lease) || this.options.isDead?.(holder) === true) return 0;
    return seen.atMs + this.times.leaseMs - this.options.clock.monotonicMs();
  }

  /** Resolves at the next change of the Lease, or after `ms`. */
  private async changedOr(ms: number, signal: AbortSignal): Promise<void> {
    const wait = linkAbort(signal);
    const stopListening = this.observer.onChange(() => wait.abort());
    try {
      await this.options.clock.sleep(ms, wait.signal);
    } catch (error: unknown) {
      if (signal.aborted || !isAbort(error)) throw error;
    } finally {
      stopListening();
      wait.unlink();
    }
  }

  /** @returns whether `lead` ended by itself */
  private async leadWith(tenure: Tenure, signal: AbortSignal): Promise<boolean> {
    const { client, lease, lead } = this.options;
    const { resourceVersion } = tenure.lease.metadata;
    const fence = `${formatKey(lease)}:${resourceVersion}`;
    this.log.info("leading", { fence });

    const leading = linkAbort(signal);
    const keeper = linkAbort(leading.signal);
    const keeping = this.keep(tenure, leading, keeper.signal);
    keeping.catch((_thrownBelow: unknown) => undefined);
    try {
      await lead(client.withMetadata({ [fenceMetadata]: fence }), sharedSignal(leading.signal), Number(resourceVersion));
      return !leading.signal.aborted;
    } catch (error: unknown) {
      if (!leading.signal.aborted || !isAbort(error)) throw error;
      return false;
    } finally {
      const lost = leading.signal.aborted && !signal.aborted;
      keeper.abort();
      leading.unlink();
      const held = await keeping;
      if (lost) this.log.warn("leadership lost");
      else await this.release(held);
    }
  }

  /** Renews until stopped, or until leadership is lost, which it says by aborting `leading`. @returns the Lease as last written */
  private async keep(tenure: Tenure, leading: LinkedAbort, signal: AbortSignal): Promise<Whole<Lease>> {
    const { clock } = this.options;
    let { lease: held, sinceMs } = tenure;
    const stopListening = this.observer.onChange(() => {
      if (!this.lock.isMine(this.observer.latest?.lease)) leading.abort();
    });
    try {
      while (!signal.aborted) {
        const leftMs = (): number => sinceMs + this.times.renewDeadlineMs - clock.monotonicMs();
        await clock.sleep(Math.min(this.times.retryMs, Math.max(0, leftMs())), signal);
        const attemptMs = clock.monotonicMs();
        // A process that was stopped wakes up here: what it may still renew, it must not.
        const renewed = leftMs() <= 0 ? "lost" : await this.tryRenew(held, leftMs(), signal);
        if (renewed === "lost") leading.abort();
        else if (renewed !== undefined) [held, sinceMs] = [renewed, attemptMs];
        if (leftMs() <= 0) leading.abort();
      }
    } catch (error: unknown) {
      if (!signal.aborted || !isOfCall(error)) {
        // Whatever it is, nobody renews any more: the work must not go on as if.
        leading.abort();
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
    const { signal } = new AbortController();
    try {
      await this.bounded(signal, async (attempt) => {
        // A renewal that was cut short may have taken effect: what is there now counts.
        const present = await this.lock.read(attempt);
        await this.lock.release(this.lock.isMine(present) ? present : held, attempt);
      });
    } catch (error: unknown) {
      // The next leader then waits for the Lease to run out, as after a crash.
      this.log.debug("lease could not be released", { error });
    }
  }

  /** Gives one call no more than `retryMs`, so that a call that hangs does not use up the deadline. */
  private async bounded<T>(signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>, leftMs = this.times.retryMs): Promise<T> {
    const attempt = linkAbort(signal);
    const cancel = this.options.clock.after(Math.max(0, Math.min(leftMs, this.times.retryMs)), attempt.abort);
    try {
      return await call(attempt.signal);
    } finally {
      cancel();
      attempt.unlink();
    }
  }
}

/** Whether it is what a call may end with when it is given up: a refusal may have been on the way already. */
function isOfCall(error: unknown): boolean {
  return isAbort(error) || isApiError(error);
}
