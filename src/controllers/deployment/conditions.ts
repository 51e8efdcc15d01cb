import { timeFromMs } from "../../api/values/time.js";
import type { DeploymentCondition } from "../../gen/howbernetes/apps/v1/deployment.js";

/** A status's conditions while they are worked out: times move only when something did. */
export class Conditions {
  private readonly byType: Map<string, DeploymentCondition>;

  constructor(
    conditions: readonly DeploymentCondition[],
    private readonly nowMs: number,
  ) {
    this.byType = new Map(conditions.map((condition) => [condition.type ?? "", condition]));
  }

  get(type: string): DeploymentCondition | undefined {
    return this.byType.get(type);
  }

  /** Sets a condition; one that stands with the same status and reason keeps its times. */
  set(type: string, status: string, reason: string, message: string): void {
    const before = this.byType.get(type);
    if (before?.status === status && before.reason === reason) {
      if (before.message !== message) this.byType.set(type, { ...before, message });
      return;
    }
    this.touch(type, status, reason, message);
  }

  /** Sets a condition and notes that there was news, also when it says what it said before. */
  touch(type: string, status: string, reason: string, message: string): void {
    const before = this.byType.get(type);
    const now = timeFromMs(this.nowMs);
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
    this.byType.set(type, { type, status, reason, message, lastUpdateTime: now, lastTransitionTime });
  }

  remove(type: string): void {
    this.byType.delete(type);
  }

  all(): DeploymentCondition[] {
    return [...this.byType.values()];
  }
}
