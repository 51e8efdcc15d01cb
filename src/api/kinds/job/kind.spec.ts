import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { job } from "../../../../test/builders/index.js";
import { Job } from "../../../gen/howbernetes/batch/v1/job.js";
import type { Whole } from "../../object.js";
import { timeFromMs } from "../../values/time.js";
import { jobKind } from "./kind.js";

const stored = (fields = ""): Whole<Job> =>
  admitted(
    jobKind,
    `metadata: { name: work, uid: u1 }\nspec: { ${fields === "" ? "" : `${fields}, `}template: { spec: { restartPolicy: Never, containers: [{ name: main, image: a }] } } }`,
  );

describe("Job defaults", () => {
  const cases: readonly (readonly [fields: string, expected: object])[] = [
    ["", { completions: 1, parallelism: 1, backoffLimit: 6, completionMode: "NonIndexed", suspend: false, manualSelector: false }],
    ["parallelism: 3", { completions: undefined, parallelism: 3 }],
    ["completions: 3", { completions: 3, parallelism: 1 }],
    ["backoffLimitPerIndex: 1", { backoffLimit: 2_147_483_647 }],
    ["podFailurePolicy: { rules: [] }", { podReplacementPolicy: "Failed" }],
    ["suspend: true", { suspend: true, podReplacementPolicy: "TerminatingOrFailed" }],
  ];
  for (const [fields, expected] of cases) {
    it(`of { ${fields} }`, () => {
      expect(stored(fields).spec).to.deep.include(expected);
    });
  }

  it("gives a Job without labels those of its pods", () => {
    const labels = (own: string): object =>
      admitted(jobKind, `metadata: { labels: { ${own} } }\nspec: { template: { metadata: { labels: { app: web } } } }`).metadata.labels;
    expect(labels("")).to.deep.equal({ app: "web" });
    expect(labels("a: b")).to.deep.equal({ a: "b" });
  });

  it("labels the pods by the Job, and selects by its uid", () => {
    const { template, selector } = stored().spec;
    expect(template?.metadata?.labels).to.deep.equal({
      "batch.kubernetes.io/controller-uid": "u1",
      "batch.kubernetes.io/job-name": "work",
      "controller-uid": "u1",
      "job-name": "work",
    });
    expect(selector?.matchLabels).to.deep.equal({ "batch.kubernetes.io/controller-uid": "u1" });
  });

  it("starts at generation 1 without a status", () => {
    const { metadata, status } = admitted(jobKind, "status: { succeeded: 1 }");
    expect([metadata.generation, status.succeeded]).to.deep.equal([1, undefined]);
  });
});

