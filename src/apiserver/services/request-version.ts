import { badRequest } from "../../api/errors.js";
import type { Freshness } from "../../storage/cacher/interface.js";
import type { Revision } from "../../storage/interface.js";

/** Reads a resourceVersion that must be a revision of the store. @throws ApiError BadRequest, in the words of Kubernetes' parser */
export function parseVersion(text: string): Revision {
  const isNumber = /^\d{1,20}$/.test(text);
  if (isNumber && Number.isSafeInteger(Number(text))) return Number(text);
  const quoted = JSON.stringify(text.slice(0, 100));
  const fault = isNumber ? "value out of range" : "invalid syntax";
  throw badRequest(`invalid resource version: resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: ${fault}`);
}

/** How fresh a read must be: "" as fresh as the store, "0" whatever there is, else not older. @throws ApiError BadRequest */
export function freshnessOf(resourceVersion: string): Freshness {
  if (resourceVersion === "") return { kind: "latest" };
  const revision = parseVersion(resourceVersion);
  return revision === 0 ? { kind: "any" } : { kind: "notOlderThan", revision };
}
