import { type Deferred, deferred } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import { StoreUnavailableError } from "../errors.js";
import type { Revision } from "../interface.js";
import { callTimeoutMs, type EtcdCalls } from "./etcd-calls.js";
import { batchOutcomes, batchTransaction, refusalAfter, revisionsLeft, takeBatch } from "./write-batch.js";
import type { EtcdWrite } from "./write-transaction.js";

interface QueuedWrite {
  readonly write: EtcdWrite;
  readonly answer: Deferred<Revision>;
  readonly queuedMs: number;
}

interface CommitQueueDeps {
  readonly calls: Pick<EtcdCalls, "txn">;
  readonly clock: Pick<Clock, "monotonicMs">;
}

/**
 * Writes to etcd in batches: those that arrive while one is under way share the next transaction, and what is quick for
 * one caller stays so for many. Each write is still accepted or refused by its own conditions.
 *
 * Invariants: one transaction is under way at a time; every write is answered, and only after its transaction has been;
 * a transaction that fails leaves the fate of each of its writes unknown, as that of a write alone would be.
 */
export class CommitQueue {
  #queue: QueuedWrite[] = [];
  #isBusy = false;

  constructor(private readonly deps: CommitQueueDeps) {}

  /** Settles once the write is committed, or refused. @throws StoreUnavailableError when its fate is unknown, or it waited too long to be sent */
  submit(write: EtcdWrite): Promise<Revision> {
    const answer = deferred<Revision>();
    this.#queue.push({ write, answer, queuedMs: this.deps.clock.monotonicMs() });
    if (!this.#isBusy) {
      this.#isBusy = true;
      // Sent at once, for a lone writer's sake; whoever comes a moment later has company in the next one.
      queueMicrotask(() => void this.#run());
    }
    return answer.promise;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      this.#refuseLate();
      const { batch, rest } = takeBatch(this.#queue);
      this.#queue = rest;
      if (batch.length > 0) await this.#commit(batch, rest.length);
    }
    this.#isBusy = false;
  }

  /** `passedOver`: how many of the queue were there already, and were left out. */
  async #commit(batch: readonly QueuedWrite[], passedOver: number): Promise<void> {
    const writes = batch.map(({ write }) => write);
    try {
      const outcomes = batchOutcomes(writes, await this.deps.calls.txn(batchTransaction(writes)));
      for (const [place, { answer }] of batch.entries()) settle(answer, outcomes[place]);
      this.#refuseOvertaken(passedOver, revisionsLeft(writes, outcomes));
    } catch (error: unknown) {
      for (const { answer } of batch) answer.reject(error);
    }
  }

  /**
   * Refuses the writes that were passed over and have been overtaken. Not those that came while the transaction was under
   * way: another api-server may have written after it, and whoever has seen that on a watch knows more than its answer says.
   */
  #refuseOvertaken(passedOver: number, left: ReadonlyMap<string, Revision>): void {
    this.#queue = this.#queue.filter(({ write, answer }, place) => {
      if (place >= passedOver) return true;
      const error = refusalAfter(write, left);
      if (error !== undefined) answer.reject(error);
      return error === undefined;
    });
  }

  /** A store that answers nobody must not be waited for once per batch. */
  #refuseLate(): void {
    const now = this.deps.clock.monotonicMs();
    const late = this.#queue.filter(({ queuedMs }) => now - queuedMs > callTimeoutMs);
    if (late.length === 0) return;
    this.#queue = this.#queue.filter((queued) => !late.includes(queued));
    for (const { answer } of late) answer.reject(new StoreUnavailableError("the store is too slow: the write was not sent"));
  }
}

function settle(answer: Deferred<Revision>, outcome: Revision | Error | undefined): void {
  if (typeof outcome === "number") answer.resolve(outcome);
  else answer.reject(outcome);
}
