import { type Deferred, deferred } from "../../base/abort.js";
import { InvariantError } from "../../base/invariant.js";
import { StoreUnavailableError } from "../errors.js";
import type { Revision } from "../interface.js";
import { planWrite, type Write, type WritePlan } from "./plan-write.js";
import type { Timeline } from "./timeline.js";
import { type ChangeEvent, changeEvent, type Head, type Version } from "./version.js";
import type { VersionTables } from "./version-tables.js";

/** Bounds how long one batch holds the event loop, and how much one transaction writes. */
const maxBatchWrites = 256;
const maxBatchBytes = 8 * 1024 * 1024;

interface PendingWrite {
  readonly write: Write;
  readonly answer: Deferred<Revision>;
}

/**
 * Writes in batches: those that arrive while one is being flushed share the next flush.
 *
 * Invariants: one batch is in flight at a time, so that what LMDB holds is what the next batch is decided on; a batch
 * is one LMDB transaction; the timeline moves after the flush, and only then is anyone answered. Refusals wait too:
 * they may rest on a write of the same batch. A failed batch moves nothing.
 */
export class GroupCommit {
  #queue: PendingWrite[] = [];
  #running: Promise<void> | undefined;

  constructor(
    private readonly tables: VersionTables,
    private readonly timeline: Timeline,
  ) {}

  /** Settles once the write is on disk, or refused. */
  submit(write: Write): Promise<Revision> {
    const answer = deferred<Revision>();
    this.#queue.push({ write, answer });
    this.#running ??= this.#run();
    return answer.promise;
  }

  /** Resolves when nothing is in flight. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Callers of the same turn of the event loop join the first batch.
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#commit(this.#takeBatch());
    this.#running = undefined;
  }

  #takeBatch(): readonly PendingWrite[] {
    let bytes = 0;
    let count = 0;
    for (const { write } of this.#queue) {
      bytes += write.value.length + write.also.reduce((sum, { value }) => sum + value.length, 0);
      if (count > 0 && (count === maxBatchWrites || bytes > maxBatchBytes)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #commit(batch: readonly PendingWrite[]): Promise<void> {
    const draft = new BatchDraft(this.tables, this.timeline.revision);
    try {
      const plans = batch.map(({ write }) => draft.add(write));
      if (draft.versions.length > 0) {
        await this.tables.append(draft.versions);
        this.timeline.advance(draft.events(), draft.revision);
      }
      for (const [place, { answer }] of batch.entries()) settle(answer, plans[place]);
    } catch (error: unknown) {
      const failure = new StoreUnavailableError("the write could not be brought to disk", { cause: error });
      for (const { answer } of batch) answer.reject(failure);
    }
  }
}

function settle(answer: Deferred<Revision>, plan: WritePlan | undefined): void {
  if (plan?.type === "accepted") answer.resolve(plan.revision);
  else answer.reject(plan?.error ?? new InvariantError("a write of the batch has no plan"));
}

/** The versions of one batch as it is put together, each write deciding on what those before it left. */
class BatchDraft {
  readonly versions: Version[] = [];
  readonly #newest = new Map<string, Version>();
  readonly #previous: (Version | undefined)[] = [];

  constructor(
    private readonly tables: VersionTables,
    public revision: Revision,
  ) {}

  add(write: Write): WritePlan {
    const plan = this.#plan(write);
    if (plan.type === "refused") return plan;
    this.revision = plan.revision;
    for (const version of plan.versions) {
      this.#previous.push(this.#superseded(version));
      this.versions.push(version);
      this.#newest.set(version.key, version);
    }
    return plan;
  }

  events(): readonly ChangeEvent[] {
    return this.versions.map((version, place) => changeEvent(version, this.#previous[place]));
  }

  /** A write that can't be planned is refused alone; the others of its batch are sound. */
  #plan(write: Write): WritePlan {
    try {
      return planWrite(write, this.revision + 1, (key) => this.#head(key));
    } catch (error: unknown) {
      return { type: "refused", error: error instanceof Error ? error : new InvariantError(String(error)) };
    }
  }

  #head(key: string): Head | undefined {
    return this.#newest.get(key) ?? this.tables.head(key, Number.MAX_SAFE_INTEGER);
  }

  #superseded({ key, previousRevision }: Version): Version | undefined {
    if (previousRevision === 0) return undefined;
    const drafted = this.#newest.get(key);
    return drafted?.revision === previousRevision ? drafted : this.tables.version({ key, revision: previousRevision });
  }
}
