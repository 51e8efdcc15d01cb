import type { Kind } from "../../src/api/kinds/kind.js";
import type { ApiObject } from "../../src/api/object.js";
import { abortable, type Deferred, deferred } from "../../src/base/abort.js";
import type { ApiClient, ResourceClient, WatchCallOptions, WatchEvent } from "../../src/client/contracts.js";

/** A call that was made while the wire was held, and what came of it when it was let through. */
export interface LateCall {
  /** As "create pods". */
  readonly what: string;
  readonly isWrite: boolean;
  /** The server's answer; undefined when it was refused. */
  readonly answer: unknown;
  /** Undefined when it was not refused. */
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
  private readonly underway = new Set<Promise<unknown>>();
  private gate: Deferred<void> | undefined;
  private readonly late: Promise<LateCall>[] = [];
  private readonly heldWaiters = new Set<() => void>();
  private writesHeld: string[] = [];

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

  /** From here on calls wait. Resolves when those before have been answered. */
  async hold(): Promise<void> {
    this.gate ??= deferred();
    await Promise.allSettled(this.underway);
  }

  /** Resolves when enough writes wait, each as in "create pods". */
  async untilHeld(isEnough: (writes: readonly string[]) => boolean): Promise<void> {
    while (!isEnough(this.writesHeld)) await new Promise<void>((resolve) => this.heldWaiters.add(resolve));
  }

  /** Lets the calls through that waited. @returns what came of them */
  async release(): Promise<readonly LateCall[]> {
    this.gate?.resolve();
    this.gate = undefined;
    this.writesHeld = [];
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
    if (this.gate === undefined) return await this.send(call(args));
    const isWrite = !reads.has(verb);
    const what = `${verb} ${resource}`;
    const sent = this.gate.promise.then(() => this.send(call(args.map(withoutSignal))));
    const about = { what, isWrite };
    this.late.push(
      sent.then(
        (answer) => ({ ...about, answer, error: undefined }),
        (error: unknown) => ({ ...about, answer: undefined, error }),
      ),
    );
    if (isWrite) this.writesHeld.push(what);
    for (const wake of this.heldWaiters) wake();
    this.heldWaiters.clear();
    return await abortable(sent, args.map(signalOf).find((signal) => signal !== undefined) ?? new AbortController().signal);
  }

  private async send(answer: Promise<unknown>): Promise<unknown> {
    this.underway.add(answer);
    try {
      return await answer;
    } finally {
      this.underway.delete(answer);
    }
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
