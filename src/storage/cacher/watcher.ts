import { type ApiError, tooManyRequests } from "../../api/errors.js";
import { abortError, type Deferred, deferred } from "../../base/abort.js";
import { type Change, seenAs } from "./change.js";
import type { EventEncoder } from "./event-encoder.js";
import type { Scope } from "./interface.js";

// What a reader may fall behind by: seconds of a busy kind, and a bound on memory of 8 MiB for each stuck reader.
const defaultBudgetBytes = 8 * 1024 * 1024;

/**
 * One watch: holds what its reader has not taken yet. Buffers are shared with other watchers, but counted in full, since
 * the slowest one keeps them alive. Once over its budget it drops all and ends; the reader resumes from what it saw last.
 */
export class Watcher {
  private queue: Buffer[] = [];
  private queuedBytes = 0;
  private ended = false;
  private failure: ApiError | undefined;
  private wake: Deferred<void> = deferred();

  constructor(
    readonly scope: Scope,
    private readonly encoder: EventEncoder,
    readonly wantsBookmarks: boolean,
    private readonly budgetBytes: number = defaultBudgetBytes,
  ) {}

  /** Queues a change if its scope sees it. */
  offer(change: Change): void {
    const type = seenAs(this.scope, change);
    if (type !== undefined) this.push(change.as(type, this.encoder));
  }

  /** Queues a message. */
  push(buffer: Buffer): void {
    if (this.ended) return;
    this.queue.push(buffer);
    this.queuedBytes += buffer.length;
    if (this.queuedBytes > this.budgetBytes) this.fail(tooManyRequests("the watch was read too slowly: resume it", 1));
    else this.wake.resolve();
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
