import type { CallOptions } from "@grpc/grpc-js";
import { Etcd3, type IOptions, type IRangeRequest, type IRangeResponse, type ITxnRequest, type ITxnResponse } from "etcd3";
import { abortable, throwIfAborted } from "../../base/abort.js";
import { StoreUnavailableError } from "../errors.js";
import type { Revision } from "../interface.js";
import { callChannelOptions, EndpointChoice, type EtcdTls, etcd3Credentials } from "./endpoints.js";
import { callError, classifyFailure } from "./etcd-errors.js";

/** How long a call may take: past it the caller learns that nothing is known. */
export const callTimeoutMs = 8_000;

type Policy = NonNullable<NonNullable<IOptions["faultHandling"]>["global"]>;

/**
 * Calls to etcd through etcd3, each with a deadline. Reads that fail are tried on every endpoint once; writes only when
 * they surely were not sent, since a write that is repeated after it succeeded reports a conflict with itself. For the
 * same reason etcd3's own retries and circuit breakers are off.
 */
export class EtcdCalls {
  readonly #clients: readonly Etcd3[];
  readonly #choice: EndpointChoice;
  #closed = false;
  #latestRevision: Revision = 0;

  constructor(endpoints: readonly string[], tls: EtcdTls | undefined) {
    this.#choice = new EndpointChoice(endpoints.length);
    const faultHandling = { global: callThrough, host: () => callThrough };
    this.#clients = endpoints.map(
      (host) => new Etcd3({ hosts: host, grpcOptions: callChannelOptions, faultHandling, ...etcd3Credentials(tls) }),
    );
  }

  /** The highest revision that any answer has told of. */
  get latestRevision(): Revision {
    return this.#latestRevision;
  }

  range(request: IRangeRequest, signal?: AbortSignal): Promise<IRangeResponse> {
    return this.#call((client, options) => client.kv.range(request, options), ["unavailable", "notSent"], signal);
  }

  txn(request: ITxnRequest, signal?: AbortSignal): Promise<ITxnResponse> {
    return this.#call((client, options) => client.kv.txn(request, options), ["notSent"], signal);
  }

  async compact(revision: Revision): Promise<void> {
    await this.#call((client, options) => client.kv.compact({ revision }, options), ["unavailable", "notSent"]);
  }

  /** What each endpoint that answers says its version is. */
  async versions(): Promise<readonly string[]> {
    const answers = await Promise.allSettled(this.#clients.map((client) => client.maintenance.status(deadline())));
    const versions = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.version] : []));
    const failed = answers.find((answer) => answer.status === "rejected");
    if (versions.length === 0) throw callError(failed?.reason);
    return versions;
  }

  /** From now on every call throws StoreUnavailableError. */
  close(): void {
    this.#closed = true;
    for (const client of this.#clients) client.close();
  }

  async #call<T extends { readonly header: { readonly revision: string } }>(
    call: (client: Etcd3, options: CallOptions) => Promise<T>,
    repeatable: readonly ReturnType<typeof classifyFailure>[],
    signal?: AbortSignal,
  ): Promise<T> {
    const options = deadline();
    for (let attempt = 1; ; attempt += 1) {
      const client = this.#client(signal);
      const endpoint = this.#choice.current;
      try {
        const answer = await (signal === undefined ? call(client, options) : abortable(call(client, options), signal));
        this.#latestRevision = Math.max(this.#latestRevision, Number(answer.header.revision));
        return answer;
      } catch (error: unknown) {
        const failure = classifyFailure(error);
        if (failure === "unavailable" || failure === "notSent") this.#choice.failed(endpoint);
        if (this.#closed) throw new StoreUnavailableError("the store is closed", { cause: error });
        if (!repeatable.includes(failure) || attempt >= this.#choice.count || Date.now() >= options.deadline) throw callError(error);
      }
    }
  }

  #client(signal: AbortSignal | undefined): Etcd3 {
    if (signal !== undefined) throwIfAborted(signal);
    const client = this.#clients[this.#choice.current];
    if (this.#closed || client === undefined) throw new StoreUnavailableError("the store is closed");
    return client;
  }
}

/** gRPC counts deadlines by the wall clock. */
function deadline(): { readonly deadline: number } {
  return { deadline: Date.now() + callTimeoutMs };
}

const silent = () => ({ dispose: () => undefined });

/** A fault policy that does nothing: every call is made once. */
const callThrough: Policy = {
  _altReturn: undefined as never,
  onSuccess: silent,
  onFailure: silent,
  execute: async (call, signal) => call({ signal: signal ?? new AbortController().signal }),
};
