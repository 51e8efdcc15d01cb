/** The key to be created is there already. */
export class KeyExistsError extends Error {
  override readonly name = "KeyExistsError";
}

/** The key is not of the revision that the write was conditional on; `actual` is what it is, 0 when absent. */
export class RevisionMismatchError extends Error {
  override readonly name = "RevisionMismatchError";
  constructor(
    readonly key: string,
    readonly actual: number,
  ) {
    super(`${key} is at revision ${actual}`);
  }
}

/** A guard of the write does not hold. */
export class GuardError extends Error {
  override readonly name = "GuardError";
  constructor(readonly key: string) {
    super(`the guard on ${key} does not hold`);
  }
}

/** History before `compactedRevision` has been dropped. */
export class CompactedError extends Error {
  override readonly name = "CompactedError";
  constructor(readonly compactedRevision: number) {
    super(`history before revision ${compactedRevision} has been compacted`);
  }
}

/** The revision asked for lies ahead of the store's, which is at `current`: it comes from another history. */
export class FutureRevisionError extends Error {
  override readonly name = "FutureRevisionError";
  constructor(
    readonly revision: number,
    readonly current: number,
  ) {
    super(`revision ${revision} is ahead of the store's, ${current}`);
  }
}

/** The store's directory is in use by the process `pid`. */
export class StoreLockedError extends Error {
  override readonly name = "StoreLockedError";
  constructor(
    readonly directory: string,
    readonly pid: number,
  ) {
    super(`the data directory ${directory} is in use by process ${pid}`);
  }
}

/** The store cannot be reached, or did not answer in time: nothing is known of the operation's fate. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

export const isKeyExists = (error: unknown): error is KeyExistsError => error instanceof KeyExistsError;
export const isRevisionMismatch = (error: unknown): error is RevisionMismatchError => error instanceof RevisionMismatchError;
export const isGuardFailure = (error: unknown): error is GuardError => error instanceof GuardError;
export const isCompacted = (error: unknown): error is CompactedError => error instanceof CompactedError;
export const isFutureRevision = (error: unknown): error is FutureRevisionError => error instanceof FutureRevisionError;
export const isStoreLocked = (error: unknown): error is StoreLockedError => error instanceof StoreLockedError;
export const isStoreUnavailable = (error: unknown): error is StoreUnavailableError => error instanceof StoreUnavailableError;
