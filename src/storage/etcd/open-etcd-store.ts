import { type Clock, systemClock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Store } from "../interface.js";
import { ensureClusterUid } from "./cluster-uid.js";
import { type EtcdTls, parseEndpoint } from "./endpoints.js";
import { EtcdCalls } from "./etcd-calls.js";
import { EtcdStore } from "./etcd-store.js";
import { isSupportedVersion, oldestEtcdVersion } from "./etcd-version.js";
import { loadWatchMethod } from "./watch-messages.js";
import { WatchConnections } from "./watch-stream.js";

/** Which etcd keeps the state. */
interface EtcdStoreOptions {
  /** "host:port", "http://host:port" or "https://host:port", one or more of one cluster. */
  readonly endpoints: readonly string[];
  readonly tls?: EtcdTls;
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly log: Log;
}

/**
 * Connects to etcd, checks its version, and gives the cluster its identity if it has none.
 *
 * @throws StoreUnavailableError when no endpoint answers within seconds
 * @throws Error when an endpoint is malformed, or its etcd older than what is supported
 */
export async function openEtcdStore({ endpoints, tls, clock = systemClock, log }: EtcdStoreOptions): Promise<Store> {
  if (endpoints.length === 0) throw new Error("no etcd endpoint is given");
  for (const endpoint of endpoints) parseEndpoint(endpoint);
  const method = await loadWatchMethod();
  const calls = new EtcdCalls(endpoints, tls);
  try {
    for (const version of await calls.versions()) {
      if (!isSupportedVersion(version)) throw new Error(`etcd ${version} is too old: ${oldestEtcdVersion} or newer is needed`);
    }
    const clusterUid = await ensureClusterUid(calls);
    return new EtcdStore({ clusterUid, calls, connections: new WatchConnections(endpoints, tls, method, clock), clock, log });
  } catch (error: unknown) {
    calls.close();
    throw error;
  }
}
