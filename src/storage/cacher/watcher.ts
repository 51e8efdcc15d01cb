import { tooManyRequests } from "../../api/errors.js";
import { type Deferred, deferred } from "../../base/abort.js";
import { type Change, seenAs } from "./change.js";
import type { EventEncoder } from "./event-encoder.js";
import type { Scope } from "./interface.js";
import { bytesIn, MessageBatch, type Told } from "./message-batch.js";
import type { SharedDelivery } from "./shared-delivery.js";

// What a reader may fall behind by: seconds of a busy kind, and a bound on memory of 8 MiB for each stuck reader.
const defaultBudgetBytes = 8 * 1024 * 1024;

const maxTaken = 256;

export interface WatcherOptions {
  readonly delivery: SharedDelivery;
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
  private queue: Told[] = [];
  /** Entries before this index have been taken. */
  private head = 0;
  private queuedBytes = 0;
  private ended = false;
  private failure: Error | undefined;
  private waiting: Deferred<void> | undefined;

  constructor(
    readonly scope: Scope,
    private readonly encoder: EventEncoder,
    private readonly options: WatcherOptions,
  ) {}

  get wantsBookmarks(): boolean {
    return this.options.wantsBookmarks;
  }

  /** It takes no more messages; those that it holds may still be taken. */
  get hasEnded(): boolean {
    return this.ended;
  }

  /** Queues a change if its scope sees it. @returns whether it does */
  offer(change: Change): boolean {
    const type = seenAs(this.scope, change);
    if (type === undefined || this.ended) return false;
    this.push(change.as(type, this.encoder));
    return true;
  }

  /** Queues what its scope sees of changes of one revision, to be taken together. @returns how many it sees */
  offerAll(changes: readonly Change[]): number {
    if (this.ended) return 0;
    const messages: Buffer[] = [];
    for (const change of changes) {
      const type = seenAs(this.scope, change);
      if (type !== undefined) messages.push(change.as(type, this.encoder));
    }
    if (messages.length > 0) this.push(messages);
    return messages.length;
  }

  /** Queues a message. */
  push(told: Told): void {
    if (this.ended) return;
    this.queue.push(told);
    this.queuedBytes += bytesIn(told);
    if (this.queuedBytes > (this.options.budgetBytes ?? defaultBudgetBytes)) this.tooSlow();
    else this.wakeInTurn();
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
    this.wake();
  }

  /** Ends the stream at once. */
  fail(error: Error): void {
    if (this.ended && this.failure !== undefined) return;
    this.failure = error;
    this.queue = [];
    this.head = 0;
    this.end();
  }

  /**
   * What there is, as one message, or the beginning of it if it is much. Undefined if there is nothing.
   * @throws ApiError what it was failed with
   */
  take(): Buffer | undefined {
    if (this.failure !== undefined) throw this.failure;
    const first = this.takeOne();
    if (first === undefined || (this.head === this.queue.length && Buffer.isBuffer(first))) return first;
    const batch = new MessageBatch(this.options.delivery);
    for (let next: Told | undefined = first; next !== undefined; next = batch.isFull ? undefined : this.takeOne()) batch.add(next);
    return batch.whole();
  }

  private takeOne(): Told | undefined {
    const next = this.queue[this.head];
    if (next === undefined) return undefined;
    this.head += 1;
    this.queuedBytes -= bytesIn(next);
    // What has been taken is cut off in bulk.
    if (this.head === this.queue.length || this.head === maxTaken) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
    return next;
  }

  /** Resolves when there may be something to take, or the end. */
  changed(): Promise<void> {
    this.waiting ??= deferred();
    return this.waiting.promise;
  }

  private wakeInTurn(): void {
    if (this.waiting === undefined) return;
    this.options.delivery.wake(this.waiting);
    this.waiting = undefined;
  }

  private wake(): void {
    this.waiting?.resolve();
    this.waiting = undefined;
  }
}
