import type { Kind } from "../api/kinds/kind.js";
import type { ApiObject } from "../api/object.js";
import type { Metrics } from "../base/metrics.js";
import type { Informer, Selection } from "./contracts.js";

/** Where informers come from. */
interface InformerSource {
  of<T extends ApiObject>(kind: Kind<T>, selection?: Selection): Informer<T>;
}

/**
 * The same informers, as one controller sees them: how long it waits in `reached` for its own writes is shown under its
 * name, which is asked for only then. That wait is the lag of the cache in so far as it holds anything up.
 */
export function measureCacheWaits(informers: InformerSource, metrics: Metrics, controller: () => string): InformerSource {
  const waits = metrics.histogram<"controller">({
    name: "howbernetes_cache_wait_seconds",
    help: "Time that reconciles waited for a cache to show their own last write.",
    labels: ["controller"],
  });
  const observe = (seconds: number): void => waits.observe({ controller: controller() }, seconds);
  return { of: (kind, selection) => measured(informers.of(kind, selection), observe) };
}

function measured<T extends ApiObject>(informer: Informer<T>, observe: (seconds: number) => void): Informer<T> {
  return {
    get: (key) => informer.get(key),
    list: (namespace) => informer.list(namespace),
    byIndex: (index, value) => informer.byIndex(index, value),
    addHandler: (handler) => informer.addHandler(handler),
    addIndexes: (indexes) => informer.addIndexes(indexes),
    run: (signal) => informer.run(signal),
    synced: (signal) => informer.synced(signal),
    reached: async (resourceVersion, signal) => {
      const startedMs = performance.now();
      await informer.reached(resourceVersion, signal);
      // Nothing was written: there was nothing to wait for.
      if (Number(resourceVersion || "0") > 0) observe((performance.now() - startedMs) / 1000);
    },
  };
}
