import { expect } from "chai";
import { birthMs, type JobOptions, job, type PodOptions, pod } from "../../../test/builders/index.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { noFailures } from "./failure-backoff.js";
import { planPods } from "./plan.js";
import { completionIndexKey, ignoredIndexFailuresKey, indexFailuresKey, trackingFinalizer } from "./pod-facts.js";
import { viewJob } from "./view.js";

const nowMs = birthMs + 100_000;
const unseen = { doomed: new Set<string>(), released: new Set<string>() };

describe("planPods", () => {
  const ours = (options: PodOptions): Whole<Pod> => pod({ finalizers: [trackingFinalizer], ...options });
  const active = (name: string, options: PodOptions = {}): Whole<Pod> => ours({ name, ...options });
  const succeeded = (name: string): Whole<Pod> => ours({ name, phase: "Succeeded" });
  const at = (index: number | string, options: PodOptions = {}): Whole<Pod> =>
    ours({ name: `at-${index}`, ...options, annotations: { [completionIndexKey]: String(index), ...options.annotations } });
  const indexed = (completions: number, options: JobOptions = {}): JobOptions => ({
    completions,
    parallelism: completions,
    ...options,
    spec: { completionMode: "Indexed", ...options.spec },
  });
  const failedAt = (index: number, { secondsAgo = 0, failures = "0", ignored = "0" }): Whole<Pod> =>
    at(index, {
      name: `failed-${index}-${failures}`,
      phase: "Failed",
      annotations: { [indexFailuresKey]: failures, [ignoredIndexFailuresKey]: ignored },
      readySinceMs: nowMs - secondsAgo * 1_000,
    });

  interface Case {
    readonly it: string;
    readonly of: JobOptions;
    readonly pods: readonly Whole<Pod>[];
    /** How many, or of which indexes. */
    readonly create?: number | readonly number[];
    readonly remove?: readonly string[];
    readonly failures?: { readonly count: number; readonly lastMs: number };
    readonly waitMs?: number;
  }
  const cases: readonly Case[] = [
    { it: "makes as many as may run side by side", of: { completions: 5, parallelism: 2 }, pods: [], create: 2 },
    {
      it: "makes no more than are still to succeed",
      of: { completions: 3, parallelism: 3 },
      pods: [succeeded("a"), succeeded("b")],
      create: 1,
    },
    { it: "counts successes that the status has", of: { completions: 3, parallelism: 3, status: { succeeded: 2 } }, pods: [], create: 1 },
    { it: "leaves those that run", of: { completions: 5, parallelism: 2 }, pods: [active("a"), active("b")] },
    {
      it: "removes what is too many, the least loss first",
      of: { completions: 5, parallelism: 1 },
      pods: [active("a"), active("b", { nodeName: "" })],
      remove: ["b"],
    },
    { it: "removes those that are not needed any more", of: { completions: 1 }, pods: [succeeded("a"), active("b")], remove: ["b"] },
    { it: "makes any number without completions", of: { completions: undefined, parallelism: 3 }, pods: [active("a")], create: 2 },
    {
      it: "makes none after the first success without completions",
      of: { completions: undefined, parallelism: 3 },
      pods: [succeeded("a"), active("b")],
    },
    {
      it: "removes all while suspended",
      of: { suspend: true, parallelism: 2, completions: 2 },
      pods: [active("a"), active("b")],
      remove: ["a", "b"],
    },
    { it: "does nothing for a Job that is going", of: { deleting: true }, pods: [] },
    {
      it: "waits after a failure",
      of: { completions: 1 },
      pods: [],
      failures: { count: 1, lastMs: nowMs - 4_000 },
      waitMs: 6_000,
    },
    { it: "goes on when the wait is over", of: { completions: 1 }, pods: [], failures: { count: 1, lastMs: nowMs - 10_000 }, create: 1 },
    { it: "replaces one that is going at once", of: { completions: 1 }, pods: [active("a", { deleting: true })], create: 1 },
    {
      it: "replaces one that is going only when it has gone, if told so",
      of: { completions: 1, spec: { podReplacementPolicy: "Failed" } },
      pods: [active("a", { deleting: true })],
    },
    { it: "makes the lowest indexes first", of: indexed(5, { parallelism: 2 }), pods: [], create: [0, 1] },
    {
      it: "makes the indexes that are missing",
      of: indexed(5, { status: { completedIndexes: "0,2" } }),
      pods: [at(3)],
      create: [1, 4],
    },
    {
      it: "removes pods without an index, of none that there is, and but one of each",
      of: indexed(2),
      pods: [at(0), at(0, { name: "double", ready: false }), active("none"), at(7), at("x")],
      remove: ["double", "none", "at-7", "at-x"],
    },
    {
      it: "does not give an index away that is still going, if told so",
      of: indexed(2, { spec: { podReplacementPolicy: "Failed" } }),
      pods: [at(0, { deleting: true })],
      create: [1],
    },
    {
      it: "does not try indexes again that have failed",
      of: indexed(4, { spec: { backoffLimitPerIndex: 0 }, status: { failedIndexes: "1" } }),
      pods: [failedAt(2, { secondsAgo: 50 })],
      create: [0, 3],
    },
    {
      it: "lets each index wait for itself",
      of: indexed(3, { parallelism: 2, spec: { backoffLimitPerIndex: 5 } }),
      pods: [failedAt(0, { secondsAgo: 5 }), failedAt(1, { secondsAgo: 12 })],
      failures: { count: 9, lastMs: nowMs },
      create: [1, 2],
      waitMs: 5_000,
    },
    {
      it: "lets an index wait longer each time",
      of: indexed(1, { spec: { backoffLimitPerIndex: 5 } }),
      pods: [failedAt(0, { secondsAgo: 100 }), failedAt(0, { secondsAgo: 5, failures: "1", ignored: "1" })],
      create: [],
      waitMs: 35_000,
    },
  ];
  for (const { it: does, of, pods, create = 0, remove = [], failures = noFailures, waitMs } of cases) {
    it(does, () => {
      const plan = planPods(viewJob(job(of), pods, unseen, nowMs), failures);

      const indexes = plan.create.map(({ index }) => index);
      expect(typeof create === "number" ? indexes.length : indexes).to.deep.equal(create);
      expect(plan.remove.map(({ metadata }) => metadata.name)).to.deep.equal(remove);
      expect(plan.waitMs).to.equal(waitMs);
    });
  }

  it("does not count what was deleted and the cache still shows", () => {
    const [a, b] = [active("a"), active("b")];
    const view = viewJob(job({ completions: 2, parallelism: 2 }), [a, b], { ...unseen, doomed: new Set([a.metadata.uid]) }, nowMs);

    expect([view.active, view.terminating]).to.deep.equal([[b], [a]]);
    expect(planPods(view, noFailures).create).to.have.length(1);
  });

  it("hands a failed pod's count to the one that takes its place", () => {
    const last = failedAt(0, { secondsAgo: 100, failures: "2" });
    const earlier = failedAt(0, { secondsAgo: 90, failures: "1" });
    const view = viewJob(job(indexed(1, { spec: { backoffLimitPerIndex: 5 } })), [last, earlier], unseen, nowMs);

    expect(planPods(view, noFailures).create).to.deep.equal([{ index: 0, replaces: last }]);
  });
});
