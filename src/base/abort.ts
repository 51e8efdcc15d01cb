import { setMaxListeners } from "node:events";

/** Whether an error is an AbortSignal's, which is an ending and not a failure: neither logged nor retried. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

/** The error with which work that `signal` stopped ends. */
export function abortError(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name === "AbortError"
    ? reason
    : new DOMException("the operation was aborted", { name: "AbortError", cause: reason } as never);
}

/** Throws an abort error if `signal` has fired. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}

/** Resolves once `signal` has fired. */
export async function untilAbort(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/**
 * Settles as `promise` does, or rejects with an abort error once `signal` fires, whichever is first.
 * The promise's own later rejection is then nobody's business and is not reported as unhandled.
 */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch((_unobserved: unknown) => undefined);
    throw abortError(signal);
  }
  const { promise: aborted, reject } = deferred<never>();
  const onAbort = (): void => reject(abortError(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** A promise and the functions that settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** Makes a promise that is settled from outside; its rejection counts as handled. */
export function deferred<T = void>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch((_unobserved: unknown) => undefined);
  return { promise, resolve, reject };
}

/**
 * Declares that any number of parts wait on `signal` at once, each for as long as it works: the end of a process, of a
 * leader's term, of a stream. Node.js takes more than ten listeners for a leak, and of an undeclared signal that is a
 * warning worth having: whoever fans a signal out says so here, and nobody raises the limit for all.
 */
export function sharedSignal(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
