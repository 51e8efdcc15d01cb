import { Change, type Suggestion as SuggestionMessage } from "../../gen/howbernetes/placement/v1/placement_record.js";
import type { Remedy } from "../framework/refusal.js";
import type { Suggestion } from "./suggestions.js";

/** A suggestion, as users read it. */
export const suggestionOf = ({ text, nodeName, changes }: Suggestion): SuggestionMessage => ({
  text,
  nodeName,
  changes: changes.map(({ remedy, remove }) => changeOf(remedy, remove)),
});

// Whoever has to name more than these is better off with a selector.
const mostNamed = 100;

/** A change, as programs read it. `remove` names the pods that leave by it, if that is known. */
export function changeOf({ text, change }: Remedy, remove: readonly string[] = []): Change {
  switch (change.kind) {
    case "pod":
      return Change.fromPartial({ kind: change.kind, text, patch: JSON.stringify(change.patch) });
    case "node":
      return Change.fromPartial({ kind: change.kind, text, nodeName: change.node, command: [...change.command] });
    case "free": {
      const { node: nodeName, resource, amount } = change;
      return Change.fromPartial({ kind: change.kind, text, nodeName, resource, amount: Math.ceil(amount), remove: [...remove] });
    }
    case "pods":
      return Change.fromPartial({ kind: change.kind, text, nodeName: change.node, remove: change.remove.slice(0, mostNamed) });
  }
}
