import { expect } from "chai";
import { type ApiError, isApiError } from "../../../src/api/errors.js";

/** What a call is refused with. */
export async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) throw new Error("the call was not refused");
  if (!isApiError(error)) throw error;
  expect(error.reason, error.message).to.not.equal("InternalError");
  return error;
}
