import { kinds } from "../api/kinds/index.js";
import { sharedSignal } from "../base/abort.js";
import type { HealthCheck } from "../base/health-checks.js";
import type { WatchCaches } from "../storage/cacher/watch-caches.js";
import type { Store } from "../storage/interface.js";

/** What an api-server needs to serve: a store that answers, and caches that keep up with it. */
export function serverChecks({
  store,
  caches,
}: {
  readonly store: Store;
  readonly caches: Pick<WatchCaches, "of">;
}): readonly HealthCheck[] {
  return [
    { name: "store", check: async (signal) => void (await store.currentRevision(signal)) },
    {
      name: "watch-caches",
      check: async (signal) => {
        sharedSignal(signal);
        const reached = await Promise.all(kinds.map((kind) => caches.of(kind).reach({ kind: "latest" }, signal)));
        const behind = kinds.filter((_, index) => reached[index] !== true).map(({ plural }) => plural);
        if (behind.length > 0) throw new Error(`behind the store: ${behind.join(", ")}`);
      },
    },
  ];
}
