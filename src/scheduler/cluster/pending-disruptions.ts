/**
 * Pods that are made to leave, as long as their budgets do not show it: decisions follow one another faster than budgets
 * are counted, and two that each take what is allowed would take too much.
 */
export class PendingDisruptions {
  private readonly pods = new Map<string, { readonly budgets: Set<string>; isGoing: boolean }>();
  private readonly counts = new Map<string, number>();

  /** How many of a budget's pods it does not show yet. */
  count(budgetUid: string): number {
    return this.counts.get(budgetUid) ?? 0;
  }

  has(podUid: string, budgetUid: string): boolean {
    return this.pods.get(podUid)?.budgets.has(budgetUid) ?? false;
  }

  /** A pod that these budgets protect is made to leave. */
  add(podUid: string, budgetUids: readonly string[]): void {
    this.delete(podUid);
    if (budgetUids.length === 0) return;
    this.pods.set(podUid, { budgets: new Set(budgetUids), isGoing: false });
    for (const uid of budgetUids) this.counts.set(uid, this.count(uid) + 1);
  }

  /** A pod is seen to be going: what its budgets say after that, they say knowing it. */
  going(podUid: string): void {
    const pod = this.pods.get(podUid);
    if (pod !== undefined) pod.isGoing = true;
  }

  /** A budget has been counted. */
  counted(budgetUid: string): void {
    for (const [podUid, { budgets, isGoing }] of this.pods) {
      if (!isGoing || !budgets.delete(budgetUid)) continue;
      this.decrement(budgetUid);
      if (budgets.size === 0) this.pods.delete(podUid);
    }
  }

  /** A pod has gone, or stays after all. @returns whether it was pending */
  delete(podUid: string): boolean {
    for (const uid of this.pods.get(podUid)?.budgets ?? []) this.decrement(uid);
    return this.pods.delete(podUid);
  }

  private decrement(budgetUid: string): void {
    const count = this.count(budgetUid) - 1;
    if (count > 0) this.counts.set(budgetUid, count);
    else this.counts.delete(budgetUid);
  }
}
