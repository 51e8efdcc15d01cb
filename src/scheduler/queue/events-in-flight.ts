import type { ClusterEvent } from "../framework/cluster-event.js";

/** What happened while a pod was being tried; "too much" when that was not all kept. */
export type EventsMissed = readonly ClusterEvent[] | "too much";

// A pod that a permit holds back for minutes must not make the scheduler keep all that happens meanwhile.
const mostEvents = 10_000;

/**
 * The events since each pod that is being tried was taken from the queue. An attempt that ends in vain was decided on
 * what was there before them: without looking at them again, the one that would have helped is lost.
 */
export class EventsInFlight {
  /** By uid, in the order in which they began: the number of the next event at that time. */
  private readonly begun = new Map<string, number>();
  private log: ClusterEvent[] = [];
  /** The number of the first event in the log. */
  private first = 0;

  begin(uid: string): void {
    this.begun.delete(uid);
    this.begun.set(uid, this.first + this.log.length);
  }

  /** A pod is no longer being tried, and nothing that happened meanwhile matters to it. */
  forget(uid: string): void {
    if (this.begun.delete(uid)) this.prune();
  }

  /** A pod is no longer being tried. @returns what has happened since it began */
  end(uid: string): EventsMissed {
    const from = this.begun.get(uid);
    if (from === undefined) return [];
    const missed = from < this.first ? "too much" : this.log.slice(from - this.first);
    this.forget(uid);
    return missed;
  }

  note(event: ClusterEvent): void {
    if (this.begun.size === 0) return;
    this.log.push(event);
    if (this.log.length > mostEvents) this.drop(mostEvents / 2);
  }

  private prune(): void {
    const [oldest = this.first + this.log.length] = this.begun.values();
    const passed = oldest - this.first;
    // Taking events away one by one would copy the rest each time.
    if (passed > this.log.length / 2) this.drop(passed);
  }

  private drop(count: number): void {
    this.log = this.log.slice(count);
    this.first += count;
  }
}