describe("validateJobUpdate", () => {
  type Change = (draft: Whole<Job>) => void;
  const errorsOf = (change: Change, previous = stored()): string[] => {
    const next = structuredClone(previous);
    change(next);
    return lines(jobKind.validateUpdate(next, previous)).map((line) => line.replace(/: Invalid value: .*: /s, ": … "));
  };
  const placed: Change = ({ spec }) => Object.assign(spec.template?.spec ?? {}, { nodeSelector: { disk: "ssd" } });
  const annotated: Change = ({ spec }) => Object.assign(spec.template?.metadata?.annotations ?? {}, { a: "b" });
  const near: Change = ({ spec }) => Object.assign(spec.template?.spec ?? {}, { affinity: { nodeAffinity: {} } });
  const renamed: Change = ({ spec }) => Object.assign(spec.template?.spec?.containers[0] ?? {}, { image: "b" });
  const immutable = ["spec.template: … field is immutable"];

  const running = stored();
  running.status.startTime = timeFromMs(0);
  const suspended = stored("suspend: true");
  const stopped = stored("suspend: true");
  Object.assign(stopped.status, { startTime: timeFromMs(0), conditions: [{ type: "Suspended", status: "True" }] });
  const stopping = stored("suspend: true");
  Object.assign(stopping.status, { startTime: timeFromMs(0), active: 1, conditions: [{ type: "Suspended", status: "True" }] });

  const cases: readonly { it: string; change: Change; previous?: Whole<Job>; errors: readonly string[] }[] = [
    { it: "accepts another parallelism", change: ({ spec }) => Object.assign(spec, { parallelism: 5 }), errors: [] },
    { it: "accepts suspension", change: ({ spec }) => Object.assign(spec, { suspend: true }), errors: [] },
    {
      it: "refuses other completions",
      change: ({ spec }) => Object.assign(spec, { completions: 5 }),
      errors: ["spec.completions: … field is immutable"],
    },
    { it: "refuses another image", change: renamed, errors: immutable },
    { it: "refuses another image while suspended", change: renamed, previous: suspended, errors: immutable },
    { it: "refuses other nodes while it runs", change: placed, previous: running, errors: immutable },
    { it: "refuses other nodes while not suspended", change: placed, errors: immutable },
    { it: "accepts other nodes while suspended and never started", change: placed, previous: suspended, errors: [] },
    { it: "accepts other annotations of pods while suspended", change: annotated, previous: suspended, errors: [] },
    { it: "accepts node affinity while suspended", change: near, previous: suspended, errors: [] },
    { it: "accepts other nodes once suspended", change: placed, previous: stopped, errors: [] },
    { it: "refuses other nodes while pods still end", change: placed, previous: stopping, errors: immutable },
    {
      it: "refuses another completion mode, selector and manager",
      change: ({ spec }) => Object.assign(spec, { completionMode: "Indexed", selector: undefined, managedBy: "acme.io/foo" }),
      errors: ["spec.selector: … field is immutable", "spec.completionMode: … field is immutable", "spec.managedBy: … field is immutable"],
    },
    {
      it: "lets an Indexed Job grow with its parallelism",
      change: ({ spec }) => Object.assign(spec, { completions: 5, parallelism: 5 }),
      previous: stored("completionMode: Indexed, completions: 2, parallelism: 2"),
      errors: [],
    },
    {
      it: "refuses that it grows alone",
      change: ({ spec }) => Object.assign(spec, { completions: 5 }),
      previous: stored("completionMode: Indexed, completions: 2, parallelism: 2"),
      errors: ["spec.completions: … can only be modified in tandem with spec.parallelism"],
    },
  ];
  for (const { it: does, change, previous, errors } of cases) {
    it(does, () => {
      expect(errorsOf(change, previous)).to.deep.equal(errors);
    });
  }
});

