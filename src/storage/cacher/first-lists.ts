import { abortable, deferred } from "../../base/abort.js";

/** The first lists of all kinds of a store: everybody waits for them, and so nothing else is to be asked of it meanwhile. */
export class FirstLists {
  private readonly complete = deferred();

  /** @param missing how many kinds there are */
  constructor(private missing: number) {}

  /** A kind has its first list. */
  loaded(): void {
    this.missing -= 1;
    if (this.missing === 0) this.complete.resolve();
  }

  /** Resolves when every kind has. @throws an abort error when `signal` fires */
  all(signal: AbortSignal): Promise<void> {
    return abortable(this.complete.promise, signal);
  }
}
