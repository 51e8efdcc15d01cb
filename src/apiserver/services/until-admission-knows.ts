import type { Kind } from "../../api/kinds/kind.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import type { ResourcesDeps } from "./resources-deps.js";

/**
 * Waits until admission goes by a write, if it goes by its kind at all: whoever has been told that there is a quota or a
 * limit may count on it from then on, at this api-server; others follow within milliseconds.
 */
export async function untilAdmissionKnows(
  { admission, caches }: Pick<ResourcesDeps, "admission" | "caches">,
  { revision }: CachedObject,
  { kind, dryRun, signal }: { readonly kind: Kind; readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<void> {
  if (dryRun || !admission.readsFrom(kind)) return;
  await caches.of(kind).reach({ kind: "notOlderThan", revision }, signal);
}
