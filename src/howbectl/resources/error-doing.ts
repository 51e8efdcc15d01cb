import { isApiError } from "../../api/errors.js";
import { errorText } from "../error-text.js";
import { concernsOneObject } from "../failures.js";
import { CommandFailure } from "../usage-error.js";

/**
 * Does something and, should the server refuse it, says what was being done, as `error when creating "f.yaml"`: for
 * commands that do several things with one manifest.
 *
 * @throws CommandFailure instead of the server's error; errors of the connection stay what they are
 */
export async function errorDoing<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error: unknown) {
    if (!isApiError(error) || !concernsOneObject(error)) throw error;
    throw new CommandFailure(errorText(error, doing));
  }
}
