/** Which pods wait for which others to leave their nodes. */
export class Departures {
  private readonly awaited = new Map<string, Set<string>>();
  private readonly waitingFor = new Map<string, Set<string>>();

  /** A pod waits for these to have left, and no more for those before. */
  await(uid: string, leaving: readonly string[]): void {
    this.forget(uid);
    this.awaited.set(uid, new Set(leaving));
    for (const other of leaving) this.waitingFor.set(other, (this.waitingFor.get(other) ?? new Set<string>()).add(uid));
  }

  /** A pod has left. @returns those that waited for it alone */
  left(uid: string): readonly string[] {
    const waiting = [...(this.waitingFor.get(uid) ?? [])];
    this.waitingFor.delete(uid);
    return waiting.filter((other) => {
      const awaited = this.awaited.get(other);
      return awaited?.delete(uid) === true && awaited.size === 0;
    });
  }

  /** Whether all that a pod waited for have left. */
  areOver(uid: string): boolean {
    return (this.awaited.get(uid)?.size ?? 0) === 0;
  }

  /** A pod waits for nobody any more. */
  forget(uid: string): void {
    for (const other of this.awaited.get(uid) ?? []) {
      const waiting = this.waitingFor.get(other);
      waiting?.delete(uid);
      if (waiting?.size === 0) this.waitingFor.delete(other);
    }
    this.awaited.delete(uid);
  }
}
