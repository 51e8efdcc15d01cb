import { createLog } from "../base/log.js";
import { createApiClient, type RemoteApiClient } from "./client.js";
import type { ApiClientOptions } from "./connection.js";
import { howbeconfigPath, readHowbeconfig, resolveContext } from "./howbeconfig.js";

/** Which cluster to connect to, and how to behave while connected. */
export interface ConnectOptions extends Partial<Omit<ApiClientOptions, "address" | "tls">> {
  /** The howbeconfig; `$HOWBECONFIG`, else `~/.howbe/config`, by default. */
  readonly path?: string;
  /** A context of it; the current one by default. */
  readonly context?: string;
}

/**
 * A client of the cluster that the howbeconfig names: where `howbectl` would go. Nothing is dialed before the first
 * call; what the connection goes through is logged from "warn" on. Close it when done.
 *
 * @throws HowbeconfigError when the file is absent, malformed, or has no such context
 */
export async function connect({ path, context, ...options }: ConnectOptions = {}): Promise<RemoteApiClient> {
  const config = await readHowbeconfig(path ?? howbeconfigPath(process.env));
  const { server, tls } = resolveContext(config, context);
  return createApiClient({ log: createLog("client", "warn"), ...options, address: server, tls });
}
