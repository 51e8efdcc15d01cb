import { apiVersionOf } from "../api/codec/json.js";
import type { Kind } from "../api/kinds/kind.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../api/object.js";
import { controllerOf } from "../api/owner-reference.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { Metrics } from "../base/metrics.js";
import type { Runnable } from "../base/runnable.js";
import type { ApiClient, EventRecorder, Informer, Lister, Result, Selection } from "./contracts.js";
import { runReconciler } from "./controller-loop.js";
import type { InformerSet } from "./informer-set.js";
import { measureCacheWaits } from "./measured-informers.js";
import { OwnWriteWaits } from "./own-write-waits.js";
import type { RetryLimits } from "./retry-limiter.js";
import { createWorkQueue, type WorkQueue } from "./work-queue.js";

/** The caches of the kinds that a controller watches. What they return is shared and must not be changed. */
export interface Caches {
  /** @throws Error when the controller does not watch that kind */
  of<T extends ApiObject>(kind: Kind<T>): Lister<T>;
  /** The objects of a kind among `owns` that `owner` controls. @throws Error when the kind is not one of them */
  ownedBy<T extends ApiObject>(owner: Whole<ApiObject>, kind: Kind<T>): readonly Whole<T>[];
}

/** What a reconcile is given. */
export interface ReconcileRequest<T extends ApiObject> {
  readonly key: ObjectKey;
  /** As the cache shows it; undefined when it is gone. */
  readonly object: Whole<T> | undefined;
  readonly caches: Caches;
  /**
   * For all writes. Before this key is reconciled again, the caches are waited for to show what was written by it. With
   * election, no write takes effect any more once another process leads.
   */
  readonly client: ApiClient;
  readonly events: EventRecorder;
  readonly log: Log;
  /** Fires when the work must end; pass it on to whatever waits. */
  readonly signal: AbortSignal;
}

/** Another kind whose changes matter; made by `watch`. */
export interface Watch {
  readonly kind: Kind;
  readonly selection: Selection;
  keysOf(object: Whole<ApiObject>, caches: Caches): readonly ObjectKey[];
}

/** A controller that somebody else writes. */
export interface ControllerDefinition<T extends ApiObject> {
  /** For logs, metrics and as the reporter of Events, as "pod-labeler". */
  readonly name: string;
  /** What it reconciles: each change of such an object has it looked at. */
  readonly for: Kind<T>;
  /** Of these; all of them by default. */
  readonly selection?: Selection;
  /** Whether a change of such an object is worth a look, as one of its spec's `generation`; every one is by default. */
  matters?(object: Whole<T>, previous: Whole<T>): boolean;
  /** Kinds of objects that it makes: a change of one has the object looked at that controls it. */
  readonly owns?: readonly Kind[];
  readonly watches?: readonly Watch[];
  /**
   * Makes the world as the object says, from what is there now and not from what has changed: it is told of a key, and
   * changes that come while it works are seen by the next call. Must do nothing when nothing is to do. A throw is tried
   * again with growing waits, a TerminalError when something changes; `requeueAfterMs` comes back without being a failure.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most reconciles have nothing to say at their end, and need no return
  reconcile(request: ReconcileRequest<T>): Promise<Result | void>;
  /** Keys worked on at once, 1 by default; one key never twice. */
  readonly workers?: number;
  /** How failures are tried again. */
  readonly retries?: RetryLimits;
}

/** What a manager gives a controller, for as long as it leads. */
export interface ControllerSetup {
  readonly client: ApiClient;
  readonly informers: InformerSet;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
}

/** A controller that a manager can run. */
export interface ManagedController {
  readonly name: string;
  /** Sets up its watches; the caches are full when what this returns is run. */
  setUp(setup: ControllerSetup): Runnable;
}

/** Has the keys that `keysOf` gives reconciled when an object of another kind changes: those before and after the change. */
export function watch<T extends ApiObject>(
  kind: Kind<T>,
  keysOf: (object: Whole<T>, caches: Caches) => readonly ObjectKey[],
  selection: Selection = {},
): Watch {
  // It is called with objects of that kind alone.
  const keysOfAny = keysOf as unknown as Watch["keysOf"];
  return { kind: kind as unknown as Kind, selection, keysOf: (object, caches) => keysOfAny(object, caches) };
}

/** Makes a controller of its definition; a manager runs it. */
export function createController<T extends ApiObject>(definition: ControllerDefinition<T>): ManagedController {
  return { name: definition.name, setUp: (setup) => setUp(definition, setup) };
}

