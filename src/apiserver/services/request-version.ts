import { badRequest } from "../../api/errors.js";
import type { Freshness } from "../../storage/cacher/interface.js";
import type { Revision } from "../../storage/interface.js";

/** Reads a resourceVersion that must be a revision of the store. @throws ApiError BadRequest */
export function parseVersion(text: string): Revision {
  const revision = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(revision)) return revision;
  throw badRequest(
    `resourceVersion: Invalid value: ${JSON.stringify(text.slice(0, 100))}: must be a resourceVersion as the server gave it`,
  );
}

/** How fresh a read must be: "" as fresh as the store, "0" whatever there is, else not older. @throws ApiError BadRequest */
export function freshnessOf(resourceVersion: string): Freshness {
  if (resourceVersion === "") return { kind: "latest" };
  const revision = parseVersion(resourceVersion);
  return revision === 0 ? { kind: "any" } : { kind: "notOlderThan", revision };
}
