import { isAbort, sharedSignal } from "../base/abort.js";
import type { Log } from "../base/log.js";

/** A way to one api-server. */
export interface ServerLink {
  /** Keeps a connection to it until `signal` fires. */
  run(signal: AbortSignal): Promise<void>;
  /** Gives up what it needed for that. */
  close(): Promise<void>;
}

export interface ServerLinksDeps {
  /** Where one was told that the cluster is: to these there is always a link. */
  readonly configured: readonly string[];
  readonly connect: (address: string) => ServerLink;
  readonly log: Log;
}

/**
 * Keeps one link to each api-server that there is, for those who are asked by whichever of them a caller has called:
 * nodes, and the scheduler that leads.
 * Invariant: to an address there is at most one link, and one that is not wanted any more ends with all that goes over it.
 */
export class ServerLinks {
  /** What ends each, by address. */
  private readonly kept = new Map<string, AbortController>();
  /** Those that have not ended yet, wanted or not. */
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly deps: ServerLinksDeps) {
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

  /** Ends all links; resolves when they have ended. */
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
        if (!isAbort(error)) log.error("a link to an api-server has failed", { server: address, error });
      }
    };
    const ended: Promise<void> = keep().finally(() => this.running.delete(ended));
    this.running.add(ended);
    return stop;
  }
}
