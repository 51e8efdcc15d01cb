import type { History, Observed, Operation, Request, WatchRecord } from "./operation.js";

type Write = Exclude<Request, { verb: "get" }>;

/**
 * The operations, where it has been found out what became of writes whose answer was lost: each wrote a number that
 * nobody else ever wrote, so a watch that has been there from the beginning tells whether, and at which revision, it took
 * effect. Such a write then has an answer, though it came to nobody. One that was never seen is left out, if one watch
 * has gone from the beginning to the end; a watch that had to begin anew does not know what it missed. What became of a
 * lost deletion nobody can tell: it stays as it is.
 *
 * Without this a run with some dozens of lost answers may have more orders than can be searched. A watch that missed a
 * change can make an order look impossible which is not: that, too, is a fault.
 */
export function settleUnanswered({ operations, watches }: History): readonly Operation[] {
  const revisions = revisionsTold(operations, watches);
  const [first, last] = [Math.min(...revisions), Math.max(...revisions)];
  const complete = watches.filter(({ from, initial }) => initial.length === 0 && from < first);
  if (complete.length === 0) return operations;
  const seen = new Map(complete.flatMap(({ events }) => events.map((event) => [`${event.revision} ${event.key}`, event] as const)));
  const changes = [...seen.values()].sort((left, right) => left.revision - right.revision);
  const sawAll = complete.some(({ until }) => until >= last);
  return operations.flatMap((operation) => settle(operation, changes, sawAll));
}

/** Of all changes that anybody was told of. */
function revisionsTold(operations: readonly Operation[], watches: readonly WatchRecord[]): readonly number[] {
  const answered = operations.flatMap(({ outcome }) => (outcome.result === "ok" ? [outcome.revision] : []));
  const seen = watches.flatMap(({ initial, events }) => [...initial, ...events]).map(({ revision }) => revision);
  return [...answered, ...seen];
}

function settle(operation: Operation, changes: readonly Observed[], sawAll: boolean): readonly Operation[] {
  const { key, request, outcome } = operation;
  if (outcome.result !== "unknown" || request.verb === "get" || request.verb === "delete") return [operation];
  const effect = changes.find((change) => change.key === key && change.type !== "deleted" && shows(change, operation.client, request));
  if (effect === undefined) return sawAll ? [] : [operation];
  const { revision, fields } = effect;
  // Nobody waited for it: it binds nothing that was called later.
  return [{ ...operation, outcome: { result: "ok", revision, fields }, returned: Number.MAX_SAFE_INTEGER }];
}

/** Whether a change shows the number that the write alone has. */
function shows({ fields }: Observed, client: string, request: Exclude<Write, { verb: "delete" }>): boolean {
  if (request.verb === "patch") return fields[request.field] === request.value;
  const own = request.fields[client];
  return own !== undefined && fields[client] === own;
}