describe("validateJobStatusUpdate", () => {
  const start = timeFromMs(1_000_000);
  const later = timeFromMs(2_000_000);
  const conditions = (...types: readonly string[]): object[] => types.map((type) => ({ type, status: "True" }));
  const errorsOf = (next: object, previous: object = {}, spec: object = {}): string[] => {
    const with_ = (status: object): Whole<Job> => {
      const whole = stored();
      whole.status = Job.fromPartial({ status }).status ?? whole.status;
      Object.assign(whole.spec, spec);
      return whole;
    };
    return lines(jobKind.validateStatusUpdate?.(with_(next), with_(previous)) ?? []);
  };

  const cases: readonly (readonly [it: string, next: object, previous: object, errors: readonly string[]])[] = [
    ["accepts a Job under way", { active: 2, ready: 1, succeeded: 1, startTime: start }, { startTime: start }, []],
    ["accepts an end", { succeeded: 1, startTime: start, completionTime: later, conditions: conditions("Complete") }, {}, []],
    [
      "refuses negative counts",
      { active: -1 },
      {},
      [
        "status.active: Invalid value: -1: must be greater than or equal to 0",
        "status.ready: Invalid value: 0: cannot set more ready pods than active",
      ],
    ],
    [
      "refuses more ready than active",
      { active: 1, ready: 2 },
      {},
      ["status.ready: Invalid value: 2: cannot set more ready pods than active"],
    ],
    [
      "refuses both ends at once",
      { startTime: start, completionTime: later, conditions: conditions("Complete", "Failed") },
      {},
      ["status.conditions: Invalid value: cannot set Complete=True and Failed=true conditions"],
    ],
    [
      "refuses an end without its times",
      { conditions: conditions("Complete") },
      {},
      [
        "status.completionTime: Required value: completionTime is required for Complete jobs",
        "status.startTime: Required value: startTime is required for finished job",
      ],
    ],
    [
      "refuses an end with pods that run",
      { startTime: start, active: 1, terminating: 1, uncountedTerminatedPods: { failed: ["a"] }, conditions: conditions("Failed") },
      {},
      [
        "status.active: Invalid value: 1: active>0 is invalid for finished job",
        "status.terminating: Invalid value: 1: terminating>0 is invalid for finished job",
        'status.uncountedTerminatedPods: Invalid value: {"failed":["a"]}: uncountedTerminatedPods needs to be empty for finished job',
      ],
    ],
    [
      "refuses to undo an end",
      { startTime: start },
      { startTime: start, conditions: conditions("Failed") },
      ["status.conditions: Invalid value: cannot disable the terminal Failed=True condition"],
    ],
    [
      "refuses to forget a success",
      { succeeded: 1 },
      { succeeded: 2 },
      ["status.succeeded: Invalid value: 1: cannot decrease the succeeded counter"],
    ],
    [
      "refuses another start",
      { startTime: later },
      { startTime: start },
      ['status.startTime: Invalid value: "1970-01-01T00:33:20Z": field is immutable for unsuspended job once set'],
    ],
    [
      "refuses indexes that nothing counts",
      { completedIndexes: "0", failedIndexes: "1" },
      {},
      [
        'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode',
        'status.failedIndexes: Invalid value: "1": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
      ],
    ],
    [
      "refuses a pod counted twice",
      { uncountedTerminatedPods: { succeeded: ["a", ""], failed: ["a"] } },
      {},
      [
        'status.uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty',
        'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
      ],
    ],
  ];
  for (const [does, next, previous, errors] of cases) {
    it(does, () => {
      expect(errorsOf(next, previous)).to.deep.equal(errors);
    });
  }

  it("lets an Indexed Job forget the successes of indexes that it no longer has", () => {
    const shrunk = { completionMode: "Indexed", completions: 1, parallelism: 1 };
    expect(errorsOf({ succeeded: 1, completedIndexes: "0" }, { succeeded: 2, completedIndexes: "0,1" }, shrunk)).to.deep.equal([]);
  });

  it("refuses a list of indexes that says nothing, unless it was there before", () => {
    const two = { completionMode: "Indexed", completions: 2, parallelism: 1 };
    const refused = 'status.completedIndexes: Invalid value: "0-5": error parsing completedIndexes: too large index: "5"';
    expect(errorsOf({ completedIndexes: "0-5" }, {}, two)).to.deep.equal([refused]);
    expect(errorsOf({ completedIndexes: "0-5", active: 1 }, { completedIndexes: "0-5" }, two)).to.deep.equal([]);
  });

  it("lets a suspended Job start anew", () => {
    expect(errorsOf({}, { startTime: start }, { suspend: true })).to.deep.equal([]);
  });
});

describe("Job columns", () => {
  const cells = (whole: Whole<Job>, nowMs = 100_000): string =>
    jobKind.columns
      .slice(1, 4)
      .map(({ cell }) => cell(whole, nowMs))
      .join(" ");

  const cases: readonly (readonly [it: string, whole: Whole<Job>, shown: string])[] = [
    ["a new one", job(), "Running 0/1 "],
    ["one under way", job({ completions: 5, status: { succeeded: 2, startTime: timeFromMs(60_000) } }), "Running 2/5 40s"],
    [
      "a complete one",
      job({
        status: {
          succeeded: 1,
          startTime: timeFromMs(10_000),
          completionTime: timeFromMs(13_000),
          conditions: [{ type: "Complete", status: "True" }] as never,
        },
      }),
      "Complete 1/1 3s",
    ],
    ["one that is deleted", job({ deleting: true }), "Terminating 0/1 "],
    ["a suspended one", job({ status: { conditions: [{ type: "Suspended", status: "True" }] as never } }), "Suspended 0/1 "],
    ["one for which any success is enough", job({ completions: undefined, parallelism: 4 }), "Running 0/1 of 4 "],
  ];
  for (const [does, whole, shown] of cases) {
    it(`show ${does}`, () => {
      expect(cells(whole)).to.equal(shown);
    });
  }

  it("have Kubernetes' names", () => {
    expect(jobKind.columns.map(({ name }) => name).join(" ")).to.equal("NAME STATUS COMPLETIONS DURATION AGE CONTAINERS IMAGES SELECTOR");
  });
});
