import { isBadRequest, isForbidden, isInvalid } from "../api/errors.js";

/** The server has understood and refused: asking again for the same is of no use. */
export function isRefusal(error: unknown): boolean {
  return isInvalid(error) || isForbidden(error) || isBadRequest(error);
}
