import type { Event } from "../../../gen/howbernetes/core/v1/event.js";
import type { Whole } from "../../object.js";

/** Fills in the type. Unlike Kubernetes, which stores an event of no type and prints nothing for it. */
export function applyEventDefaults(draft: Whole<Event>): void {
  draft.type ||= "Normal";
}
