/** The part of `process` that is listened to. */
export interface SignalSource {
  on(signal: "SIGTERM" | "SIGINT", listener: () => void): unknown;
  exit(code: number): void;
}

/**
 * A signal that fires at the first SIGTERM or SIGINT, so that everything can end in order; the second one ends the
 * process at once, for those who do not want to wait.
 */
export function stopOnSignals(source: SignalSource): AbortSignal {
  const stop = new AbortController();
  const onSignal = (code: number) => (): void => {
    if (stop.signal.aborted) source.exit(code);
    stop.abort();
  };
  // The shell's convention: 128 plus the signal's number.
  source.on("SIGTERM", onSignal(143));
  source.on("SIGINT", onSignal(130));
  return stop.signal;
}
