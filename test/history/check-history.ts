import { findNonlinearizable } from "./linearizability.js";
import { type History, sameFields } from "./operation.js";
import { settleUnanswered } from "./settle-unanswered.js";
import { findWatchFaults } from "./watch-streams.js";

/** Everything that a history shows to be wrong: nothing, when every operation and every watch can be explained. */
export function faultsOf(history: History): readonly string[] {
  const order = findNonlinearizable(settleUnanswered(history));
  return [...(order === undefined ? [] : [order]), ...sharedRevisions(history), ...findWatchFaults(history)];
}

/** Of one key a revision belongs to one write: two that were both told the same one cannot both have happened. */
function sharedRevisions({ operations }: History): readonly string[] {
  const owners = new Map<string, (typeof operations)[number]>();
  const faults: string[] = [];
  for (const operation of operations) {
    const { request, outcome, key, client } = operation;
    if (outcome.result !== "ok" || request.verb === "get") continue;
    const version = `${key} at revision ${outcome.revision}`;
    const other = owners.get(version);
    const isSame = other?.outcome.result === "ok" && sameFields(other.outcome.fields, outcome.fields);
    if (other !== undefined && !isSame) faults.push(`${version} was told to ${other.client} and to ${client}`);
    owners.set(version, operation);
  }
  return faults;
}
