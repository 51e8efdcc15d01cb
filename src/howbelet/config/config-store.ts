import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { configForNode, referenceId } from "../../api/kinds/pod/config-references.js";
import { secretKind } from "../../api/kinds/secret/kind.js";
import type { Whole } from "../../api/object.js";
import { abortable, deferred, isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { ApiClient } from "../../client/contracts.js";
import type { ConfigMap } from "../../gen/howbernetes/core/v1/config_map.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Secret } from "../../gen/howbernetes/core/v1/secret.js";
import { ConfigWatch } from "./config-watch.js";
import type { ConfigName, KnownConfig } from "./known-config.js";

export interface ConfigStoreDeps {
  readonly client: Pick<ApiClient, "of">;
  /** Resolves once the api-server is known to be of the node's cluster: nothing is read from another. */
  readonly connected: (signal: AbortSignal) => Promise<void>;
  /** What that pod may know of its configuration has changed. */
  readonly changed: (podUid: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

type AnyWatch = ConfigWatch<ConfigMap> | ConfigWatch<Secret>;

/**
 * The ConfigMaps and Secrets that the pods of a node name: one small watch for each of them, shared by the pods, for as
 * long as one holds it. Kept in memory alone: what is in a Secret is never written to the node's disk.
 */
export class ConfigStore {
  private readonly watches = new Map<string, AnyWatch>();
  /** By pod, the ids of what it holds. */
  private readonly held = new Map<string, Set<string>>();
  private readonly ending = new Set<Promise<void>>();
  private readonly failure = deferred<never>();

  constructor(private readonly deps: ConfigStoreDeps) {}

  /**
   * The pod is to be run: whatever it names is watched from now on. Called again, it adds what the pod has come to name
   * since, as its ephemeral containers do.
   */
  hold({ metadata: { uid, namespace }, spec }: Whole<Pod>): void {
    for (const { kind, name: of } of configForNode(spec)) {
      const name = { kind, namespace, name: of };
      const held = this.held.get(uid) ?? new Set();
      if (held.has(idOf(name))) continue;
      this.held.set(uid, held.add(idOf(name)));
      this.watchOf(name).hold(uid);
    }
  }

  /** The pod is not to be run any more. */
  release(podUid: string): void {
    for (const id of this.held.get(podUid) ?? []) {
      const watch = this.watches.get(id);
      watch?.release(podUid);
      if (watch === undefined || watch.isHeld) continue;
      this.watches.delete(id);
      this.finish(watch);
    }
    this.held.delete(podUid);
  }

  /** What a pod may know of something that it names and holds. */
  knownTo(podUid: string, name: ConfigName): KnownConfig {
    return this.watches.get(idOf(name))?.knownTo(podUid) ?? { state: "unread", problem: "" };
  }

  /** Ends all watches when `signal` fires. Rejects when one fails of its own fault. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await abortable(this.failure.promise, signal);
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      for (const watch of this.watches.values()) this.finish(watch);
      this.watches.clear();
      await Promise.all(this.ending);
    }
  }

  private watchOf(name: ConfigName): AnyWatch {
    const watch = this.watches.get(idOf(name)) ?? this.createWatch(name);
    this.watches.set(idOf(name), watch);
    return watch;
  }

  private createWatch(config: ConfigName): AnyWatch {
    const { client, ...rest } = this.deps;
    const deps = { ...rest, config, failed: (error: unknown) => this.failure.reject(error) };
    if (config.kind === "secret") return new ConfigWatch({ ...deps, client: client.of(secretKind), contentOf: ({ data }) => ({ data }) });
    return new ConfigWatch({ ...deps, client: client.of(configMapKind), contentOf: ({ data, binaryData }) => ({ data, binaryData }) });
  }

  private finish(watch: AnyWatch): void {
    const end = watch.end().finally(() => this.ending.delete(end));
    this.ending.add(end);
  }
}

function idOf(name: ConfigName): string {
  return `${name.namespace}/${referenceId(name)}`;
}
