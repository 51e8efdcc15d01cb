import type { Clock } from "../../base/clock.js";
import type { Revision } from "../interface.js";
import type { Change } from "./change.js";

export interface HistoryLimits {
  /** Changes kept at most. */
  readonly maxChanges: number;
  /** Changes older than this are dropped, when newer ones come in. */
  readonly maxAgeMs: number;
  /** Bytes of encoded events kept at most; 64 MiB by default. */
  readonly maxBytes?: number;
}

/** Ten minutes is what the store itself keeps between compactions; the other limits bound the memory of a busy kind. */
const defaultHistoryLimits: HistoryLimits = { maxChanges: 100_000, maxAgeMs: 10 * 60_000 };
const defaultMaxBytes = 64 * 1024 * 1024;

interface Entry {
  readonly change: Change;
  readonly seenAtMs: number;
}

/** What a change is counted as: what was there before it came with an earlier change, and is counted there. */
const sizeOf = ({ current, previous }: Change): number => (current ?? previous)?.message.length ?? 0;

/**
 * The recent changes of one kind, in order of revision, from which watches resume. It holds every change after its
 * floor; of anything earlier it knows nothing and says so.
 */
export class HistoryRing {
  private entries: Entry[] = [];
  /** Entries before this index have been dropped; they are cut off in bulk. */
  private head = 0;
  private bytes = 0;
  private floor: Revision = 0;

  constructor(
    private readonly clock: Pick<Clock, "monotonicMs">,
    private readonly limits: HistoryLimits = defaultHistoryLimits,
  ) {}

  /** The oldest revision after which everything is known. */
  get oldest(): Revision {
    return this.floor;
  }

  /** Forgets everything: history now begins after `floor`. */
  reset(floor: Revision): void {
    this.entries = [];
    this.head = 0;
    this.bytes = 0;
    this.floor = floor;
  }

  /** Adds a change that is newer than all before it. */
  push(change: Change): void {
    const now = this.clock.monotonicMs();
    this.entries.push({ change, seenAtMs: now });
    this.bytes += sizeOf(change);
    for (let oldest = this.entries[this.head]; oldest !== undefined && this.isTooMuch(oldest, now); oldest = this.entries[this.head]) {
      this.floor = oldest.change.revision;
      this.bytes -= sizeOf(oldest.change);
      this.head += 1;
    }
    this.cutOff();
  }

  /**
   * Adds changes from before all others: every one after `floor`. As many are taken, the newest first, as there is room
   * for. @returns whether there is room for earlier ones
   */
  prepend(changes: readonly Change[], floor: Revision): boolean {
    const { maxChanges, maxBytes = defaultMaxBytes } = this.limits;
    const kept = this.entries.slice(this.head);
    const seenAtMs = kept[0]?.seenAtMs ?? this.clock.monotonicMs();
    let from = changes.length;
    for (; from > 0; from--) {
      const change = changes[from - 1];
      if (change === undefined || kept.length + changes.length - from >= maxChanges || this.bytes + sizeOf(change) > maxBytes) break;
      this.bytes += sizeOf(change);
    }
    this.floor = changes[from - 1]?.revision ?? floor;
    this.entries = [...changes.slice(from).map((change) => ({ change, seenAtMs })), ...kept];
    this.head = 0;
    return from === 0;
  }

  /** The changes after `revision`, or undefined when some of them are no longer here. */
  since(revision: Revision): readonly Change[] | undefined {
    if (revision < this.floor) return undefined;
    let low = this.head;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.entries[middle];
      if (entry !== undefined && entry.change.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.entries.slice(low).map(({ change }) => change);
  }

  private isTooMuch(oldest: Entry, nowMs: number): boolean {
    const { maxChanges, maxAgeMs, maxBytes = defaultMaxBytes } = this.limits;
    return this.entries.length - this.head > maxChanges || this.bytes > maxBytes || nowMs - oldest.seenAtMs > maxAgeMs;
  }

  private cutOff(): void {
    if (this.head < 1_024 || this.head < this.entries.length / 2) return;
    this.entries = this.entries.slice(this.head);
    this.head = 0;
  }
}
