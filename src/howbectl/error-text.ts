import { type ApiError, isApiError, isInvalid, isUnauthorized } from "../api/errors.js";
import { isConnectionRefused, isUntrustedServer } from "../client/server-unreachable.js";
import { isHowbeconfigError } from "./howbeconfig-error.js";
import { isCommandFailure, isUsageError } from "./usage-error.js";

/**
 * What is printed for an error, in kubectl's words.
 *
 * @param doing what was being done, as `error when creating "f.yaml"`: stands between the reason and the message
 */
export function errorText(error: unknown, doing?: string): string {
  if (isInvalid(error)) return invalidText(error);
  if (isConnectionRefused(error) || isUntrustedServer(error)) return error.message;
  if (isUnauthorized(error)) return `error: You must be logged in to the server: ${error.message}`;
  if (isApiError(error)) {
    const context = doing === undefined ? "" : `${doing}: `;
    return `Error from server (${error.reason}): ${context}${error.message}`;
  }
  if (isUsageError(error)) {
    const hint = error.hint === undefined ? "" : `\n${error.hint}`;
    return `error: ${error.message}${hint}`;
  }
  if (isHowbeconfigError(error)) return `error: ${error.message}`;
  if (isCommandFailure(error)) return error.message;
  return unexpectedText(error);
}

function invalidText(error: ApiError): string {
  if (error.subject === undefined) return `The request is invalid: ${error.message}`;
  const head = `The ${error.subject.kind} "${error.subject.name}" is invalid: `;
  const causes = error.causes.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  if (causes.length === 0) return error.message;
  return causes.length === 1 ? `${head}${causes[0]}` : [head, ...causes.map((cause) => `* ${cause}`)].join("\n");
}

function unexpectedText(error: unknown): string {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error: howbectl met something it did not expect; please report it with the lines below and the command you ran.\n${detail}`;
}
