import type { Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { PodDisruptionBudget } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import { PendingDisruptions } from "./pending-disruptions.js";
import type { PodInfo } from "./pod-info.js";

/** What a PodDisruptionBudget says of the pods that it protects. */
export interface BudgetInfo {
  readonly uid: string;
  /** How many of them may go, besides those that are made to already. */
  readonly allowed: number;
}

interface Budget extends BudgetInfo {
  /** Names of pods that go already and have been taken from `allowed`. */
  readonly disrupted: ReadonlySet<string>;
  matches(labels: Readonly<Record<string, string>>): boolean;
}

/**
 * The PodDisruptionBudgets, by namespace.
 * Unlike Kubernetes: one with an empty selector protects all pods of its namespace here too, as it does from evictions;
 * and what was taken from a budget counts before its status shows it.
 */
export class DisruptionBudgets {
  /** Grows with every change. */
  generation = 0;
  private readonly byNamespace = new Map<string, Map<string, Budget>>();
  private readonly pending = new PendingDisruptions();

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
    this.pending.counted(uid);
  }

  delete({ metadata: { namespace, name } }: Whole<PodDisruptionBudget>): void {
    this.generation++;
    const budgets = this.byNamespace.get(namespace);
    budgets?.delete(name);
    if (budgets?.size === 0) this.byNamespace.delete(namespace);
  }

  /** Those that protect a pod, unless its going is counted already. */
  of({ uid, pod: { metadata } }: PodInfo): readonly BudgetInfo[] {
    const budgets = this.byNamespace.get(metadata.namespace);
    if (budgets === undefined) return [];
    return [...budgets.values()]
      .filter((budget) => budget.matches(metadata.labels) && !budget.disrupted.has(metadata.name) && !this.pending.has(uid, budget.uid))
      .map((budget) => ({ uid: budget.uid, allowed: budget.allowed - this.pending.count(budget.uid) }));
  }

  /** A pod is made to leave. */
  take(pod: PodInfo): void {
    const budgets = this.of(pod).map(({ uid }) => uid);
    if (budgets.length === 0) return;
    this.pending.add(pod.uid, budgets);
    this.generation++;
  }

  /** A pod is seen to be going. */
  going(podUid: string): void {
    this.pending.going(podUid);
  }

  /** A pod has gone, or stays after all. */
  giveBack(podUid: string): void {
    if (this.pending.delete(podUid)) this.generation++;
  }
}
