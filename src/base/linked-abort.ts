/** An abort of one's own that also follows another. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  abort(): void;
  /** Must be called when done: a long-lived parent would otherwise keep what is linked to it for ever. */
  unlink(): void;
}

/** Unlike `AbortSignal.any`, leaves nothing behind in a parent that lives as long as the process. */
export function linkAbort(parent: AbortSignal): LinkedAbort {
  const control = new AbortController();
  const follow = (): void => control.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener("abort", follow, { once: true });
  return {
    signal: control.signal,
    abort: () => control.abort(),
    unlink: () => parent.removeEventListener("abort", follow),
  };
}
