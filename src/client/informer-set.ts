import type { Kind } from "../api/kinds/kind.js";
import type { ApiObject } from "../api/object.js";
import { abortable, deferred, isAbort } from "../base/abort.js";
import { linkAbort } from "../base/linked-abort.js";
import type { ApiClient, Informer, Selection } from "./contracts.js";
import { createInformer, type InformerDeps } from "./informer.js";

/**
 * Informers that are shared: one for each kind and selection, however many ask for it. That they share them is more
 * than thrift: what one has seen, the others see too.
 */
export interface InformerSet {
  /** The informer, which is made when first asked for, and started with the others or, when these run already, at once. */
  of<T extends ApiObject>(kind: Kind<T>, selection?: Selection): Informer<T>;
  /** Keeps all caches until `signal` fires, then resolves. Rejects when a handler finds an invariant broken. Called once. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves after the first list of every informer that has been asked for by now. */
  synced(signal: AbortSignal): Promise<void>;
}

/** Creates an empty set. */
export function createInformers(client: ApiClient, deps: InformerDeps): InformerSet {
  return new SharedInformerSet(client, deps);
}

type AnyInformer = Informer<ApiObject>;

class SharedInformerSet implements InformerSet {
  private readonly informers = new Map<string, AnyInformer>();
  private start: ((informer: AnyInformer) => void) | undefined;

  constructor(
    private readonly client: ApiClient,
    private readonly deps: InformerDeps,
  ) {}

  of<T extends ApiObject>(kind: Kind<T>, selection: Selection = {}): Informer<T> {
    const { namespace = "", labelSelector = "", fieldSelector = "" } = selection;
    const name = JSON.stringify([kind.typeName, namespace, labelSelector, fieldSelector]);
    const present = this.informers.get(name);
    // Made from a kind of that very name: its objects are T.
    if (present !== undefined) return present as unknown as Informer<T>;
    const made = createInformer(this.client.of(kind), selection, this.deps);
    this.informers.set(name, made as unknown as AnyInformer);
    this.start?.(made as unknown as AnyInformer);
    return made;
  }

  async run(signal: AbortSignal): Promise<void> {
    const all = linkAbort(signal);
    const failed = deferred<never>();
    const running: Promise<void>[] = [];
    this.start = (informer) => void running.push(informer.run(all.signal).catch(failed.reject));
    for (const informer of this.informers.values()) this.start(informer);
    try {
      await abortable(failed.promise, signal);
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      this.start = undefined;
      all.abort();
      all.unlink();
      await Promise.all(running);
    }
  }

  async synced(signal: AbortSignal): Promise<void> {
    await Promise.all([...this.informers.values()].map((informer) => informer.synced(signal)));
  }
}
