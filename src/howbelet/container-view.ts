import { abortError, isAbort, sharedSignal } from "../base/abort.js";
import { backoffMs, reconnectBackoff } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import { linkAbort } from "../base/linked-abort.js";
import type { Log } from "../base/log.js";
import { Limiter } from "./limiter.js";
import type { ContainerSnapshot, PreparedNetwork, Runtime, RuntimeEvent, RuntimeInfo, RuntimeScope } from "./runtime/interface.js";

/** Repairs what events missed: Docker remembers few of them, and drops those that a slow subscriber does not take. */
const relistPeriodMs = 30_000;

/** Inspections at once, of a list or of events. */
const inspectionsAtOnce = 8;

/** The runtime has come, with what it is and what `prepare` found, or it is away and why. */
export type RuntimeConnection = { readonly network: PreparedNetwork; readonly info: RuntimeInfo } | { readonly error: unknown };

export interface ContainerViewDeps {
  readonly runtime: Runtime;
  readonly scope: RuntimeScope;
  readonly clock: Clock;
  readonly log: Log;
  /** A container of that pod has changed, or may have. */
  readonly changed: (podUid: string) => void;
  /** Called before the first change of a connection is told. */
  readonly connection: (state: RuntimeConnection) => void;
  /** The subnet to ask for. */
  readonly subnet: () => string;
}

interface Known {
  readonly snapshot: ContainerSnapshot;
  /** Of the inspection that gave it. */
  readonly ticket: number;
}

/**
 * All containers of this node, as last inspected. Events say which to inspect; a list at every connection, and every
 * 30 s, finds what they missed. Inspections of one container may overlap: the one that began last counts.
 */
export class ContainerView {
  private readonly known = new Map<string, Known>();
  private readonly byPod = new Map<string, Set<string>>();
  private readonly startedHere = new Set<string>();
  private readonly hinted = new Set<string>();
  private readonly lookups = new Limiter(inspectionsAtOnce);
  private ticket = 0;
  private connected = false;

  constructor(private readonly deps: ContainerViewDeps) {}

  /** The runtime answers, and everything has been listed since it last came. */
  get isReady(): boolean {
    return this.connected;
  }

  ofPod(podUid: string): readonly ContainerSnapshot[] {
    const ids = this.byPod.get(podUid) ?? new Set<string>();
    return [...ids].flatMap((id) => this.known.get(id)?.snapshot ?? []);
  }

  /** The pods of which there are containers. */
  pods(): readonly { readonly uid: string; readonly namespace: string; readonly name: string }[] {
    return [...this.byPod.keys()].flatMap((uid) => {
      const [first] = this.ofPod(uid);
      return first === undefined ? [] : [{ uid, namespace: first.identity.podNamespace, name: first.identity.podName }];
    });
  }

  /** Starts a container by `start`, which tells what it is then: it need not be looked up once more. */
  async starting(id: string, signal: AbortSignal, start: () => Promise<ContainerSnapshot | undefined>): Promise<void> {
    this.startedHere.add(id);
    const ticket = ++this.ticket;
    try {
      this.take(id, await start(), ticket);
    } catch (error: unknown) {
      await this.refresh(id, signal);
      throw error;
    } finally {
      this.startedHere.delete(id);
    }
  }

  /** Looks a container up. @throws RuntimeError Unavailable */
  async refresh(id: string, signal: AbortSignal): Promise<void> {
    const ticket = ++this.ticket;
    this.take(id, await this.deps.runtime.inspect(id, signal), ticket);
  }

  /** Keeps what a lookup has found, unless one that began later was faster. */
  private take(id: string, snapshot: ContainerSnapshot | undefined, ticket: number): void {
    const known = this.known.get(id);
    if (known !== undefined && known.ticket > ticket) return;
    if (snapshot === undefined) this.drop(id);
    else this.keep({ snapshot, ticket });
  }

  /** It has been removed by us. */
  removed(id: string): void {
    this.drop(id);
  }