/** Index by the uid of the controller. */
const byController = "howbernetes.dev/controller-uid";
const controllerUid = (object: Whole<ApiObject>): readonly string[] =>
  [controllerOf(object)?.uid].filter((uid): uid is string => uid !== undefined);

function setUp<T extends ApiObject>(definition: ControllerDefinition<T>, setup: ControllerSetup): Runnable {
  const { name, owns = [], watches = [], workers = 1 } = definition;
  const { clock, metrics } = setup;
  const log = setup.log.child({ controller: name });
  const queue = createWorkQueue({ clock, ...definition.retries });
  const watched = new WatchedKinds(measuredOf(setup.informers, metrics, name));
  const primary = watched.add(definition.for, definition.selection ?? {});
  const enqueue = (object: Whole<T>): void => queue.add(keyOf(object));
  const enqueueChanged = (object: Whole<T>, previous: Whole<T>): void => {
    if (definition.matters?.(object, previous) ?? true) enqueue(object);
  };
  primary.addHandler({ added: enqueue, updated: enqueueChanged, deleted: enqueue });
  for (const kind of owns) {
    const informer = watched.add(kind, {});
    informer.addIndexes({ [byController]: controllerUid });
    lookAtKeys(informer, (object) => ownerKeys(definition.for, object), queue);
  }
  for (const each of watches) {
    lookAtKeys(watched.add(each.kind, each.selection), (object) => each.keysOf(object, watched), queue);
  }

  const waits = new OwnWriteWaits((kind) => watched.informersOf(kind));
  const { events } = setup;
  const reconciler = {
    reconcile: async (key: ObjectKey, signal: AbortSignal): Promise<Result> => {
      await waits.untilSeen(key, signal);
      const client = waits.recorded(setup.client, key);
      const object = primary.get(key);
      return (await definition.reconcile({ key, object, caches: watched, client, events, log, signal })) ?? {};
    },
  };
  const loop = { name, queue, reconciler, workers, log, ...(metrics === undefined ? {} : { metrics }) };
  return { name, run: (signal) => runReconciler(loop, signal) };
}

function measuredOf(informers: InformerSet, metrics: Metrics | undefined, name: string): Pick<InformerSet, "of"> {
  return metrics === undefined ? informers : measureCacheWaits(informers, metrics, () => name);
}

function lookAtKeys(informer: Informer<ApiObject>, keysOf: (object: Whole<ApiObject>) => readonly ObjectKey[], queue: WorkQueue): void {
  const look = (object: Whole<ApiObject>): void => {
    for (const key of keysOf(object)) queue.add(key);
  };
  informer.addHandler({
    added: look,
    updated: (object, previous) => {
      look(previous);
      look(object);
    },
    deleted: look,
  });
}

function ownerKeys(kind: Pick<Kind, "kind" | "group" | "version" | "namespaced">, object: Whole<ApiObject>): readonly ObjectKey[] {
  const reference = controllerOf(object);
  if (reference?.kind !== kind.kind || reference.apiVersion !== apiVersionOf(kind)) return [];
  return [{ namespace: kind.namespaced ? object.metadata.namespace : "", name: reference.name ?? "" }];
}

/** The informers of one controller. */
class WatchedKinds implements Caches {
  private readonly informers = new Map<string, Informer<ApiObject>[]>();

  constructor(private readonly source: Pick<InformerSet, "of">) {}

  add<T extends ApiObject>(kind: Kind<T>, selection: Selection): Informer<T> {
    const informer = this.source.of(kind, selection);
    const present = this.informers.get(kind.typeName) ?? [];
    this.informers.set(kind.typeName, [...present, informer as unknown as Informer<ApiObject>]);
    return informer;
  }

  informersOf(kind: Pick<Kind, "typeName">): readonly Informer<ApiObject>[] {
    return this.informers.get(kind.typeName) ?? [];
  }

  of<T extends ApiObject>(kind: Kind<T>): Lister<T> {
    const [first] = this.informersOf(kind);
    if (first === undefined) throw new Error(`this controller does not watch ${kind.plural}`);
    // Made from a kind of that very name: its objects are T.
    return first as unknown as Lister<T>;
  }

  ownedBy<T extends ApiObject>(owner: Whole<ApiObject>, kind: Kind<T>): readonly Whole<T>[] {
    return this.of(kind).byIndex(byController, owner.metadata.uid);
  }
}
