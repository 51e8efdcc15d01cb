import type { Kind } from "../../src/api/kinds/kind.js";
import type { ApiObject } from "../../src/api/object.js";
import { abortable, type Deferred, deferred } from "../../src/base/abort.js";
import type { ApiClient, ResourceClient, WatchCallOptions, WatchEvent } from "../../src/client/contracts.js";

/** A call that was made while the wire was held, and what came of it when it was let through. */
export interface LateCall {
  /** As "create pods". */
  readonly what: string;
  readonly isWrite: boolean;
  /** Undefined when it took effect. */
  readonly error: unknown;
}

const reads: ReadonlySet<string> = new Set(["get", "list", "page", "getScale"]);
/** Methods of a client that call nothing yet. */
const local: ReadonlySet<string> = new Set(["close"]);

/**
 * What lies between one process and its api-server, in the hand of a test. A call that is held is like one in the socket
 * of a process that was stopped: let through, it reaches the server late, whatever its caller thinks by then.
 */
export class Wire {
  private readonly silent = new Map<string, Deferred<void>>();
  private gate: Deferred<void> | undefined;
  private readonly late: Promise<LateCall>[] = [];
  private readonly countWaiters = new Set<() => void>();
  private writesHeld = 0;

  /** The process' client. */
  wrap(client: ApiClient): ApiClient {
    const of = <T extends ApiObject>(kind: Kind<T>): ResourceClient<T> => this.wrapResources(client.of(kind));
    const withMetadata = (metadata: Readonly<Record<string, string>>): ApiClient => this.wrap(client.withMetadata(metadata));
    return this.intercept(client, "pods", { of, withMetadata });
  }

  /** From here on watches of these kinds deliver nothing; what they missed comes after `speak`. */
  silence(kinds: readonly Kind[]): void {
    for (const { typeName } of kinds) if (!this.silent.has(typeName)) this.silent.set(typeName, deferred());
  }

  /** Lets all watches deliver again. */
  speak(): void {
    for (const silence of this.silent.values()) silence.resolve();
    this.silent.clear();
  }

  /** From here on calls wait. */
  hold(): void {
    this.gate ??= deferred();
  }

  /** Resolves when this many writes wait. */
  async untilHeld(writes: number): Promise<void> {
    while (this.writesHeld < writes) await new Promise<void>((resolve) => this.countWaiters.add(resolve));
  }

  /** Lets the calls through that waited. @returns what came of them */
  async release(): Promise<readonly LateCall[]> {
    this.gate?.resolve();
    this.gate = undefined;
    return await Promise.all(this.late.splice(0));
  }

  private wrapResources<T extends ApiObject>(inner: ResourceClient<T>): ResourceClient<T> {
    const watch = (options: WatchCallOptions): AsyncIterable<WatchEvent<T>> => this.watch(inner, options);
    return this.intercept(inner, inner.kind.plural, { watch });
  }

  /** `target` with all its calls over this wire, but for those that `instead` has. */
  private intercept<T extends object>(target: T, resource: string, instead: Partial<T>): T {
    return new Proxy(target, {
      get: (_target, name, receiver) => {
        if (name in instead) return Reflect.get(instead, name, receiver);
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function" || typeof name !== "string" || local.has(name)) return value;
        return (...args: unknown[]) => this.pass(name, resource, args, (sent) => Reflect.apply(value, target, sent) as Promise<unknown>);
      },
    });
  }

  private async *watch<T extends ApiObject>(inner: ResourceClient<T>, options: WatchCallOptions): AsyncGenerator<WatchEvent<T>> {
    for await (const event of inner.watch(options)) {
      const silence = this.silent.get(inner.kind.typeName);
      if (silence !== undefined) await abortable(silence.promise, options.signal);
      yield event;
    }
  }

  private async pass(verb: string, resource: string, args: unknown[], call: (args: unknown[]) => Promise<unknown>): Promise<unknown> {
    if (this.gate === undefined) return await call(args);
    const isWrite = !reads.has(verb);
    const what = `${verb} ${resource}`;
    const sent = this.gate.promise.then(() => call(args.map(withoutSignal)));
    const done = (error: unknown): LateCall => ({ what, isWrite, error });
    this.late.push(sent.then(() => done(undefined), done));
    if (isWrite) this.writesHeld += 1;
    for (const wake of this.countWaiters) wake();
    this.countWaiters.clear();
    return await abortable(sent, args.map(signalOf).find((signal) => signal !== undefined) ?? new AbortController().signal);
  }
}

function signalOf(argument: unknown): AbortSignal | undefined {
  if (argument instanceof AbortSignal) return argument;
  const { signal } = (argument ?? {}) as { readonly signal?: unknown };
  return signal instanceof AbortSignal ? signal : undefined;
}

/** What is on the wire is not called back. */
function withoutSignal(argument: unknown): unknown {
  if (argument instanceof AbortSignal) return undefined;
  return signalOf(argument) === undefined ? argument : { ...(argument as object), signal: undefined };
}
