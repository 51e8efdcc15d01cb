import type { Counter, Gauge, Histogram, Metrics } from "../../base/metrics.js";

/** What the watch caches tell about themselves, by resource. */
export interface CacheMetrics {
  readonly watchers: Gauge<"resource">;
  readonly objects: Gauge<"resource">;
  readonly changes: Counter<"resource">;
  readonly relists: Counter<"resource">;
  /** How long reads waited for the cache to catch up with the store: its lag, as those who read it feel it. */
  readonly freshnessWait: Histogram<"resource">;
}

/** Registers them. */
export function createCacheMetrics(metrics: Metrics): CacheMetrics {
  const labels = ["resource"] as const;
  return {
    watchers: metrics.gauge({ name: "howbernetes_watch_cache_watchers", help: "Watches open now.", labels }),
    objects: metrics.gauge({ name: "howbernetes_watch_cache_objects", help: "Objects cached.", labels }),
    changes: metrics.counter({ name: "howbernetes_watch_cache_changes_total", help: "Changes read from the store.", labels }),
    relists: metrics.counter({ name: "howbernetes_watch_cache_lists_total", help: "Full lists read from the store.", labels }),
    freshnessWait: metrics.histogram({
      name: "howbernetes_watch_cache_lag_seconds",
      help: "Time that reads waited for the cache to catch up with the store.",
      labels,
    }),
  };
}
