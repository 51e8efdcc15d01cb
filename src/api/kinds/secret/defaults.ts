import type { Secret } from "../../../gen/howbernetes/core/v1/secret.js";
import type { Whole } from "../../object.js";

/** Fills in the type, and moves `stringData`, which is never stored, over `data`. */
export function applySecretDefaults(draft: Whole<Secret>): void {
  for (const [key, text] of Object.entries(draft.stringData)) draft.data[key] = Buffer.from(text);
  draft.stringData = {};
  draft.type ||= "Opaque";
}
