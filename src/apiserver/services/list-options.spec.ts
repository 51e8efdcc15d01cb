import { expect } from "chai";
import { isBadRequest, isInvalid } from "../../api/errors.js";
import { ListRequest, WatchRequest } from "../../gen/howbernetes/api/v1/resources.js";
import { formatContinue } from "./continue-token.js";
import { planList, planWatch } from "./list-options.js";

const token = formatContinue({ revision: 7, after: "default/a" });
const inconsistentToken = formatContinue({ revision: undefined, after: "default/a" });
const options = 'ListOptions.meta.k8s.io "" is invalid: ';

/** The message of what `work` throws. */
function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error: unknown) {
    if (isInvalid(error) || isBadRequest(error)) return error.message;
    throw error;
  }
  throw new Error("it was not refused");
}

describe("planList", () => {
  const latest = { from: "present", freshness: { kind: "latest" } };
  const any = { from: "present", freshness: { kind: "any" } };
  const notOlder = { from: "present", freshness: { kind: "notOlderThan", revision: 5 } };
  const exactly = { from: "past", revision: 5 };
  const plans: readonly (readonly [Partial<ListRequest>, object])[] = [
    [{}, latest],
    [{ limit: 2 }, latest],
    [{ resourceVersion: "0" }, any],
    [{ resourceVersion: "0", limit: 2 }, any],
    [{ resourceVersion: "0", resourceVersionMatch: "NotOlderThan" }, any],
    [{ resourceVersion: "5" }, notOlder],
    [{ resourceVersion: "5", limit: 2 }, exactly],
    [{ resourceVersion: "5", resourceVersionMatch: "NotOlderThan" }, notOlder],
    [{ resourceVersion: "5", resourceVersionMatch: "NotOlderThan", limit: 2 }, notOlder],
    [{ resourceVersion: "5", resourceVersionMatch: "Exact" }, exactly],
    [{ resourceVersion: "5", resourceVersionMatch: "Exact", limit: 2 }, exactly],
    [{ continue: token }, { from: "token", revision: 7, after: "default/a" }],
    [
      { continue: token, resourceVersion: "0", limit: 2 },
      { from: "token", revision: 7, after: "default/a" },
    ],
    [{ continue: inconsistentToken }, { from: "token", revision: undefined, after: "default/a" }],
  ];
  for (const [request, plan] of plans) {
    it(`reads ${JSON.stringify(request).slice(0, 90)} from ${(plan as { from: string }).from}`, () => {
      expect(planList(ListRequest.fromPartial(request))).to.deep.equal(plan);
    });
  }

  const unset = "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided";
  const refusals: readonly (readonly [Partial<ListRequest>, string])[] = [
    [{ resourceVersionMatch: "Exact" }, `${options}${unset}`],
    [{ resourceVersionMatch: "NotOlderThan", limit: 2 }, `${options}${unset}`],
    [
      { resourceVersionMatch: "Exact", resourceVersion: "0" },
      `${options}resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"`,
    ],
    [
      { resourceVersionMatch: "Newest", resourceVersion: "5" },
      `${options}resourceVersionMatch: Unsupported value: "Newest": supported values: "Exact", "NotOlderThan", ""`,
    ],
    [
      { resourceVersionMatch: "Exact", continue: token },
      `${options}[${unset}, resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided]`,
    ],
    [{ continue: token, resourceVersion: "5" }, "specifying resource version is not allowed when using continue"],
    [
      { resourceVersion: "abc" },
      'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    [
      { resourceVersion: "99999999999999999999" },
      'invalid resource version: resourceVersion: Invalid value: "99999999999999999999": strconv.ParseUint: parsing "99999999999999999999": value out of range',
    ],
  ];
  for (const [request, message] of refusals) {
    it(`refuses ${JSON.stringify(request).slice(0, 90)}`, () => {
      expect(refusalOf(() => planList(ListRequest.fromPartial(request)))).to.equal(message);
    });
  }
});

describe("planWatch", () => {
  const state = { after: undefined, markInitialEnd: false, timeoutMs: undefined };
  const latest = { kind: "latest" };
  const at5 = { kind: "notOlderThan", revision: 5 };
  const marked = { sendInitialEvents: true, resourceVersionMatch: "NotOlderThan", allowBookmarks: true };
  const plans: readonly (readonly [Partial<WatchRequest>, object])[] = [
    [{}, { ...state, freshness: latest }],
    [{ resourceVersion: "0" }, { ...state, freshness: { kind: "any" } }],
    [{ resourceVersion: "5" }, { ...state, after: 5, freshness: at5 }],
    [
      { resourceVersion: "5", timeoutSeconds: 9 },
      { ...state, after: 5, freshness: at5, timeoutMs: 9_000 },
    ],
    [marked, { ...state, freshness: latest, markInitialEnd: true }],
    [
      { ...marked, resourceVersion: "0" },
      { ...state, freshness: { kind: "any" }, markInitialEnd: true },
    ],
    [
      { ...marked, resourceVersion: "5" },
      { ...state, freshness: at5, markInitialEnd: true },
    ],
    [
      { ...marked, allowBookmarks: false },
      { ...state, freshness: latest },
    ],
  ];
  for (const [request, plan] of plans) {
    it(`reads ${JSON.stringify(request)}`, () => {
      expect(planWatch(WatchRequest.fromPartial(request))).to.deep.equal(plan);
    });
  }

  const needsMatch = "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
  const needsState = "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
  const refusals: readonly (readonly [Partial<WatchRequest>, string])[] = [
    [{ sendInitialEvents: true }, `${options}${needsMatch}`],
    [
      { sendInitialEvents: true, resourceVersionMatch: "Exact" },
      `${options}[${needsMatch}, resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan"]`,
    ],
    [{ resourceVersionMatch: "NotOlderThan", resourceVersion: "5" }, `${options}${needsState}`],
    [{ timeoutSeconds: -1 }, `${options}timeoutSeconds: Invalid value: -1: must be greater than or equal to 0`],
    [
      { resourceVersion: "-1" },
      'invalid resource version: resourceVersion: Invalid value: "-1": strconv.ParseUint: parsing "-1": invalid syntax',
    ],
  ];
  for (const [request, message] of refusals) {
    it(`refuses ${JSON.stringify(request)}`, () => {
      expect(refusalOf(() => planWatch(WatchRequest.fromPartial(request)))).to.equal(message);
    });
  }
});
