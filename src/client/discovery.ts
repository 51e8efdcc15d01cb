import type {
  ApiResource,
  DiscoveryService,
  ExplainRequest,
  ExplainResponse,
  GetVersionResponse,
} from "../gen/howbernetes/api/v1/discovery.js";
import type { CallOptions, RpcClient } from "../rpc/contracts.js";
import { type RetryDeps, withRetries } from "./retry.js";

/** What the server offers. Calls are retried as reads are. */
export interface Discovery {
  /** Every resource, ordered by group, version and name. */
  resources(signal?: AbortSignal): Promise<readonly ApiResource[]>;
  /** @throws ApiError NotFound when there is no such resource, or it has no such field */
  explain(request: ExplainRequest, signal?: AbortSignal): Promise<ExplainResponse>;
  version(signal?: AbortSignal): Promise<GetVersionResponse>;
}

/** Discovery by the service of that name. */
export function createDiscovery(service: RpcClient<DiscoveryService>, deps: RetryDeps): Discovery {
  const call = <T>(signal: AbortSignal | undefined, send: (options: CallOptions) => Promise<T>): Promise<T> =>
    withRetries("repeatable", signal, deps, (timeoutMs) => send({ timeoutMs, ...(signal === undefined ? {} : { signal }) }));
  return {
    resources: async (signal) => (await call(signal, (options) => service.listResources({}, options))).resources,
    explain: (request, signal) => call(signal, (options) => service.explain(request, options)),
    version: (signal) => call(signal, (options) => service.getVersion({}, options)),
  };
}
