import { findNonlinearizable } from "./linearizability.js";
import { type History, sameFields } from "./operation.js";
import { settleUnanswered } from "./settle-unanswered.js";
import { findWatchFaults } from "./watch-streams.js";

/** Everything that a history shows to be wrong: nothing, when every operation and every watch can be explained. */
export function faultsOf(history: History): readonly string[] {
  const order = findNonlinearizable(settleUnanswered(history));
  return [...(order === undefined ? [] : [order]), ...sharedRevisions(history), ...findWatchFaults(history)];
}

/** A revision belongs to one write: two that were both told the same one cannot both have happened. */
function sharedRevisions({ operations }: History): readonly string[] {
  const owners = new Map<number, (typeof operations)[number]>();
  const faults: string[] = [];
  for (const operation of operations) {
    const { request, outcome, key, client } = operation;
    if (outcome.result !== "ok" || request.verb === "get") continue;
    const other = owners.get(outcome.revision);
    const isSame = other?.outcome.result === "ok" && other.key === key && sameFields(other.outcome.fields, outcome.fields);
    if (other !== undefined && !isSame) faults.push(`revision ${outcome.revision} was told to ${other.client} and to ${client}`);
    owners.set(outcome.revision, operation);
  }
  return faults;
}
