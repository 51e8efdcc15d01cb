/** What a generated service definition says of one method (ts-proto's grpc-js output). */
export interface MethodDefinition<Request, Response> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => Request;
  readonly responseSerialize: (value: Response) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

// biome-ignore lint/suspicious/noExplicitAny: a service has methods of many types; each is recovered by inference
export type ServiceDefinition = Readonly<Record<string, MethodDefinition<any, any>>>;

type RequestOf<M> = M extends { requestDeserialize: (bytes: Buffer) => infer Request } ? Request : never;
type ResponseOf<M> = M extends { responseDeserialize: (bytes: Buffer) => infer Response } ? Response : never;

/** Who calls, as the client certificate says: Kubernetes' user name and groups. */
export interface Caller {
  /** Certificate CN, as "system:node:n1". */
  readonly name: string;
  /** Certificate O, as "system:nodes". */
  readonly groups: readonly string[];
}

/** What a handler knows of its call. */
export interface CallContext {
  /** Fires when the caller leaves, the deadline passes or the server stops. */
  readonly signal: AbortSignal;
  readonly caller: Caller;
  /** As "/howbernetes.api.v1.Resources/Get". */
  readonly method: string;
  /** Request metadata, text values only. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Network address of the caller. */
  readonly peer: string;
  /** SHA-256 of the caller's certificate, hex. */
  readonly certificateFingerprint: string;
}

/**
 * Handlers of a service: functions, async generators, or both at once. What they throw becomes the call's status.
 * A response stream is pulled only as fast as the caller reads.
 */
export type Handlers<D> = {
  readonly [Name in keyof D]: D[Name] extends { requestStream: true; responseStream: true }
    ? (requests: AsyncIterable<RequestOf<D[Name]>>, call: CallContext) => AsyncIterable<ResponseOf<D[Name]>>
    : D[Name] extends { requestStream: false; responseStream: true }
      ? (request: RequestOf<D[Name]>, call: CallContext) => AsyncIterable<ResponseOf<D[Name]>>
      : D[Name] extends { requestStream: false; responseStream: false }
        ? (request: RequestOf<D[Name]>, call: CallContext) => Promise<ResponseOf<D[Name]>>
        : never;
};

export interface CallOptions {
  /** Ends the call. */
  readonly signal?: AbortSignal;
  /** Unary calls end with Timeout after this long; 30,000 by default. Streams have no deadline. */
  readonly timeoutMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A service as its caller sees it; every error that leaves is an ApiError, or an abort error when `signal` fired. */
export type RpcClient<D> = {
  readonly [Name in keyof D]: D[Name] extends { requestStream: true; responseStream: true }
    ? (requests: AsyncIterable<RequestOf<D[Name]>>, options?: CallOptions) => AsyncIterable<ResponseOf<D[Name]>>
    : D[Name] extends { requestStream: false; responseStream: true }
      ? (request: RequestOf<D[Name]>, options?: CallOptions) => AsyncIterable<ResponseOf<D[Name]>>
      : D[Name] extends { requestStream: false; responseStream: false }
        ? (request: RequestOf<D[Name]>, options?: CallOptions) => Promise<ResponseOf<D[Name]>>
        : never;
};
