import { Client, type ClientDuplexStream, Metadata } from "@grpc/grpc-js";
import { abortError } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Revision } from "../interface.js";
import { channelCredentials, EndpointChoice, type EtcdTls, parseEndpoint, watchChannelOptions } from "./endpoints.js";
import type { WatchMethod, WatchRequest, WatchResponse } from "./watch-messages.js";

/** A stream on which nothing came for so long, progress asked for every few seconds included, is taken for dead. */
const silenceMs = 20_000;

/** What a stream watches. */
export interface WatchTarget {
  readonly key: Buffer;
  readonly range_end?: Buffer;
  readonly start_revision: Revision;
}

/** One watch on one gRPC stream, for as long as the connection lasts. */
export interface WatchStream {
  /**
   * Etcd's messages, read no faster than they are taken. Throws when the stream breaks, and an abort error once
   * `signal` fires; ends when etcd ends it.
   */
  messages(signal: AbortSignal): AsyncGenerator<WatchResponse>;
  /** Asks for a progress message, which etcd leaves out while the watch is behind. */
  requestProgress(): void;
}

/** Opens watch streams, on the endpoint that works. */
export class WatchConnections {
  readonly #clients: readonly Client[];
  readonly #choice: EndpointChoice;

  constructor(
    endpoints: readonly string[],
    tls: EtcdTls | undefined,
    private readonly method: WatchMethod,
    private readonly clock: Clock,
  ) {
    this.#choice = new EndpointChoice(endpoints.length);
    this.#clients = endpoints.map((endpoint) => {
      const { address, secure } = parseEndpoint(endpoint);
      return new Client(address, channelCredentials(secure, tls), watchChannelOptions);
    });
  }

  open(target: WatchTarget): WatchStream {
    const endpoint = this.#choice.current;
    const client = this.#clients[endpoint];
    if (client === undefined) throw new Error("there is no endpoint to watch on");
    const { path, serialize, deserialize } = this.method;
    const call = client.makeBidiStreamRequest<WatchRequest, WatchResponse>(path, serialize, deserialize, requireLeader());
    call.write({ create_request: { ...target, prev_kv: true, fragment: true } });
    return {
      messages: (signal) => readMessages({ call, clock: this.clock, signal, onBreak: () => this.#choice.failed(endpoint) }),
      requestProgress: () => void call.write({ progress_request: {} }),
    };
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }
}

/** A member cut off from the others ends the stream, rather than go on without news. */
function requireLeader(): Metadata {
  const metadata = new Metadata();
  metadata.set("hasleader", "true");
  return metadata;
}

interface Reading {
  readonly call: ClientDuplexStream<WatchRequest, WatchResponse>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onBreak: () => void;
}

async function* readMessages({ call, clock, signal, onBreak }: Reading): AsyncGenerator<WatchResponse> {
  const cancel = (): void => call.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  // A canceled call still reports its end, when nobody may be reading any more.
  call.on("error", (_reportedToReader: Error) => undefined);
  const messages: AsyncIterator<WatchResponse> = call[Symbol.asyncIterator]();
  try {
    for (;;) {
      if (signal.aborted) throw abortError(signal);
      const stopWatchdog = clock.after(silenceMs, cancel);
      const next = await messages.next().finally(stopWatchdog);
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error: unknown) {
    if (signal.aborted) throw abortError(signal);
    onBreak();
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
    call.cancel();
  }
}
