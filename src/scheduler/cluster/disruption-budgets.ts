import type { Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { PodDisruptionBudget } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import type { PodInfo } from "./pod-info.js";

/** What a PodDisruptionBudget says of the pods that it protects. */
export interface BudgetInfo {
  readonly uid: string;
  /** How many of them may go. */
  readonly allowed: number;
  /** Names of pods that go already and have been taken from `allowed`. */
  readonly disrupted: ReadonlySet<string>;
}

interface Budget extends BudgetInfo {
  matches(labels: Readonly<Record<string, string>>): boolean;
}

/**
 * The PodDisruptionBudgets, by namespace.
 * Unlike Kubernetes: one with an empty selector protects all pods of its namespace here too, as it does from evictions.
 */
export class DisruptionBudgets {
  /** Grows with every change. */
  generation = 0;
  private readonly byNamespace = new Map<string, Map<string, Budget>>();

  set({ metadata, spec, status }: Whole<PodDisruptionBudget>): void {
    this.generation++;
    const { namespace, name, uid } = metadata;
    const selector = compileLabelSelector(spec.selector);
    const budgets = this.byNamespace.get(namespace) ?? new Map<string, Budget>();
    this.byNamespace.set(namespace, budgets);
    budgets.set(name, {
      uid,
      allowed: status.disruptionsAllowed ?? 0,
      disrupted: new Set(Object.keys(status.disruptedPods)),
      matches: (labels) => selector.matches(labels),
    });
  }

  delete({ metadata: { namespace, name } }: Whole<PodDisruptionBudget>): void {
    this.generation++;
    const budgets = this.byNamespace.get(namespace);
    budgets?.delete(name);
    if (budgets?.size === 0) this.byNamespace.delete(namespace);
  }

  /** Those that protect a pod. */
  of({ pod: { metadata } }: PodInfo): readonly BudgetInfo[] {
    const budgets = this.byNamespace.get(metadata.namespace);
    if (budgets === undefined) return [];
    return [...budgets.values()].filter((budget) => budget.matches(metadata.labels));
  }
}
