import { formatKey, type ObjectKey } from "../../api/object.js";
import { TerminalError } from "../../client/controller-loop.js";
import { isLastingRefusal } from "../refusal.js";

/**
 * Ends a reconcile in which something failed: to be tried again, unless the server will refuse the same until the owner
 * changes.
 * @throws TerminalError, or the first failure; nothing when there is none
 */
export function throwFailures(failures: readonly unknown[], owner: ObjectKey): void {
  const [first] = failures;
  if (first === undefined) return;
  if (failures.every(isLastingRefusal)) throw new TerminalError(`the pods of ${formatKey(owner)} are refused`, { cause: first });
  throw first;
}
