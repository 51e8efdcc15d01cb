import type { RpcChannel } from "./channel.js";
import type { CallOptions, MethodDefinition, RpcClient, ServiceDefinition } from "./contracts.js";

type Method = MethodDefinition<unknown, unknown>;

/**
 * A typed client of a service. Calls fail at once when the server cannot be reached, rather than wait for it. A stream
 * is opened when its iteration begins, and canceled when its iteration is left. `metadata` goes with every call.
 */
export function createRpcClient<D extends ServiceDefinition>(
  definition: D,
  channel: RpcChannel,
  metadata: Readonly<Record<string, string>> = {},
): RpcClient<D> {
  const all = (options: CallOptions = {}): CallOptions => ({ ...options, metadata: { ...metadata, ...options.metadata } });
  const calls = Object.entries(definition).map(([name, method]) => [name, callOf(method, channel, all)]);
  // Each method's signature is what the conditional type makes of its definition; fromEntries cannot show that.
  return Object.fromEntries(calls) as RpcClient<D>;
}

function callOf(method: Method, channel: RpcChannel, all: (options?: CallOptions) => CallOptions): unknown {
  if (method.requestStream) {
    return (requests: AsyncIterable<unknown>, options?: CallOptions) => channel.duplex(method, requests, all(options));
  }
  if (method.responseStream) return (request: unknown, options?: CallOptions) => channel.stream(method, request, all(options));
  return (request: unknown, options?: CallOptions) => channel.unary(method, request, all(options));
}
