import { labelKeys } from "../identity.js";
import type { RuntimeEvent } from "../interface.js";

/** Reads one line of the engine's event stream; undefined when it is not about a container of a pod. */
export function parseEvent(line: string): RuntimeEvent | undefined {
  if (line.trim() === "") return undefined;
  const event = JSON.parse(line) as {
    readonly Action?: string;
    readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> };
  };
  const podUid = event.Actor?.Attributes?.[labelKeys.podUid];
  const containerId = event.Actor?.ID;
  if (podUid === undefined || containerId === undefined) return undefined;
  return { containerId, podUid, type: typeOf(event.Action ?? "") };
}

function typeOf(action: string): RuntimeEvent["type"] {
  return action === "start" || action === "die" || action === "destroy" ? action : "other";
}
