import type { Clock } from "../../base/clock.js";
import type { Revision, Store, StoreEvent } from "../interface.js";

/** A change of one key, as the store tells of it. */
export type ObjectEvent = Exclude<StoreEvent, { type: "progress" }>;

interface WindowDeps {
  readonly store: Pick<Store, "watch" | "requestProgress">;
  readonly clock: Pick<Clock, "after">;
}

// A store answers once it has delivered all there is; asked before the watch is open, it does not.
const askAgainMs = 50;

/**
 * Every change under `prefix` after one revision and up to another, from the store's history.
 * @throws CompactedError when it is no longer kept
 */
export async function readWindow(
  { store, clock }: WindowDeps,
  prefix: string,
  { after, upTo }: { readonly after: Revision; readonly upTo: Revision },
  signal: AbortSignal,
): Promise<readonly ObjectEvent[]> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  let cancelAsking: () => void = () => undefined;
  const ask = (): void => {
    // A store that cannot be asked is found out by the watch.
    store.requestProgress().catch((_unreachable: unknown) => undefined);
    cancelAsking = clock.after(askAgainMs, ask);
  };
  const events: ObjectEvent[] = [];
  try {
    ask();
    for await (const batch of store.watch(prefix, after, stop.signal)) {
      for (const event of batch) if (event.type !== "progress" && event.revision <= upTo) events.push(event);
      if ((batch.at(-1)?.revision ?? 0) >= upTo) break;
    }
    return events;
  } finally {
    cancelAsking();
    signal.removeEventListener("abort", onAbort);
    stop.abort();
  }
}
