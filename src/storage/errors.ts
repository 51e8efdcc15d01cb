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

/** The store cannot be reached, or did not answer in time: nothing is known of the operation's fate. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

export const isKeyExists = (error: unknown): error is KeyExistsError => error instanceof KeyExistsError;
export const isRevisionMismatch = (error: unknown): error is RevisionMismatchError => error instanceof RevisionMismatchError;
export const isGuardFailure = (error: unknown): error is GuardError => error instanceof GuardError;
export const isCompacted = (error: unknown): error is CompactedError => error instanceof CompactedError;
export const isStoreUnavailable = (error: unknown): error is StoreUnavailableError => error instanceof StoreUnavailableError;
