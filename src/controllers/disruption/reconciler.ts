import { isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { withFailedSync } from "../../api/kinds/poddisruptionbudget/disruption-allowed.js";
import { podDisruptionBudgetKind } from "../../api/kinds/poddisruptionbudget/kind.js";
import { formatKey, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { compileLabelSelector, formatLabelSelector } from "../../api/selectors/label-selector.js";
import type { Clock } from "../../base/clock.js";
import type { EventRecorder, Informer, Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import { writeCurrentStatus } from "../write-status.js";
import { type Expectation, expectationOf, type ScaleOf, UncountableError } from "./expected-pods.js";
import { planBudget } from "./plan.js";

export interface DisruptionDeps {
  readonly budgets: Informer<PodDisruptionBudget>;
  readonly pods: Lister<Pod>;
  readonly scaleOf: ScaleOf;
  readonly client: ResourceClient<PodDisruptionBudget>;
  readonly ownWrites: OwnWrites;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/** Keeps each budget's status true: what there is of its pods, and how many may go. */
export class DisruptionReconciler implements Reconciler {
  constructor(private readonly deps: DisruptionDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { budgets, pods, ownWrites, clock } = this.deps;
    await budgets.reached(ownWrites.lastRevision(key), signal);
    const budget = budgets.get(key);
    if (budget === undefined) {
      ownWrites.forget(key);
      return {};
    }
    const selector = compileLabelSelector(budget.spec.selector);
    const selected = pods.list(key.namespace).filter(({ metadata }) => selector.matches(metadata.labels));
    if (selected.length === 0) this.tell(budget, "Normal", "NoPods", "No matching pods found");

    const expectation = this.expectation(budget, selected);
    if (expectation instanceof UncountableError) {
      const conditions = withFailedSync(budget.status, expectation.message, clock.now());
      await this.write(budget, { ...budget.status, disruptionsAllowed: 0, conditions }, signal);
      return {};
    }
    const { status, notDeleted, recountInMs } = planBudget(budget, selected, expectation, clock.now());
    for (const pod of notDeleted) {
      const message = `Pod was expected by PDB ${formatKey(key)} to be deleted but it wasn't`;
      this.deps.events.event({ kind: podKind, object: pod }, "Warning", "NotDeleted", message);
    }
    await this.write(budget, status, signal);
    return recountInMs === undefined ? {} : { requeueAfterMs: recountInMs };
  }

  /** What the bounds come to, or why that cannot be said; either way the user is told what is wrong. */
  private expectation(budget: Whole<PodDisruptionBudget>, pods: readonly Whole<Pod>[]): Expectation | UncountableError {
    try {
      const expectation = expectationOf(budget, pods, this.deps.scaleOf);
      if (expectation.unmanaged.length > 0) this.tell(budget, "Warning", "UnmanagedPods", unmanagedMessage(budget));
      return expectation;
    } catch (error: unknown) {
      if (!(error instanceof UncountableError)) throw error;
      const message = `Failed to calculate the number of expected pods: ${error.message}`;
      this.tell(budget, "Warning", "CalculateExpectedPodCountFailed", message);
      return error;
    }
  }

  /** By compare-and-swap: evictions that were allowed meanwhile must not be forgotten. @throws ApiError Conflict */
  private async write(budget: Whole<PodDisruptionBudget>, status: PodDisruptionBudgetStatus, signal: AbortSignal): Promise<void> {
    try {
      const { metadata } = await writeCurrentStatus(this.deps.client, budget, status, signal);
      this.deps.ownWrites.record(keyOf(budget), metadata.resourceVersion);
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
    }
  }

  private tell(budget: Whole<PodDisruptionBudget>, type: "Normal" | "Warning", reason: string, message: string): void {
    this.deps.events.event({ kind: podDisruptionBudgetKind, object: budget }, type, reason, message);
  }
}

function unmanagedMessage({ spec }: Whole<PodDisruptionBudget>): string {
  return (
    `Pods selected by this PodDisruptionBudget (selector: ${formatLabelSelector(spec.selector)}) were found to be unmanaged. ` +
    "As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. " +
    'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.'
  );
}
