import { type BackoffOptions, backoffMs } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { Revision, Store } from "../interface.js";
import type { RevisionGate } from "./revision-gate.js";
import { SharedRead } from "./shared-read.js";

// A store answers a request for progress only once it has delivered all there is; asked too early, it may not answer.
const askAgain: BackoffOptions = { initialMs: 10, maxMs: 100, jitter: "none" };

/** What the caches of one store share: reads of its revision, and requests for progress. */
export class StoreProgress {
  private readonly revisions: SharedRead<Revision>;
  private readonly requests: SharedRead<void>;

  constructor(
    store: Pick<Store, "currentRevision" | "requestProgress">,
    private readonly clock: Clock,
  ) {
    this.revisions = new SharedRead(() => store.currentRevision());
    this.requests = new SharedRead(() => store.requestProgress());
  }

  /** The store's revision as of now or later, in one read for all who ask at once. */
  currentRevision(): Promise<Revision> {
    return this.revisions.get();
  }

  /**
   * Waits until `gate` has reached `revision`, asking the store for progress meanwhile: other kinds' changes move the
   * store's revision, but no event of this kind says so.
   * @returns false when that took longer than `waitMs`, or `signal` fired
   */
  async reach(gate: RevisionGate, revision: Revision, waitMs: number, signal: AbortSignal): Promise<boolean> {
    if (gate.revision >= revision) return true;
    const giveUp = new AbortController();
    const onAbort = (): void => giveUp.abort();
    const cancelTimer = this.clock.after(waitMs, onAbort);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      const reached = gate.wait(revision, giveUp.signal);
      const asking = this.askUntil(giveUp.signal);
      await Promise.race([reached, asking]);
      return gate.revision >= revision;
    } catch (_gaveUp: unknown) {
      return false;
    } finally {
      cancelTimer();
      signal.removeEventListener("abort", onAbort);
      giveUp.abort();
    }
  }

  private async askUntil(signal: AbortSignal): Promise<never> {
    for (let asked = 1; ; asked++) {
      // A store that cannot be asked is found out by its watch; here it only means that nothing is reached.
      await this.requests.get().catch((_unreachable: unknown) => undefined);
      await this.clock.sleep(backoffMs(asked, askAgain), signal);
    }
  }
}
