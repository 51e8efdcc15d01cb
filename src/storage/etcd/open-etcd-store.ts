import { type BackoffOptions, backoffMs } from "../../base/backoff.js";
import { type Clock, systemClock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import { isStoreUnavailable } from "../errors.js";
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

/** Some seconds in all: etcd may be starting at the same time as its users. */
const openAttempts = 8;
const openBackoff: BackoffOptions = { initialMs: 200, maxMs: 2_000, jitter: "none" };

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
    const clusterUid = await onceAvailable({ clock, log }, async () => {
      await checkVersions(calls);
      return ensureClusterUid(calls);
    });
    return new EtcdStore({ clusterUid, calls, connections: new WatchConnections(endpoints, tls, method, clock), clock, log });
  } catch (error: unknown) {
    calls.close();
    throw error;
  }
}

async function checkVersions(calls: EtcdCalls): Promise<void> {
  for (const version of await calls.versions()) {
    if (!isSupportedVersion(version)) throw new Error(`etcd ${version} is too old: ${oldestEtcdVersion} or newer is needed`);
  }
}

/** Tries until etcd answers, a few times. */
async function onceAvailable<T>({ clock, log }: { readonly clock: Clock; readonly log: Log }, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error: unknown) {
      if (!isStoreUnavailable(error) || failures === openAttempts) throw error;
      log.info("etcd does not answer yet", { error: error.message });
      await clock.sleep(backoffMs(failures, openBackoff), new AbortController().signal);
    }
  }
}
