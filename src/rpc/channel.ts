import { isIPv4, isIPv6 } from "node:net";
import { type ChannelOptions, Client, credentials } from "@grpc/grpc-js";
import { abortable } from "../base/abort.js";
import type { TlsMaterial } from "../base/tls/certificate.js";
import type { CallOptions, MethodDefinition } from "./contracts.js";
import { duplexCall, streamCall, unaryCall } from "./grpc-calls.js";
import { keepaliveTimeMs, keepaliveTimeoutMs, serverTlsName } from "./transport-settings.js";

/** What a channel is for; each has connections of its own, so that logs never delay a watch, nor a watch a write. */
export type ChannelPurpose = "unary" | "watch" | "bulk";

export interface ChannelSettings {
  /** `host:port`, or several of them with commas, of IP addresses then: calls go to each in turn. */
  readonly address: string;
  readonly tls: TlsMaterial;
  readonly purpose: ChannelPurpose;
}

/**
 * The way to a server. Over the network, connections are made when first used and remade when lost. Errors are
 * ApiErrors, or abort errors when the caller's signal fired.
 */
export interface RpcChannel {
  /** The server's, for messages. */
  readonly address: string;
  unary(method: Method, request: unknown, options: CallOptions): Promise<unknown>;
  stream(method: Method, request: unknown, options: CallOptions): AsyncGenerator<unknown>;
  duplex(method: Method, requests: AsyncIterable<unknown>, options: CallOptions): AsyncGenerator<unknown>;
  /**
   * Waits for a connection, which is made if there is none, for as long as 2 s. @returns whether there is one
   * @throws an abort error when `signal` fires
   */
  connected(signal: AbortSignal): Promise<boolean>;
  /** Drops the connections; calls under way end with ServiceUnavailable. */
  close(): void;
}

type Method = MethodDefinition<unknown, unknown>;

/** Makes a channel. */
export type Dial = (settings: ChannelSettings) => RpcChannel;

// Short enough for somebody to say in time that the server is away.
const connectedWithinMs = 2_000;

/** A page of 500 objects of the largest size allowed would not fit any sane limit; a page of usual objects fits well. */
const maxReceiveBytes = 128 * 1024 * 1024;

/** The default of 64 KiB a stream makes catching up wait for the network's round trip every few objects. */
const windowBytes: Readonly<Record<ChannelPurpose, number>> = {
  unary: 1024 * 1024,
  watch: 2 * 1024 * 1024,
  bulk: 1024 * 1024,
};

/** Creates a channel; nothing is dialed yet. @throws Error when several addresses are not all of one IP version */
export function createChannel({ address, tls, purpose }: ChannelSettings): RpcChannel {
  const creds = credentials.createSsl(Buffer.from(tls.ca), Buffer.from(tls.key), Buffer.from(tls.cert));
  const grpc = new Client(targetOf(address), creds, channelOptions(purpose));
  const peer = { address, grpc };
  return {
    address,
    unary: (method, request, options) => unaryCall(peer, method, request, options),
    stream: (method, request, options) => streamCall(peer, method, request, options),
    duplex: (method, requests, options) => duplexCall(peer, method, requests, options),
    connected: (signal) => abortable(connected(grpc), signal),
    close: () => grpc.close(),
  };
}

function connected(grpc: Client): Promise<boolean> {
  return new Promise((resolve) => grpc.waitForReady(Date.now() + connectedWithinMs, (error) => resolve(error === undefined)));
}

function channelOptions(purpose: ChannelPurpose): ChannelOptions {
  return {
    "grpc.ssl_target_name_override": serverTlsName,
    // Without a pool of its own, channels to one address would share one connection, whatever their purpose.
    "grpc.use_local_subchannel_pool": 1,
    "grpc-node.flow_control_window": windowBytes[purpose],
    "grpc.keepalive_time_ms": keepaliveTimeMs,
    "grpc.keepalive_timeout_ms": keepaliveTimeoutMs,
    "grpc.keepalive_permit_without_calls": 1,
    "grpc.max_receive_message_length": maxReceiveBytes,
    "grpc.max_send_message_length": -1,
    // grpc-js waits up to two minutes between attempts. A server that is away costs its callers two attempts a second,
    // and itself nothing; what it is asked once it is back, callers spread out.
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 500,
    "grpc.dns_min_time_between_resolutions_ms": 5_000,
    "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    "grpc.service_config_disable_resolution": 1,
    // A control plane's address is not for a web proxy that the environment happens to name.
    "grpc.enable_http_proxy": 0,
    "grpc.enable_channelz": 0,
  };
}

function targetOf(address: string): string {
  const all = address.split(",").map((each) => each.trim());
  if (all.length === 1) return `dns:${address.trim()}`;
  const hosts = all.map((each) => each.replace(/:\d+$/, "").replace(/^\[|\]$/g, ""));
  if (hosts.every((host) => isIPv4(host))) return `ipv4:${all.join(",")}`;
  if (hosts.every((host) => isIPv6(host))) return `ipv6:${all.join(",")}`;
  throw new Error(`several server addresses must all be IPv4, or all IPv6, addresses with ports: ${address}`);
}
