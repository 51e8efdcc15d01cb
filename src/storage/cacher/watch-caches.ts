import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject } from "../../api/object.js";
import { sharedSignal } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import { InvariantError } from "../../base/invariant.js";
import type { Log } from "../../base/log.js";
import type { Metrics } from "../../base/metrics.js";
import type { Store } from "../interface.js";
import { createCacheMetrics } from "./cache-metrics.js";
import { FirstLists } from "./first-lists.js";
import type { WatchCache } from "./interface.js";
import { StoreProgress } from "./store-progress.js";
import { KindCache } from "./watch-cache.js";

export interface WatchCachesOptions {
  readonly store: Store;
  readonly kinds: readonly Kind[];
  readonly clock: Clock;
  /** A number in [0, 1); spreads the ends of watches. */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The watch caches of all kinds over one store. */
export interface WatchCaches {
  of<T extends ApiObject>(kind: Kind<T>): WatchCache<T>;
  /** Resolves once every cache can serve. */
  ready(signal: AbortSignal): Promise<void>;
  /** Feeds them until `signal` fires. */
  run(signal: AbortSignal): Promise<void>;
}

/** Creates one cache for each kind. They serve while `run` runs. */
export function createWatchCaches(options: WatchCachesOptions): WatchCaches {
  const { store, clock, random, log } = options;
  const progress = new StoreProgress(store, clock);
  const metrics = createCacheMetrics(options.metrics);
  const firstLists = new FirstLists(options.kinds.length);
  const deps = { store, progress, clock, random, log, metrics, firstLists };
  const caches = new Map(options.kinds.map((kind) => [kind.typeName, new KindCache(kind, deps)]));
  const all = [...caches.values()];
  return {
    of: <T extends ApiObject>(kind: Kind<T>) => {
      const cache = caches.get(kind.typeName);
      if (cache === undefined) throw new InvariantError(`kind ${kind.kind} has no watch cache`);
      // The cache under a kind's type name holds objects of that kind.
      return cache as WatchCache as WatchCache<T>;
    },
    ready: async (signal) => {
      await Promise.all(all.map((cache) => cache.ready(signal)));
    },
    run: async (signal) => {
      sharedSignal(signal);
      await Promise.all(all.map((cache) => cache.run(signal)));
    },
  };
}
