import type { Clock } from "../base/clock.js";
import type { Metrics } from "../base/metrics.js";
import { isStoreUnavailable } from "./errors.js";
import type { Revision, Store } from "./interface.js";

/** The same store, the time that each of its calls takes measured by operation and outcome. */
export function createMeteredStore(store: Store, { metrics, clock }: { readonly metrics: Metrics; readonly clock: Clock }): Store {
  const durations = metrics.histogram({
    name: "howbernetes_store_duration_seconds",
    help: "How long the store took, by operation; the outcome is ok, refused (a condition did not hold, or history is gone) or unavailable.",
    labels: ["operation", "outcome"] as const,
  });
  const timed = async <Value>(operation: string, call: () => Promise<Value>): Promise<Value> => {
    const began = clock.monotonicMs();
    const observe = (outcome: string): void => durations.observe({ operation, outcome }, (clock.monotonicMs() - began) / 1_000);
    try {
      const value = await call();
      observe("ok");
      return value;
    } catch (error: unknown) {
      observe(isStoreUnavailable(error) ? "unavailable" : "refused");
      throw error;
    }
  };
  return {
    clusterUid: store.clusterUid,
    get: (key, signal) => timed("get", () => store.get(key, signal)),
    list: (prefix, options) => timed("list", () => store.list(prefix, options)),
    create: (key, value, options) => timed("create", () => store.create(key, value, options)),
    update: (key, value, ifRevision, options) => timed("update", () => store.update(key, value, ifRevision, options)),
    delete: (key, ifRevision, options) => timed("delete", () => store.delete(key, ifRevision, options)),
    watch: (prefix, afterRevision, signal) => store.watch(prefix, afterRevision, signal),
    requestProgress: () => store.requestProgress(),
    currentRevision: (signal) => timed<Revision>("revision", () => store.currentRevision(signal)),
    compactedRevision: () => store.compactedRevision(),
    compact: (revision) => timed("compact", () => store.compact(revision)),
    close: () => store.close(),
  };
}
