import type { Kind } from "../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../api/object.js";
import { DiscoveryService } from "../gen/howbernetes/api/v1/discovery.js";
import { BindRequest, EvictRequest, PodsService } from "../gen/howbernetes/api/v1/pods.js";
import type { ChannelPurpose } from "../rpc/channel.js";
import type { RpcClient, ServiceDefinition } from "../rpc/contracts.js";
import { BindingBatches } from "./binding-batches.js";
import { type ApiClientOptions, Connection } from "./connection.js";
import type { ApiClient, EvictCallOptions, ResourceClient } from "./contracts.js";
import { createDiscovery, type Discovery } from "./discovery.js";
import { RemoteResourceClient } from "./resource-client.js";
import { withRetries } from "./retry.js";

export type { ApiClientOptions } from "./connection.js";

/** A connection to an api-server, by which any of its services can be called. */
export interface RemoteApiClient extends ApiClient {
  /** What the server offers: its kinds, their fields, its version. */
  discovery(): Discovery;
  /**
   * A service called directly: no retries. "watch" for long streams of small messages, "bulk" for logs and files, so
   * that they do not slow each other.
   */
  raw<D extends ServiceDefinition>(definition: D, purpose: ChannelPurpose): RpcClient<D>;
  withMetadata(metadata: Readonly<Record<string, string>>): RemoteApiClient;
}

/** Creates a client; nothing is dialed before the first call. Close it when done. */
export function createApiClient(options: ApiClientOptions): RemoteApiClient {
  return new GrpcApiClient(new Connection(options), {});
}

class GrpcApiClient implements RemoteApiClient {
  private readonly bindings = new BindingBatches(() => this.connection.rpc(PodsService, "unary", this.metadata));

  constructor(
    private readonly connection: Connection,
    private readonly metadata: Readonly<Record<string, string>>,
  ) {}

  of<T extends ApiObject>(kind: Kind<T>): ResourceClient<T> {
    return new RemoteResourceClient(kind, this.connection, this.metadata);
  }

  async bind(pod: Whole<ApiObject>, nodeName: string, signal?: AbortSignal, scheduler = ""): Promise<{ readonly resourceVersion: string }> {
    const { namespace, name, uid } = pod.metadata;
    // The uid alone: a status written meanwhile does not make the decision wrong.
    const binding = { metadata: { namespace, name, uid }, target: { kind: "Node", name: nodeName } };
    const request = BindRequest.fromPartial({ binding, scheduler });
    return await withRetries("once", signal, this.connection, (timeoutMs) => this.bindings.bind(request, { signal, timeoutMs }));
  }

  async evict({ namespace, name }: ObjectKey, { options = {}, signal }: EvictCallOptions = {}): Promise<void> {
    const pods: RpcClient<PodsService> = this.connection.rpc(PodsService, "unary", this.metadata);
    const request = EvictRequest.fromPartial({ eviction: { metadata: { namespace, name }, deleteOptions: options } });
    const abort = signal === undefined ? {} : { signal };
    // Said twice, it could evict the pod that has taken the place of the first.
    const repeatability = options.preconditions?.uid === undefined ? "once" : "repeatable";
    await withRetries(repeatability, signal, this.connection, (timeoutMs) => pods.evict(request, { ...abort, timeoutMs }));
  }

  discovery(): Discovery {
    return createDiscovery(this.connection.rpc(DiscoveryService, "unary", this.metadata), this.connection);
  }

  raw<D extends ServiceDefinition>(definition: D, purpose: ChannelPurpose): RpcClient<D> {
    return this.connection.rpc(definition, purpose, this.metadata);
  }

  withMetadata(metadata: Readonly<Record<string, string>>): RemoteApiClient {
    return new GrpcApiClient(this.connection, { ...this.metadata, ...metadata });
  }

  /** Closes the connection for every client made of it by `withMetadata`, too. */
  async close(): Promise<void> {
    this.connection.close();
  }
}
