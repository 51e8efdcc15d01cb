import { type ApiError, tooManyRequests } from "../../api/errors.js";
import { abortError, type Deferred, deferred } from "../../base/abort.js";
import { type Change, seenAs } from "./change.js";
import type { EventEncoder } from "./event-encoder.js";
import type { Scope } from "./interface.js";

// What a reader may fall behind by: seconds of a busy kind, and a bound on memory of 8 MiB for each stuck reader.
const defaultBudgetBytes = 8 * 1024 * 1024;

export interface WatcherOptions {
  readonly wantsBookmarks: boolean;
  /** What its reader may fall behind by; 8 MiB by default. */
  readonly budgetBytes?: number | undefined;
  /** The reader has fallen behind, and the watcher takes no more. */
  readonly onTooSlow?: () => void;
}

/**
 * One watch: holds what its reader has not taken yet. Buffers are shared with other watchers, but counted in full, since
 * the slowest one keeps them alive. Once over its budget it drops all and ends; the reader resumes from what it saw last.
 */
export class Watcher {
  /** All that came before the watch began has been read; what is queued is what its reader is behind by. */
  hasCaughtUp = false;
  private queue: Buffer[] = [];
  private queuedBytes = 0;
  private ended = false;
  private failure: ApiError | undefined;
  private wake: Deferred<void> = deferred();

  constructor(
    readonly scope: Scope,
    private readonly encoder: EventEncoder,
    private readonly options: WatcherOptions,
  ) {}

  get wantsBookmarks(): boolean {
    return this.options.wantsBookmarks;
  }

  /** Queues a change if its scope sees it. @returns whether it does */
  offer(change: Change): boolean {
    const type = seenAs(this.scope, change);
    if (type === undefined || this.ended) return false;
    this.push(change.as(type, this.encoder));
    return true;
  }

  /** Queues a message. */
  push(buffer: Buffer): void {
    if (this.ended) return;
    this.queue.push(buffer);
    this.queuedBytes += buffer.length;
    if (this.queuedBytes <= (this.options.budgetBytes ?? defaultBudgetBytes)) {
      this.wake.resolve();
      return;
    }
    this.tooSlow();
  }

  /** Ends the stream because of its reader, with a status to resume on. */
  tooSlow(): void {
    if (this.ended) return;
    this.fail(tooManyRequests("the watch was read too slowly: resume it", 1));
    this.options.onTooSlow?.();
  }

  /** Ends the stream once what is queued has been read. */
  end(): void {
    this.ended = true;
    this.wake.resolve();
  }

  /** Ends the stream at once. */
  fail(error: ApiError): void {
    if (this.ended) return;
    this.failure = error;
    this.queue = [];
    this.end();
  }

  /** The messages, as they come. @throws ApiError what it was failed with; an abort error when `signal` fires */
  async *messages(signal: AbortSignal): AsyncGenerator<Buffer> {
    const onAbort = (): void => this.wake.reject(abortError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      for (;;) {
        if (signal.aborted) throw abortError(signal);
        const batch = this.queue;
        this.queue = [];
        for (const buffer of batch) {
          yield buffer;
          if (this.failure !== undefined) throw this.failure;
          this.queuedBytes -= buffer.length;
        }
        if (this.queue.length > 0) continue;
        if (this.failure !== undefined) throw this.failure;
        if (this.ended) return;
        await this.wake.promise;
        this.wake = deferred();
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.ended = true;
      this.queue = [];
    }
  }
}
