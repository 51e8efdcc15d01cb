import { type ChannelCredentials, type ChannelOptions, credentials } from "@grpc/grpc-js";
import type { IOptions } from "etcd3";

/** PEM texts with which to talk TLS to etcd; `cert` and `key` when it asks for a client certificate. */
export interface EtcdTls {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The largest answer that is taken: lists are asked for in smaller pages when one would be larger. */
const maxReceiveBytes = 64 * 1024 * 1024;

/**
 * etcd refuses pings more often than every 5 s, and those on connections without calls. Reconnecting is tried often,
 * since nothing works without etcd: by default grpc-js would wait for up to two minutes.
 */
const connection: ChannelOptions = {
  "grpc.max_receive_message_length": maxReceiveBytes,
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 10_000,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 2_000,
};

/** For single calls. */
export const callChannelOptions: ChannelOptions = connection;

/** For watches: connections of their own, with a window that keeps a watch that catches up from waiting for round trips. */
export const watchChannelOptions: ChannelOptions = {
  ...connection,
  "grpc.use_local_subchannel_pool": 1,
  "grpc-node.flow_control_window": 4 * 1024 * 1024,
};

/** Reads "host:port", "http://host:port" or "https://host:port". */
export function parseEndpoint(text: string): { readonly address: string; readonly secure: boolean } {
  const match = /^(?:(https?):\/\/)?([^/\s]+:\d+)\/?$/.exec(text);
  if (match?.[2] === undefined)
    throw new Error(`"${text}" is not an etcd endpoint: expected HOST:PORT, http://HOST:PORT or https://HOST:PORT`);
  return { address: match[2], secure: match[1] === "https" };
}

/** Credentials for grpc-js. */
export function channelCredentials(secure: boolean, tls: EtcdTls | undefined): ChannelCredentials {
  if (tls === undefined) return secure ? credentials.createSsl() : credentials.createInsecure();
  const pem = (text: string | undefined): Buffer | null => (text === undefined ? null : Buffer.from(text));
  return credentials.createSsl(pem(tls.ca), pem(tls.key), pem(tls.cert));
}

/** The same for etcd3. */
export function etcd3Credentials(tls: EtcdTls | undefined): Pick<IOptions, "credentials"> {
  if (tls === undefined) return {};
  const client =
    tls.cert === undefined || tls.key === undefined ? {} : { certChain: Buffer.from(tls.cert), privateKey: Buffer.from(tls.key) };
  return { credentials: { rootCertificate: Buffer.from(tls.ca), ...client } };
}

/** Which of several endpoints to use: one until it fails, then the next. */
export class EndpointChoice {
  #current = 0;

  constructor(readonly count: number) {}

  get current(): number {
    return this.#current;
  }

  /** Moves on from an endpoint, unless someone already has. */
  failed(endpoint: number): void {
    if (endpoint === this.#current) this.#current = (endpoint + 1) % this.count;
  }
}
