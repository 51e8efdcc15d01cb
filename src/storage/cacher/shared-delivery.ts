import type { Deferred } from "../../base/abort.js";

/**
 * What the watchers of one kind share on the way to their readers. Readers are woken once per turn of the event loop, so
 * that all changes that came in one turn go out as one message; and watchers that are behind by the same changes, as most
 * are that are behind at all, get the same Buffer.
 */
export class SharedDelivery {
  private waking: Deferred<void>[] = [];
  private joined: readonly Buffer[] = [];
  private whole: Buffer = Buffer.alloc(0);

  /** Resolves `waiting` at the end of this turn. */
  wake(waiting: Deferred<void>): void {
    if (this.waking.length === 0) setImmediate(() => this.flush());
    this.waking.push(waiting);
  }

  /** Messages as one, which is theirs put behind one another. */
  join(messages: readonly Buffer[]): Buffer {
    const isSame = messages.length === this.joined.length && messages.every((message, index) => message === this.joined[index]);
    if (!isSame) {
      this.whole = Buffer.concat(messages);
      this.joined = messages;
    }
    return this.whole;
  }

  private flush(): void {
    const { waking } = this;
    this.waking = [];
    for (const { resolve } of waking) resolve();
    // Readers take at once, before anything else runs; afterwards nobody has use for these.
    setImmediate(() => {
      if (this.waking.length > 0) return;
      this.joined = [];
      this.whole = Buffer.alloc(0);
    });
  }
}