  /** Follows the runtime until `signal` fires, through its absences. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.deps;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.follow(signal, () => {
          failures = 0;
        });
        throw new Error("the event stream ended");
      } catch (error: unknown) {
        if (signal.aborted) return;
        if (this.connected || failures === 0) log.warn("container runtime is away", { error });
        this.connected = false;
        this.deps.connection({ error });
        failures += 1;
        await clock.sleep(backoffMs(failures, reconnectBackoff), signal).catch(ignoreAbort);
      }
    }
  }

  private async follow(signal: AbortSignal, onConnected: () => void): Promise<void> {
    const { runtime, scope, subnet } = this.deps;
    // Before anything is started on it: what the node can take in is not known otherwise.
    const [network, info] = await Promise.all([runtime.prepare(scope, subnet(), signal), runtime.info(signal)]);
    const stop = linkAbort(signal);
    // Every lookup waits for its turn on it.
    const either = sharedSignal(stop.signal);
    const relisting = { failed: undefined as unknown, listed: Promise.resolve() };
    const fail = (error: unknown): void => {
      relisting.failed ??= error;
      stop.abort();
    };
    // Subscribed before the list is read, so that what changes in between is not missed.
    const subscribed = (): void => {
      relisting.listed = this.relistForever(either, () => {
        onConnected();
        this.connected = true;
        this.deps.connection({ network, info });
        for (const podUid of this.byPod.keys()) this.deps.changed(podUid);
      }).catch(fail);
    };
    try {
      for await (const event of runtime.events(scope, subscribed, either)) this.heed(event, either, fail);
    } catch (error: unknown) {
      throw relisting.failed ?? error;
    } finally {
      stop.abort();
      await relisting.listed;
      stop.unlink();
    }
    if (relisting.failed !== undefined && !isAbort(relisting.failed)) throw relisting.failed;
  }

  /** Looks up what an event is about, unless it says nothing new. Lookups of many containers overlap. */
  private heed({ containerId: id, type }: RuntimeEvent, signal: AbortSignal, fail: (error: unknown) => void): void {
    const phase = this.known.get(id)?.snapshot.phase;
    if (type === "destroy") this.drop(id);
    if (type === "destroy" || (type === "start" && (this.startedHere.has(id) || phase === "running"))) return;
    if (this.hinted.has(id) || (type === "die" && phase === "exited")) return;
    this.hinted.add(id);
    this.lookups
      .run(0, signal, () => {
        // From here on a hint means something that this lookup may not see.
        this.hinted.delete(id);
        return this.refresh(id, signal);
      })
      .catch((error: unknown) => {
        this.hinted.delete(id);
        fail(error);
      });
  }

  private async relistForever(signal: AbortSignal, onFirst: () => void): Promise<void> {
    await this.relist(signal, true);
    onFirst();
    while (!signal.aborted) {
      await this.deps.clock.sleep(relistPeriodMs, signal);
      await this.relist(signal, false);
    }
    throw abortError(signal);
  }

  /** `isThorough`: containers are looked up even when the list shows them in the state that is known. */
  private async relist(signal: AbortSignal, isThorough: boolean): Promise<void> {
    const ticket = ++this.ticket;
    const listed = await this.deps.runtime.list(this.deps.scope, signal);
    const present = new Set(listed.map(({ id }) => id));
    for (const [id, known] of this.known) if (!present.has(id) && known.ticket < ticket) this.drop(id);
    const doubtful = listed.filter(({ id, phase }) => isThorough || this.known.get(id)?.snapshot.phase !== phase).map(({ id }) => id);
    const inspectNext = async (): Promise<void> => {
      for (let id = doubtful.pop(); id !== undefined; id = doubtful.pop()) await this.refresh(id, signal);
    };
    await Promise.all(Array.from({ length: inspectionsAtOnce }, inspectNext));
  }

  private keep(known: Known): void {
    const { id, identity, phase, startedAtMs, oomKilled } = known.snapshot;
    const before = this.known.get(id)?.snapshot;
    this.known.set(id, known);
    const ids = this.byPod.get(identity.podUid) ?? new Set();
    this.byPod.set(identity.podUid, ids.add(id));
    const isAsBefore = before?.phase === phase && before.startedAtMs === startedAtMs && before.oomKilled === oomKilled;
    if (!isAsBefore) this.deps.changed(identity.podUid);
  }

  private drop(id: string): void {
    const known = this.known.get(id);
    if (known === undefined) return;
    const { podUid } = known.snapshot.identity;
    this.known.delete(id);
    const ids = this.byPod.get(podUid);
    ids?.delete(id);
    if (ids?.size === 0) this.byPod.delete(podUid);
    this.deps.changed(podUid);
  }
}

function ignoreAbort(error: unknown): void {
  if (!isAbort(error)) throw error;
}
