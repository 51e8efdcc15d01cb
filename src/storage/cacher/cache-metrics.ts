import type { Counter, Gauge, Histogram, Metrics } from "../../base/metrics.js";

/** What the watch caches tell about themselves, by resource. */
export interface CacheMetrics {
  readonly watchers: Gauge<"resource">;
  readonly objects: Gauge<"resource">;
  readonly changes: Counter<"resource">;
  /** Events handed to watchers; one change counts once for each that is told. */
  readonly eventsSent: Counter<"resource">;
  readonly slowWatchers: Counter<"resource">;
  /** How far the cache is behind the store, as of the last look. */
  readonly lagRevisions: Gauge<"resource">;
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
    eventsSent: metrics.counter({
      name: "howbernetes_watch_events_sent_total",
      help: "Events told to watchers: a change counts once for each that is told.",
      labels,
    }),
    slowWatchers: metrics.counter({
      name: "howbernetes_watch_slow_watchers_total",
      help: "Watches ended because their readers fell too far behind.",
      labels,
    }),
    lagRevisions: metrics.gauge({
      name: "howbernetes_watch_cache_lag_revisions",
      help: "Revisions by which the cache was behind the store when it was last compared.",
      labels,
    }),
    relists: metrics.counter({ name: "howbernetes_watch_cache_lists_total", help: "Full lists read from the store.", labels }),
    freshnessWait: metrics.histogram({
      name: "howbernetes_watch_cache_lag_seconds",
      help: "Time that reads waited for the cache to catch up with the store.",
      labels,
    }),
  };
}
