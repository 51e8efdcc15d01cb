import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isAbort } from "../../base/abort.js";
import type { CliEnv, Listener } from "../cli-env.js";
import { errorText } from "../error-text.js";
import { isUsageError, UsageError } from "../usage-error.js";
import { joinHostPort, type ListenAddress } from "./listen-addresses.js";
import type { PortPair } from "./port-pairs.js";

/** Connects to a port of the pod. */
export type ConnectToPod = (port: number, signal: AbortSignal) => Promise<Duplex>;

/**
 * Listens on local ports and carries each connection to the pod's.
 *
 * Unlike Kubernetes: when nobody listens in the pod, that one connection fails, and the next may succeed.
 */
export class PortForwarder {
  private readonly listeners: Listener[] = [];
  private readonly connections = new Set<Promise<void>>();
  private readonly stop = new AbortController();

  constructor(
    private readonly connect: ConnectToPod,
    private readonly env: CliEnv,
  ) {}

  /** Begins to listen, on as many of the ports as can be had. @throws UsageError when none can */
  async listen(pairs: readonly PortPair[], addresses: readonly ListenAddress[]): Promise<void> {
    let heard = 0;
    for (const pair of pairs) {
      try {
        await this.listenOn(pair, addresses);
        heard += 1;
      } catch (error: unknown) {
        if (!isUsageError(error)) throw error;
        this.env.err.line(`Unable to listen on port ${pair.local}: ${error.message}`);
      }
    }
    if (heard > 0) return;
    const asked = pairs.map(({ local, remote }) => `{${local} ${remote}}`).join(" ");
    throw new UsageError(`unable to listen on any of the requested ports: [${asked}]`);
  }

  /** Cuts all connections, and resolves when they are gone. */
  async close(): Promise<void> {
    for (const listener of this.listeners) listener.close();
    this.stop.abort();
    await Promise.all(this.connections);
  }

  private async listenOn({ local, remote }: PortPair, addresses: readonly ListenAddress[]): Promise<void> {
    const failures: { readonly isLocalhost: boolean; readonly message: string }[] = [];
    // A port that was chosen for the first address is the one for the others, too.
    let port = local;
    for (const { host, isLocalhost } of addresses) {
      try {
        const listener = await this.env.network.listen(host, port, (connection) => this.take(connection, { local: port, remote }));
        port = listener.port;
        this.listeners.push(listener);
        this.env.out.line(`Forwarding from ${joinHostPort(host, port)} -> ${remote}`);
      } catch (error: unknown) {
        if (!isUsageError(error)) throw error;
        failures.push({ isLocalhost, message: error.message });
      }
    }
    const localhosts = addresses.filter(({ isLocalhost }) => isLocalhost).length;
    const failedLocalhosts = failures.filter(({ isLocalhost }) => isLocalhost).length;
    const isHeardOnLocalhost = failedLocalhosts < localhosts;
    if (failures.length === failedLocalhosts && (localhosts === 0 || isHeardOnLocalhost)) return;
    const reasons = failures.map(({ message }) => message).join(" ");
    throw new UsageError(`Listeners failed to create with the following errors: [${reasons}]`);
  }

  private take(connection: Duplex, pair: PortPair): void {
    this.env.out.line(`Handling connection for ${pair.local}`);
    const carried = this.carry(connection, pair).finally(() => this.connections.delete(carried));
    this.connections.add(carried);
  }

  /** Never rejects: what goes wrong with a connection is said, and ends it alone. */
  private async carry(connection: Duplex, { local, remote }: PortPair): Promise<void> {
    const { signal } = this.stop;
    try {
      const far = await this.connect(remote, signal);
      // Each direction for itself: one may close its half and go on listening.
      await Promise.all([pipeline(connection, far, { signal }), pipeline(far, connection, { signal })]);
    } catch (error: unknown) {
      if (!isAbort(error) && !hasLeft(error)) {
        this.env.err.line(`an error occurred forwarding ${local} -> ${remote}: ${errorText(error)}`);
      }
    } finally {
      connection.destroy();
    }
  }
}

const leavingCodes: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"]);

/** A client here that goes without a farewell is no trouble. */
function hasLeft(error: unknown): boolean {
  return error instanceof Error && "code" in error && leavingCodes.has(error.code);
}
