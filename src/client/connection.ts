import { sharedSignal, throwIfAborted } from "../base/abort.js";
import { type Clock, systemClock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { TlsMaterial } from "../base/tls/certificate.js";
import { type ChannelPurpose, createChannel, type Dial, type RpcChannel } from "../rpc/channel.js";
import { createRpcClient } from "../rpc/client.js";
import type { RpcClient, ServiceDefinition } from "../rpc/contracts.js";

/** How to reach a cluster, and how to behave while doing so. */
export interface ApiClientOptions {
  /** `host:port`, or several with commas (IP addresses then). */
  readonly address: string;
  readonly tls: TlsMaterial;
  /** Another way to the server than over the network: an api-server of this process offers one by that name. */
  readonly dial?: Dial;
  readonly log: Log;
  readonly clock?: Clock;
  /** Numbers in [0, 1) for jitter. */
  readonly random?: () => number;
  /** How long unary calls go on trying while the server cannot be reached, 30,000 by default; 0 fails at once. */
  readonly retryForMs?: number;
  /** Who is named as having set fields; "howbernetes" by default. */
  readonly fieldManager?: string;
  /** Is told what the server has to say about writes that it took; by default nobody is. */
  readonly onWarning?: (warning: string) => void;
}

/** The channels to one cluster, each dialed when first used, and what all calls over them share. */
export class Connection {
  readonly clock: Clock;
  readonly random: () => number;
  readonly retryForMs: number;
  readonly fieldManager: string;
  readonly log: Log;
  readonly onWarning: (warning: string) => void;
  private readonly channels = new Map<ChannelPurpose, RpcChannel>();
  private readonly closing = new AbortController();
  /** Fires when the connection is closed: whatever goes on by itself ends with it. */
  readonly closed = sharedSignal(this.closing.signal);

  constructor(private readonly options: ApiClientOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.retryForMs = options.retryForMs ?? 30_000;
    this.fieldManager = options.fieldManager ?? "howbernetes";
    this.log = options.log;
    this.onWarning = options.onWarning ?? (() => undefined);
  }

  rpc<D extends ServiceDefinition>(definition: D, purpose: ChannelPurpose, metadata: Readonly<Record<string, string>>): RpcClient<D> {
    return createRpcClient(definition, this.channel(purpose), metadata);
  }

  /** Waits, bounded, for a connection of a channel. @returns whether there is one */
  connected(purpose: ChannelPurpose, signal: AbortSignal): Promise<boolean> {
    return this.channel(purpose).connected(signal);
  }

  /** Nothing is dialed any more, be it to try again. */
  close(): void {
    this.closing.abort(new DOMException("the client was closed", "AbortError"));
    for (const channel of this.channels.values()) channel.close();
    this.channels.clear();
  }

  private channel(purpose: ChannelPurpose): RpcChannel {
    const present = this.channels.get(purpose);
    if (present !== undefined) return present;
    throwIfAborted(this.closed);
    const { address, tls, dial = createChannel } = this.options;
    const made = dial({ address, tls, purpose });
    this.channels.set(purpose, made);
    return made;
  }
}
