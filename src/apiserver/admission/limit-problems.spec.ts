import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { quantities } from "../../../test/builders/quantities.js";
import type { LimitRangeItem } from "../../gen/howbernetes/core/v1/limit_range.js";
import { LimitRange } from "../../gen/howbernetes/core/v1/limit_range.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { limitProblems } from "./limit-problems.js";

type Texts = Readonly<Record<string, string>>;

function item(type: string, bounds: Readonly<Record<string, Texts>>): LimitRangeItem {
  const limits = [{ type, ...Object.fromEntries(Object.entries(bounds).map(([name, texts]) => [name, quantities(texts)])) }];
  return LimitRange.fromPartial({ spec: { limits } }).spec?.limits[0] as LimitRangeItem;
}

function podOf(...containers: readonly { readonly requests?: Texts; readonly limits?: Texts }[]): PodSpec {
  const spec = {
    containers: containers.map(({ requests = {}, limits = {} }, index) => ({
      name: `c${index}`,
      resources: { requests: quantities(requests), limits: quantities(limits), claims: [] },
    })),
  };
  return pod({ spec: spec as never }).spec;
}

describe("limitProblems", () => {
  const small = { requests: { cpu: "50m" }, limits: { cpu: "100m" } };
  const cases: readonly (readonly [what: string, item: LimitRangeItem, spec: PodSpec, problems: readonly string[]])[] = [
    ["within its bounds", item("Container", { min: { cpu: "50m" }, max: { cpu: "100m" } }), podOf(small), []],
    [
      "a request below the minimum",
      item("Container", { min: { cpu: "60m" } }),
      podOf(small),
      ["minimum cpu usage per Container is 60m, but request is 50m"],
    ],
    [
      "no request",
      item("Container", { min: { memory: "1Mi" } }),
      podOf(small),
      ["minimum memory usage per Container is 1Mi.  No request is specified"],
    ],
    [
      "a limit below the minimum",
      item("Container", { min: { cpu: "60m" } }),
      podOf({ requests: { cpu: "60m" }, limits: { cpu: "55m" } }),
      ["minimum cpu usage per Container is 60m, but limit is 55m"],
    ],
    [
      "a limit above the maximum, in any container, once",
      item("Container", { max: { cpu: "90m" } }),
      podOf(small, small),
      ["maximum cpu usage per Container is 90m, but limit is 100m"],
    ],
    [
      "no limit",
      item("Container", { max: { memory: "1Gi" } }),
      podOf(small),
      ["maximum memory usage per Container is 1Gi.  No limit is specified"],
    ],
    [
      "a request above the maximum",
      item("Container", { max: { cpu: "90m" } }),
      podOf({ requests: { cpu: "95m" }, limits: { cpu: "90m" } }),
      ["maximum cpu usage per Container is 90m, but request is 95m"],
    ],
    [
      "a ratio above the maximum",
      item("Container", { maxLimitRequestRatio: { cpu: "1500m" } }),
      podOf(small),
      ["cpu max limit to request ratio per Container is 1500m, but provided ratio is 2.000000"],
    ],
    [
      "a ratio to nothing",
      item("Container", { maxLimitRequestRatio: { memory: "2" } }),
      podOf(small),
      ["memory max limit to request ratio per Container is 2, but no request is specified or request is 0"],
    ],
    [
      "all that is wrong at once",
      item("Container", { min: { cpu: "60m" }, max: { cpu: "90m" } }),
      podOf(small),
      ["minimum cpu usage per Container is 60m, but request is 50m", "maximum cpu usage per Container is 90m, but limit is 100m"],
    ],
    [
      "the containers together",
      item("Pod", { max: { cpu: "150m" } }),
      podOf(small, small),
      ["maximum cpu usage per Pod is 150m, but limit is 200m"],
    ],
    ["limits on claims, which pods are not", item("PersistentVolumeClaim", { max: { storage: "1Gi" } }), podOf(small), []],
  ];
  for (const [what, limit, spec, problems] of cases) {
    it(what, () => expect(limitProblems(spec, [limit])).to.deep.equal(problems));
  }
});
