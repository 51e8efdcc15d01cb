import type { Kind } from "../../api/kinds/kind.js";
import type { ConfigReference } from "../../api/kinds/pod/config-references.js";
import { type ApiObject, formatKey, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { EventRecorder, Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { ConfigMap } from "../../gen/howbernetes/core/v1/config_map.js";
import type { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { Secret } from "../../gen/howbernetes/core/v1/secret.js";
import { configHashAnnotation, configSeenAnnotation, rolloutOnConfigChangeAnnotation } from "./annotations.js";
import { configMapHash, secretHash } from "./data-hash.js";
import { type ConfigPlan, planConfigRollout } from "./plan.js";
import { configReferences } from "./references.js";

/** A kind whose objects make pods from a template, and roll when it changes. */
export interface Workload extends ApiObject {
  spec: { template: PodTemplateSpec | undefined } | undefined;
}

export interface ConfigRolloutDeps<T extends Workload> {
  readonly kind: Kind<T>;
  readonly workloads: Lister<T>;
  readonly configMaps: Lister<ConfigMap>;
  readonly secrets: Lister<Secret>;
  readonly client: ResourceClient<T>;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

// However often configuration changes, a workload is rolled for it no more often than this.
const betweenRolloutsMs = 5_000;

/** Rolls workloads that ask for it when their configuration changes: `plan.ts` decides, this class writes. */
export class ConfigRolloutReconciler<T extends Workload> implements Reconciler {
  /** When each was rolled last, by the monotonic clock. */
  private readonly rolledAtMs = new Map<string, number>();
  /** What each was told of its annotation, not to be told again each time that it is looked at. */
  private readonly toldOf = new Map<string, string>();

  constructor(private readonly deps: ConfigRolloutDeps<T>) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { workloads, clock } = this.deps;
    const workload = workloads.get(key);
    if (workload === undefined) {
      this.rolledAtMs.delete(formatKey(key));
      this.toldOf.delete(formatKey(key));
      return {};
    }
    const { annotations, deletionTimestamp } = workload.metadata;
    if (annotations[rolloutOnConfigChangeAnnotation] === undefined || deletionTimestamp !== undefined) return {};
    const plan = this.plan(workload);
    if (plan === undefined) return {};
    if (plan.kind === "roll") {
      const waitMs = (this.rolledAtMs.get(formatKey(key)) ?? Number.NEGATIVE_INFINITY) + betweenRolloutsMs - clock.monotonicMs();
      if (waitMs > 0) return { requeueAfterMs: waitMs };
    }
    await this.carryOut(workload, plan, signal);
    return {};
  }

  private plan(workload: Whole<T>): ConfigPlan {
    const { annotations } = workload.metadata;
    const template = templateOf(workload);
    const { references, meaningless } = configReferences(annotations[rolloutOnConfigChangeAnnotation], template?.spec);
    this.tellMeaningless(workload, meaningless.join(", "));
    return planConfigRollout({
      references,
      hashOf: (reference) => this.hashOf(workload.metadata.namespace, reference),
      seen: annotations[configSeenAnnotation],
      rolledFor: template?.metadata?.annotations[configHashAnnotation],
    });
  }

  private tellMeaningless(workload: Whole<T>, parts: string): void {
    const key = formatKey(keyOf(workload));
    if (parts === (this.toldOf.get(key) ?? "")) return;
    this.toldOf.set(key, parts);
    if (parts === "") return;
    const message = `${rolloutOnConfigChangeAnnotation} is a list of true, configmap/NAME and secret/NAME, and not ${parts}`;
    this.tell(workload, "Warning", "InvalidConfigReference", message);
  }

  private hashOf(namespace: string, { kind, name }: ConfigReference): string | undefined {
    const { configMaps, secrets } = this.deps;
    if (kind === "secret") {
      const secret = secrets.get({ namespace, name });
      return secret === undefined ? undefined : secretHash(secret);
    }
    const configMap = configMaps.get({ namespace, name });
    return configMap === undefined ? undefined : configMapHash(configMap);
  }

  /** What was seen and what is rolled for it are one write: neither is ever there without the other. */
  private async carryOut(workload: Whole<T>, plan: NonNullable<ConfigPlan>, signal: AbortSignal): Promise<void> {
    const key = keyOf(workload);
    const { resourceVersion } = workload.metadata;
    const metadata = { resourceVersion, annotations: { [configSeenAnnotation]: plan.seen } };
    if (plan.kind === "record") {
      await this.deps.client.patch(key, "merge", { metadata }, { signal });
      return;
    }
    const template = { metadata: { annotations: { [configHashAnnotation]: plan.hash } } };
    await this.deps.client.patch(key, "merge", { metadata, spec: { template } }, { signal });
    this.rolledAtMs.set(formatKey(key), this.deps.clock.monotonicMs());
    this.tell(workload, "Normal", "ConfigChanged", `Rolling out, for there is a change of ${plan.changed.join(", ")}`);
  }

  private tell(object: Whole<T>, type: "Normal" | "Warning", reason: string, message: string): void {
    this.deps.events.event({ kind: this.deps.kind, object }, type, reason, message);
  }
}

/** A workload's template. */
export function templateOf<T extends Workload>(workload: Whole<T>): PodTemplateSpec | undefined {
  return (workload as { readonly spec?: { readonly template?: PodTemplateSpec | undefined } }).spec?.template;
}
