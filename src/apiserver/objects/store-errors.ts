import { alreadyExists, conflict, type ErrorSubject, expired, unavailable } from "../../api/errors.js";
import { isCompacted, isGuardFailure, isKeyExists, isRevisionMismatch, isStoreUnavailable } from "../../storage/errors.js";

/** What an error of the store means to a caller of the API; errors that are not the store's come back as they are. */
export function translateStoreError(error: unknown, subject: ErrorSubject): unknown {
  if (isKeyExists(error)) return alreadyExists(subject);
  if (isRevisionMismatch(error)) return conflict(subject);
  if (isGuardFailure(error)) return conflict(subject, "a condition of the write no longer holds: a newer leader or session has taken over");
  if (isCompacted(error)) return expired();
  if (isStoreUnavailable(error)) return unavailable("the store cannot be reached", error);
  return error;
}

/** Runs an operation of the store, its errors translated. */
export async function translated<Value>(subject: ErrorSubject, operation: Promise<Value>): Promise<Value> {
  try {
    return await operation;
  } catch (error: unknown) {
    throw translateStoreError(error, subject);
  }
}
