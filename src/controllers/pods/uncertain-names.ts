/**
 * Names of pods that may or may not have come into being, because the answer to their creation was lost. Kept by owner
 * and slot: each is tried again, for the same slot, before a new name is drawn, so that it never makes two.
 */
export class UncertainNames {
  private readonly byOwner = new Map<string, Map<string, string>>();

  add(ownerUid: string, name: string, slot: string): void {
    const names = this.byOwner.get(ownerUid) ?? new Map<string, string>();
    names.set(name, slot);
    this.byOwner.set(ownerUid, names);
  }

  /**
   * Takes a name to be tried again. It is not looked for in a cache here: the plan was made when the cache did not show
   * it, and counts on its pod.
   */
  take(ownerUid: string, slot: string): string | undefined {
    const names = this.byOwner.get(ownerUid);
    for (const [name, of] of names ?? []) {
      if (of !== slot) continue;
      names?.delete(name);
      return name;
    }
    return undefined;
  }

  /** The pod of that name has been seen: there is nothing uncertain about it. */
  seen(ownerUid: string, name: string): void {
    this.byOwner.get(ownerUid)?.delete(name);
  }

  /** The owner is gone. */
  forget(ownerUid: string): void {
    this.byOwner.delete(ownerUid);
  }
}
