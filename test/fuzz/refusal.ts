import { expect } from "chai";
import { type ApiError, isApiError } from "../../src/api/errors.js";
import { isAbort } from "../../src/base/abort.js";

/** What bad input may be answered with. Anything else (InternalError, Timeout, a thrown TypeError) is a fault of the server's. */
const refusals: ReadonlySet<string> = new Set([
  "Invalid",
  "BadRequest",
  "Forbidden",
  "NotFound",
  "AlreadyExists",
  "Conflict",
  "RequestEntityTooLarge",
  "MethodNotAllowed",
  "Expired",
]);

/** Runs a call that may be refused; gives the refusal, and fails on anything that is none. */
export async function refusalOf(call: () => Promise<unknown>): Promise<ApiError | undefined> {
  try {
    await call();
    return undefined;
  } catch (error: unknown) {
    if (!isApiError(error)) throw isAbort(error) ? new Error("the call was aborted") : error;
    expect(refusals.has(error.reason), `${error.reason}: ${error.message}`).to.equal(true);
    expect(error.message, "a refusal says why").to.not.equal("");
    if (error.reason === "Invalid") for (const cause of error.causes) expect(cause.path, error.message).to.be.a("string").that.is.not.empty;
    return error;
  }
}
