import { isAbort, throwIfAborted } from "../../base/abort.js";
import { backoffMs, reconnectBackoff } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import { CompactedError, isCompacted, StoreUnavailableError } from "../errors.js";
import type { Revision, StoreEvent } from "../interface.js";
import { keyRange } from "./key-range.js";
import { cursorAfter, startRevision, takeResponse, type WatchCursor } from "./watch-cursor.js";
import type { WatchConnections, WatchStream } from "./watch-stream.js";

/** How often progress is asked for unasked, so that readers can tell quiet from stuck. */
const progressPeriodMs = 5_000;
/** How soon a request for progress that etcd let pass, since the watch was behind, is repeated. */
const progressRetryMs = 100;
/** A stream that lasted so long starts the backoff anew. */
const healthyMs = 60_000;

interface EtcdWatchDeps {
  readonly connections: WatchConnections;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One watch, over as many streams as it takes.
 *
 * Invariants: the cursor moves past a message only when the consumer has taken its events, and only this generator moves
 * it; each new stream starts from the cursor, with nothing held; a compaction past the cursor ends the watch.
 */
export class EtcdWatch {
  readonly #ending = new AbortController();
  #cursor: WatchCursor;
  #stream: WatchStream | undefined;
  /** Progress is owed up to here; 0 when none is. */
  #progressWanted: Revision = 0;
  #cancelRetry: (() => void) | undefined;
  #cancelPeriod: (() => void) | undefined;
  #failures = 0;
  #closed = false;

  constructor(
    private readonly deps: EtcdWatchDeps,
    private readonly prefix: string,
    afterRevision: Revision,
  ) {
    this.#cursor = cursorAfter(afterRevision);
  }

  /** Asks for a progress event that covers `revision`. */
  requestProgress(revision: Revision): void {
    this.#progressWanted = Math.max(this.#progressWanted, revision, 1);
    this.#askUntilTold();
  }

  /** Ends the watch with StoreUnavailableError. */
  close(): void {
    this.#closed = true;
    this.#ending.abort();
  }

  /** The watch's events; see Store.watch. */
  async *events(signal: AbortSignal): AsyncGenerator<readonly StoreEvent[], never> {
    const end = (): void => this.#ending.abort();
    signal.addEventListener("abort", end, { once: true });
    this.#askPeriodically();
    try {
      for (;;) {
        throwIfAborted(signal);
        yield* this.#streamEvents();
        this.#failures += 1;
        await this.deps.clock.sleep(backoffMs(this.#failures, reconnectBackoff), this.#ending.signal);
      }
    } catch (error: unknown) {
      throwIfAborted(signal);
      if (this.#closed) throw new StoreUnavailableError("the store is closed");
      throw error;
    } finally {
      signal.removeEventListener("abort", end);
      this.#cancelRetry?.();
      this.#cancelPeriod?.();
      this.#ending.abort();
    }
  }

  /** The events of one stream, until it breaks. Throws only what ends the watch. */
  async *#streamEvents(): AsyncGenerator<readonly StoreEvent[]> {
    const { connections, clock, log } = this.deps;
    const openedMs = clock.monotonicMs();
    this.#cursor = cursorAfter(this.#cursor.revision);
    try {
      const stream = connections.open({ ...keyRange(this.prefix), start_revision: startRevision(this.#cursor) });
      this.#stream = stream;
      this.#askUntilTold();
      for await (const response of stream.messages(this.#ending.signal)) {
        const step = takeResponse(this.#cursor, response);
        if (step.end?.type === "compacted") throw new CompactedError(step.end.revision);
        if (step.end?.type === "canceled") throw new Error(`etcd canceled the watch: ${step.end.reason}`);
        if (step.events.length > 0) yield step.events;
        throwIfAborted(this.#ending.signal);
        this.#cursor = step.cursor;
        this.#noteProgress(step.events);
      }
    } catch (error: unknown) {
      if (isAbort(error) || isCompacted(error)) throw error;
      log.debug("watch stream broken", { prefix: this.prefix, revision: this.#cursor.revision, error });
    } finally {
      this.#stream = undefined;
    }
    if (clock.monotonicMs() - openedMs >= healthyMs) this.#failures = 0;
  }

  #noteProgress(events: readonly StoreEvent[]): void {
    if (events.some(({ type, revision }) => type === "progress" && revision >= this.#progressWanted)) this.#progressWanted = 0;
  }

  #askUntilTold(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    if (this.#progressWanted === 0 || this.#ending.signal.aborted) return;
    this.#stream?.requestProgress();
    this.#cancelRetry = this.deps.clock.after(progressRetryMs, () => this.#askUntilTold());
  }

  #askPeriodically(): void {
    this.#stream?.requestProgress();
    this.#cancelPeriod = this.deps.clock.after(progressPeriodMs, () => this.#askPeriodically());
  }
}
