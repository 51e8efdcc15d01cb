import type { ApiObject, Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import { backoffMs, reconnectBackoff } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { ListCallOptions, ObjectList, ResourceClient, WatchEvent } from "../../client/contracts.js";
import { reflect } from "../../client/reflector.js";
import type { ConfigContent, ConfigName, KnownConfig } from "./known-config.js";

/** So long nothing is wrong; then whoever waits is told for what. */
const patienceMs = 5_000;

export interface ConfigWatchDeps<T extends ApiObject> {
  readonly client: Pick<ResourceClient<T>, "kind" | "list" | "watch">;
  readonly config: ConfigName;
  /** What of the object is configuration. */
  readonly contentOf: (object: Whole<T>) => ConfigContent;
  /** Resolves once the api-server is known to be of the node's cluster. */
  readonly connected: (signal: AbortSignal) => Promise<void>;
  /** What that pod may know has changed. */
  readonly changed: (podUid: string) => void;
  /** The watch has ended by a fault of its own. */
  readonly failed: (error: unknown) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * One ConfigMap or Secret, kept by a watch of its own while pods hold it. A pod is shown nothing that was read before
 * its hold: what was written before a pod was made, its containers start with, however far behind the watch is. From
 * then on it is shown what was seen last, also while the api-server is away.
 */
export class ConfigWatch<T extends ApiObject> {
  /** Undefined until it has been read. */
  private known: Exclude<KnownConfig, { state: "unread" }> | undefined;
  /** Why the last attempt to read it failed; "" when it did not. */
  private problem = "";
  private revision = -1;
  /** How many lists and changes have been taken. */
  private taken = 0;
  /** The pods that hold it; true for those since whose hold it has been read. */
  private readonly holders = new Map<string, boolean>();
  private readonly stop = new AbortController();
  private following: Promise<void> | undefined;
  private renewing: Promise<void> | undefined;

  constructor(private readonly deps: ConfigWatchDeps<T>) {}

  get isHeld(): boolean {
    return this.holders.size > 0;
  }

  /** The pod names it, from now on. */
  hold(podUid: string): void {
    if (this.holders.has(podUid)) return;
    this.holders.set(podUid, false);
    if (this.following === undefined) this.following = this.follow().catch(this.deps.failed);
    else this.renewing ??= this.renew();
  }

  release(podUid: string): void {
    this.holders.delete(podUid);
  }

  knownTo(podUid: string): KnownConfig {
    const isRead = this.holders.get(podUid) === true;
    return isRead && this.known !== undefined ? this.known : { state: "unread", problem: this.problem };
  }

  /** Ends the watch, for good. */
  async end(): Promise<void> {
    this.stop.abort();
    await Promise.all([this.following, this.renewing]);
  }

  private async follow(): Promise<void> {
    const { client, connected, clock, log } = this.deps;
    const { signal } = this.stop;
    const cancel = clock.after(patienceMs, () => this.loseHope());
    try {
      await connected(signal);
      const list = (options?: ListCallOptions): Promise<ObjectList<T>> => this.read(options);
      const watched = { kind: client.kind, list, watch: client.watch.bind(client) };
      // Every list is taken when it is read.
      const target = { replace: () => undefined, apply: (event: WatchEvent<T>) => this.apply(event) };
      await reflect(watched, this.selection, target, { signal, clock, log });
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      cancel();
    }
  }

  private loseHope(): void {
    if (this.known !== undefined || this.problem !== "") return;
    this.problem = "the api-server has not answered yet";
    this.tell(this.holders.keys());
  }

  /** Reads it until every pod that holds it may know it. */
  private async renew(): Promise<void> {
    const { connected, clock, config, log } = this.deps;
    const { signal } = this.stop;
    for (let failures = 0; !signal.aborted && [...this.holders.values()].includes(false); ) {
      try {
        await connected(signal);
        await this.read({ ...this.selection, signal });
        failures = 0;
      } catch (error: unknown) {
        if (signal.aborted) break;
        failures += 1;
        if (failures === 1) log.warn("configuration cannot be read anew", { ...config, error });
        // Rejects only because `signal` fired, which the loop's head sees.
        await clock.sleep(backoffMs(failures, reconnectBackoff), signal).catch((_aborted: unknown) => undefined);
      }
    }
    this.renewing = undefined;
  }

  private get selection() {
    const { namespace, name } = this.deps.config;
    return { namespace, fieldSelector: `metadata.name=${name}` };
  }

  private async read(options: ListCallOptions | undefined): Promise<ObjectList<T>> {
    const asking = [...this.holders.keys()];
    const { taken } = this;
    try {
      const list = await this.deps.client.list(options);
      this.problem = "";
      // Unless something newer has come meanwhile, this is how it is, even should the server have gone back in time.
      if (this.taken === taken || Number(list.resourceVersion) >= this.revision) this.take(list.items[0], list.resourceVersion);
      for (const podUid of asking) if (this.holders.has(podUid)) this.holders.set(podUid, true);
      this.tell(asking);
      return list;
    } catch (error: unknown) {
      this.problem = error instanceof Error ? error.message : String(error);
      this.tell(asking);
      throw error;
    }
  }

  private apply(event: WatchEvent<T>): void {
    if (event.type === "bookmark" || Number(event.object.metadata.resourceVersion) <= this.revision) return;
    this.take(event.type === "deleted" ? undefined : event.object, event.object.metadata.resourceVersion);
    this.tell(this.holders.keys());
  }

  private take(object: Whole<T> | undefined, resourceVersion: string): void {
    this.known = object === undefined ? { state: "absent" } : { state: "present", ...this.deps.contentOf(object) };
    this.revision = Number(resourceVersion);
    this.taken += 1;
  }

  private tell(podUids: Iterable<string>): void {
    for (const podUid of [...podUids]) this.deps.changed(podUid);
  }
}
