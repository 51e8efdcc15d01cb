import type { Whole } from "../../src/api/object.js";
import { intOrString } from "../../src/api/values/int-or-string.js";
import { PodDisruptionBudget, type PodDisruptionBudgetStatus } from "../../src/gen/howbernetes/policy/v1/pod_disruption_budget.js";
import { type MetadataOptions, metadata } from "./metadata.js";

/** What a test may say of a PodDisruptionBudget. */
export interface PodDisruptionBudgetOptions extends MetadataOptions {
  /** { app: name } by default. */
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly unhealthyPodEvictionPolicy?: "AlwaysAllow" | "IfHealthyBudget";
  readonly status?: Partial<PodDisruptionBudgetStatus>;
}

/** A budget named web of the pods labelled { app: "web" }, without bounds. */
export function podDisruptionBudget(options: PodDisruptionBudgetOptions = {}): Whole<PodDisruptionBudget> {
  const { name = "web", minAvailable, maxUnavailable, unhealthyPodEvictionPolicy } = options;
  return PodDisruptionBudget.fromPartial({
    metadata: metadata(options, { name, namespace: "default" }),
    spec: {
      selector: { matchLabels: { ...(options.matchLabels ?? { app: name }) } },
      minAvailable: minAvailable === undefined ? undefined : intOrString(minAvailable),
      maxUnavailable: maxUnavailable === undefined ? undefined : intOrString(maxUnavailable),
      unhealthyPodEvictionPolicy,
    },
    status: { ...options.status },
  }) as Whole<PodDisruptionBudget>;
}
