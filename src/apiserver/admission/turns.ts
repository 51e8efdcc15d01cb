import { abortable, deferred } from "../../base/abort.js";

/** Lets one after another, in the order in which they came, do what must not be done at once. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** Waits until it is this caller's turn with `key`. @returns what ends the turn */
  async take(key: string, signal: AbortSignal): Promise<() => void> {
    const before = this.last.get(key) ?? Promise.resolve();
    const turn = deferred<void>();
    const end = before.then(() => turn.promise);
    this.last.set(key, end);
    void end.then(() => {
      if (this.last.get(key) === end) this.last.delete(key);
    });
    try {
      await abortable(before, signal);
    } catch (error: unknown) {
      turn.resolve();
      throw error;
    }
    return () => turn.resolve();
  }
}
