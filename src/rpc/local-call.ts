import { abortable, abortError, isAbort } from "../base/abort.js";
import type { Credentials } from "./caller.js";
import type { IncomingCall } from "./server-call.js";

/** What a call within the process brings along. */
interface Origin {
  readonly credentials: Credentials;
  readonly metadata: Readonly<Record<string, string>>;
  readonly peer: string;
}

/**
 * One call within the process, as its caller's end holds it and as the server's end sees it. The caller's end may give
 * up at any time, which it feels at once and the handler by its signal. Invariant: `close` undoes whatever else was set up.
 */
export class LocalCall implements IncomingCall {
  private readonly givenUp = new AbortController();
  private readonly cleanups: (() => void)[] = [];
  private listener: () => void = () => undefined;
  private reason: unknown;

  constructor(private readonly origin: Origin) {}

  credentials(): Credentials {
    return this.origin.credentials;
  }

  metadata(): ReadonlyMap<string, string> {
    return new Map(Object.entries(this.origin.metadata).map(([name, value]) => [name.toLowerCase(), value]));
  }

  peer(): string {
    return this.origin.peer;
  }

  onCancelled(listener: () => void): void {
    this.listener = listener;
  }

  /** Has the caller's end give up when `signal` fires. */
  endWith(signal: AbortSignal): void {
    const onAbort = (): void => this.giveUp(abortError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    this.atEnd(() => signal.removeEventListener("abort", onAbort));
  }

  /** Has the caller's end give up after a time. */
  endAfter(ms: number, reason: Error): void {
    const timer = setTimeout(() => this.giveUp(reason), ms);
    this.atEnd(() => clearTimeout(timer));
  }

  atEnd(cleanup: () => void): void {
    this.cleanups.push(cleanup);
  }

  /** The caller's end gives up; the first reason is what it gets to see. */
  giveUp(reason: unknown): void {
    if (this.givenUp.signal.aborted) return;
    this.reason = reason;
    this.givenUp.abort();
    this.listener();
  }

  throwIfGivenUp(): void {
    if (this.givenUp.signal.aborted) throw this.reason;
  }

  /** Settles as `work` does, or with the reason for giving up if that comes first. */
  async race<T>(work: Promise<T>): Promise<T> {
    try {
      return await abortable(work, this.givenUp.signal);
    } catch (error: unknown) {
      if (isAbort(error)) this.throwIfGivenUp();
      throw error;
    }
  }

  /** The call is over for its caller: a handler that is still at it learns that nobody waits. */
  close(): void {
    for (const cleanup of this.cleanups.splice(0)) cleanup();
    this.listener();
  }
}
