import { badRequest, type FieldError, invalid } from "../../api/errors.js";
import { forbiddenField, invalidValue, unsupported } from "../../api/validation/field-error.js";
import type { ListRequest, WatchRequest } from "../../gen/howbernetes/api/v1/resources.js";
import type { Freshness } from "../../storage/cacher/interface.js";
import type { Revision } from "../../storage/interface.js";
import { parseContinue } from "./continue-token.js";
import { freshnessOf, parseVersion } from "./request-version.js";

/** Where a list is to be read. */
export type ListPlan =
  /** From the cache. */
  | { readonly from: "present"; readonly freshness: Freshness }
  /** From the store, as of a revision. */
  | { readonly from: "past"; readonly revision: Revision }
  /** From the store, after a key: as of the first page's revision or, undefined, as it is now. */
  | { readonly from: "token"; readonly revision: Revision | undefined; readonly after: string };

/** What a watch begins with, and how long it may last. */
export interface WatchPlan {
  /** Changes after this revision only; undefined for the present state first, which must be of `freshness`. */
  readonly after: Revision | undefined;
  readonly freshness: Freshness;
  readonly markInitialEnd: boolean;
  /** Undefined leaves it to the server. */
  readonly timeoutMs: number | undefined;
}

/** Decides where a list is read, by Kubernetes' rules for resourceVersion, its match, limit and continue. @throws ApiError Invalid, BadRequest */
export function planList(request: Pick<ListRequest, "limit" | "continue" | "resourceVersion" | "resourceVersionMatch">): ListPlan {
  const { resourceVersion: version } = request;
  refuse(listErrors(request));
  if (request.continue !== "") {
    const token = parseContinue(request.continue);
    if (version !== "" && version !== "0") throw badRequest("specifying resource version is not allowed when using continue");
    return { from: "token", ...token };
  }
  const freshness = freshnessOf(version);
  // Without a match, a page of a revision has always meant a page of exactly that one.
  const isExact = request.resourceVersionMatch === "Exact" || (request.resourceVersionMatch === "" && request.limit > 0);
  return isExact && freshness.kind === "notOlderThan" ? { from: "past", revision: freshness.revision } : { from: "present", freshness };
}

/** Decides what a watch begins with. @throws ApiError Invalid, BadRequest */
export function planWatch(request: WatchRequest): WatchPlan {
  const { resourceVersion: version, sendInitialEvents, allowBookmarks, timeoutSeconds } = request;
  refuse(watchErrors(request));
  const revision = version === "" ? 0 : parseVersion(version);
  const wantsState = sendInitialEvents || revision === 0;
  return {
    after: wantsState ? undefined : revision,
    freshness: freshnessOf(version),
    // The end is told by a bookmark: who wants no bookmarks is not told.
    markInitialEnd: sendInitialEvents && allowBookmarks,
    timeoutMs: timeoutSeconds === 0 ? undefined : timeoutSeconds * 1_000,
  };
}

function listErrors(request: Pick<ListRequest, "continue" | "resourceVersion" | "resourceVersionMatch">): FieldError[] {
  const { resourceVersion: version, resourceVersionMatch: match } = request;
  if (match === "") return [];
  const errors: FieldError[] = [];
  if (version === "") errors.push(forbiddenMatch("resourceVersionMatch is forbidden unless resourceVersion is provided"));
  if (request.continue !== "") errors.push(forbiddenMatch("resourceVersionMatch is forbidden when continue is provided"));
  if (match !== "Exact" && match !== "NotOlderThan")
    errors.push(unsupported(matchPath, match.slice(0, 100), ["Exact", "NotOlderThan", ""]));
  if (match === "Exact" && version === "0") {
    errors.push(forbiddenMatch('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  return errors;
}

function watchErrors({ resourceVersionMatch: match, sendInitialEvents, timeoutSeconds }: WatchRequest): FieldError[] {
  const errors: FieldError[] = [];
  if (sendInitialEvents && match !== "NotOlderThan") {
    errors.push(forbiddenMatch("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
  }
  if (!sendInitialEvents && match !== "") {
    errors.push(forbiddenMatch("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
  }
  if (match !== "" && match !== "NotOlderThan") errors.push(unsupported(matchPath, match.slice(0, 100), ["NotOlderThan"]));
  // Unlike Kubernetes, which ends such a watch at once.
  if (timeoutSeconds < 0) errors.push(invalidValue("timeoutSeconds", timeoutSeconds, "must be greater than or equal to 0"));
  return errors;
}

const matchPath = "resourceVersionMatch";

const forbiddenMatch = (detail: string): FieldError => forbiddenField(matchPath, detail);

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: "meta.k8s.io", kind: "ListOptions", name: "" }, errors);
}
