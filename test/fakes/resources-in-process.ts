import { kinds } from "../../src/api/kinds/index.js";
import { authorize, authorizeAbsent } from "../../src/apiserver/auth/authorize.js";
import type { ObjectStore } from "../../src/apiserver/object-store.js";
import { createObjectStore } from "../../src/apiserver/objects/stored-objects.js";
import { createResourcesService, type ResourcesDefinition } from "../../src/apiserver/services/resources.js";
import { ensureSystemNamespaces } from "../../src/apiserver/system-namespaces.js";
import { ensureSystemPriorityClasses } from "../../src/apiserver/system-priority-classes.js";
import { systemClock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import { createMetrics } from "../../src/base/metrics.js";
import type { CallContext, Caller, Handlers } from "../../src/rpc/contracts.js";
import { createWatchCaches, type WatchCaches } from "../../src/storage/cacher/watch-caches.js";
import type { Store } from "../../src/storage/interface.js";
import { MemoryStore } from "./memory-store.js";

/** The Resources service over a store, called directly. */
export interface ResourcesInProcess<S extends Store = MemoryStore> {
  readonly store: S;
  readonly objects: ObjectStore;
  readonly caches: WatchCaches;
  readonly service: Handlers<ResourcesDefinition>;
  /** A call by the administrator, or by another caller, with request metadata. */
  call(options?: {
    readonly caller?: Caller;
    readonly metadata?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  }): CallContext;
  /** The same over the same store, as of a further api-server. */
  another(): Promise<ResourcesInProcess<S>>;
  /** Leaves the store as it is. */
  stop(): Promise<void>;
}

const admin: Caller = { name: "admin", groups: ["system:masters"] };

/** Starts the service over a new store in memory. */
export async function startResourcesInProcess(): Promise<ResourcesInProcess> {
  return await startResourcesOver(new MemoryStore());
}

/** Starts the service over a store. */
export async function startResourcesOver<S extends Store>(store: S): Promise<ResourcesInProcess<S>> {
  const stop = new AbortController();
  const clock = systemClock;
  const metrics = createMetrics({ process: false });
  const caches = createWatchCaches({ store, kinds, clock, random: () => 0.5, log: createLog("test", "silent"), metrics });
  const running = caches.run(stop.signal);
  await caches.ready(stop.signal);
  const objects = createObjectStore({ store, caches });
  await ensureSystemNamespaces(objects, clock, stop.signal);
  await ensureSystemPriorityClasses(objects, clock, stop.signal);
  return {
    store,
    objects,
    caches,
    service: createResourcesService({ objects, caches, store, clock, authorize, authorizeAbsent }),
    call: ({ caller = admin, metadata = {}, signal = stop.signal } = {}) => ({
      signal,
      caller,
      method: "/howbernetes.api.v1.Resources/Test",
      metadata: new Map(Object.entries(metadata)),
      peer: "test",
      certificateFingerprint: "",
    }),
    another: () => startResourcesOver(store),
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}
