import type { Observed, Operation, Outcome, Request, WatchRecord } from "./operation.js";

/** Collects what clients and watchers of one run do and see; its ticks are the one clock for all of them. */
export class Recorder {
  readonly operations: Operation[] = [];
  readonly watches: WatchRecord[] = [];
  readonly #waiting = new Set<() => void>();
  #tick = 0;

  /** Records a call. What `call` throws must have become an outcome already. */
  async operation(client: string, key: string, request: Request, call: () => Promise<Outcome>): Promise<Outcome> {
    const called = ++this.#tick;
    const outcome = await call();
    this.operations.push({ client, key, request, outcome, called, returned: ++this.#tick });
    for (const wake of [...this.#waiting]) wake();
    return outcome;
  }

  /** Begins the record of a watch whose initial state is complete. */
  watch(watcher: string, initial: readonly Observed[], from: number): WatchRecording {
    const recording = new WatchRecording(watcher, initial, from);
    this.watches.push(recording);
    return recording;
  }

  /** Resolves once so many operations have been answered. */
  async reached(count: number): Promise<void> {
    while (this.operations.length < count) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }
}

/** The record of one watch, growing. */
export class WatchRecording implements WatchRecord {
  readonly events: Observed[] = [];
  until: number;
  /** Of a revision that goes on: seen in part it is not seen. */
  #held: Observed[] = [];

  constructor(
    readonly watcher: string,
    readonly initial: readonly Observed[],
    readonly from: number,
  ) {
    this.until = from;
  }

  event(event: Observed, continued = false): void {
    this.#held.push(event);
    if (continued) return;
    this.events.push(...this.#held);
    this.#held = [];
    this.until = Math.max(this.until, event.revision);
  }

  /** Nothing up to `revision` is missing. */
  bookmark(revision: number): void {
    this.until = Math.max(this.until, revision);
  }
}
