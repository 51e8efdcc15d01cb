import type { Clock } from "../base/clock.js";
import { parseHostPort } from "../base/host-port.js";
import type { Log } from "../base/log.js";
import type { Store } from "../storage/interface.js";
import { StartupError } from "./startup-error.js";

/** Where the cluster's state is kept. */
export type StoreChoice = { readonly kind: "embedded" } | { readonly kind: "etcd"; readonly endpoints: readonly string[] };

/** Reads `--store`: "embedded", or "etcd://host:port[,host:port]". Throws an Error that says what is expected. */
export function parseStoreChoice(text: string): StoreChoice {
  if (text === "embedded") return { kind: "embedded" };
  const match = /^etcd:\/\/(.+)$/.exec(text);
  if (match === null) throw new Error(`"${text}" is not a store: expected embedded, or etcd://HOST:PORT[,HOST:PORT]`);
  const endpoints = (match[1] ?? "").split(",").map((endpoint) => endpoint.trim());
  for (const endpoint of endpoints) parseHostPort(endpoint);
  return { kind: "etcd", endpoints };
}

/** Opens the store. @throws StartupError when it cannot be had: locked by another process, or not to be reached */
export async function openStore(
  choice: StoreChoice,
  directory: string,
  deps: { readonly log: Log; readonly clock: Clock },
): Promise<Store> {
  try {
    // Loaded when chosen: each backend brings a client library that takes a while to load.
    if (choice.kind === "embedded") {
      const { openEmbeddedStore } = await import("../storage/embedded/index.js");
      return await openEmbeddedStore({ directory, ...deps });
    }
    const { openEtcdStore } = await import("../storage/etcd/index.js");
    return await openEtcdStore({ endpoints: [...choice.endpoints], ...deps });
  } catch (error: unknown) {
    throw new StartupError(`cannot open the store: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
