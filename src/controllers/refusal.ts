import { isBadRequest, isForbidden, isInvalid } from "../api/errors.js";

/** The server has understood and refused: nothing was stored. */
export function isRefusal(error: unknown): boolean {
  return isInvalid(error) || isForbidden(error) || isBadRequest(error);
}

/**
 * The server will refuse the same again until its author changes it. A Forbidden may be over when others have changed: a
 * quota has room again, a limit range is gone, a priority class is there.
 */
export function isLastingRefusal(error: unknown): boolean {
  return isInvalid(error) || isBadRequest(error);
}
