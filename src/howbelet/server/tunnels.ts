import { isAbort, sharedSignal } from "../../base/abort.js";
import type { Log } from "../../base/log.js";

/** A way to one api-server. */
export interface TunnelServer {
  /** Keeps a tunnel to it until `signal` fires. */
  run(signal: AbortSignal): Promise<void>;
  /** Gives up the connections. */
  close(): Promise<void>;
}

export interface TunnelsDeps {
  /** Where the node was told that the cluster is: to these there is always a tunnel. */
  readonly configured: readonly string[];
  readonly connect: (address: string) => TunnelServer;
  readonly log: Log;
}

/**
 * Keeps one tunnel to each api-server that there is: sessions are asked for by whichever of them a caller has called.
 * Invariant: to an address there is at most one tunnel, and one that is not wanted any more ends with its sessions.
 */
export class Tunnels {
  /** What ends each, by address. */
  private readonly kept = new Map<string, AbortController>();
  /** Those that have not ended yet, wanted or not. */
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly deps: TunnelsDeps) {
    this.announced(new Set());
  }

  /** These api-servers have announced themselves; the ones before that are not among them have gone. */
  announced(addresses: ReadonlySet<string>): void {
    const wanted = new Set([...this.deps.configured, ...addresses]);
    for (const [address, stop] of this.kept) {
      if (wanted.has(address)) continue;
      this.kept.delete(address);
      stop.abort();
    }
    for (const address of wanted) if (!this.kept.has(address)) this.kept.set(address, this.open(address));
  }

  /** Ends all tunnels; resolves when they have ended. */
  async close(): Promise<void> {
    for (const stop of this.kept.values()) stop.abort();
    this.kept.clear();
    await Promise.all(this.running);
  }

  private open(address: string): AbortController {
    const { connect, log } = this.deps;
    const stop = new AbortController();
    const keep = async (): Promise<void> => {
      try {
        const server = connect(address);
        await server.run(sharedSignal(stop.signal)).finally(() => server.close());
      } catch (error: unknown) {
        if (!isAbort(error)) log.error("a tunnel has failed", { server: address, error });
      }
    };
    const ended: Promise<void> = keep().finally(() => this.running.delete(ended));
    this.running.add(ended);
    return stop;
  }
}
