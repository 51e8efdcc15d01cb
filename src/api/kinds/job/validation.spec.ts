import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { jobKind } from "./kind.js";

const containers = "containers: [{ name: main, image: a }]";
const template = `template: { spec: { restartPolicy: Never, ${containers} } }`;
const errorsOf = (fields: string, name = "work"): string[] =>
  lines(jobKind.validate(admitted(jobKind, `metadata: { name: ${name}, uid: u1 }\nspec: { ${fields} }`)));

describe("validateJob", () => {
  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    ["", []],
    ["completions: 3, parallelism: 2, backoffLimit: 0, activeDeadlineSeconds: 9, ttlSecondsAfterFinished: 0", []],
    ["completionMode: Indexed, completions: 3, backoffLimitPerIndex: 1, maxFailedIndexes: 3", []],
    ["managedBy: acme.io/foo", []],
    [
      "completions: -1, backoffLimit: -1",
      [
        "spec.completions: Invalid value: -1: must be greater than or equal to 0",
        "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0",
      ],
    ],
    [
      "maxFailedIndexes: 1",
      [
        "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
        "spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode",
      ],
    ],
    ["backoffLimitPerIndex: 1", ["spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"]],
    ["completionMode: Some", ['spec.completionMode: Unsupported value: "Some": supported values: "NonIndexed", "Indexed"']],
    ["completionMode: Indexed, parallelism: 1", ["spec.completions: Required value: when completion mode is Indexed"]],
    [
      "completionMode: Indexed, completions: 1, parallelism: 100001",
      ["spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed"],
    ],
    [
      "completionMode: Indexed, completions: 1, backoffLimitPerIndex: 0, maxFailedIndexes: 2",
      ["spec.maxFailedIndexes: Invalid value: 2: must be less than or equal to completions"],
    ],
    [
      "completionMode: Indexed, completions: 100001, backoffLimitPerIndex: 0",
      ["spec.maxFailedIndexes: Required value: must be specified when completions is above 100000"],
    ],
    [
      "completionMode: Indexed, completions: 100001, parallelism: 10001, backoffLimitPerIndex: 0, maxFailedIndexes: 10001",
      [
        "spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index",
        "spec.maxFailedIndexes: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index",
      ],
    ],
    ["managedBy: me", ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")']],
    ['managedBy: ""', ["spec.managedBy: Required value"]],
    [`managedBy: acme.io/${"x".repeat(63)}`, ["spec.managedBy: Too long: may not be more than 63 bytes"]],
    [
      "podReplacementPolicy: Never",
      ['spec.podReplacementPolicy: Unsupported value: "Never": supported values: "Failed", "TerminatingOrFailed"'],
    ],
    ["scheduling: {}", ["spec.scheduling: Forbidden: not honoured by howbernetes yet"]],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields.slice(0, 100) || "a plain one"}`, () => {
      expect(errorsOf(fields === "" ? template : `${fields}, ${template}`)).to.deep.equal(errors);
    });
  }

  const restartPolicies: Readonly<Record<string, readonly string[]>> = {
    Never: [],
    OnFailure: [],
    Always: ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    Sometimes: ['spec.template.spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"'],
  };
  for (const [policy, errors] of Object.entries(restartPolicies)) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} pods that restart ${policy}`, () => {
      expect(errorsOf(`template: { spec: { restartPolicy: ${policy}, ${containers} } }`)).to.deep.equal(errors);
    });
  }

  it("refuses a name to which no index can be added", () => {
    const name = "w".repeat(62);
    expect(errorsOf(`completionMode: Indexed, completions: 11, ${template}`, name)).to.deep.equal([
      `metadata.name: Invalid value: "${name}": will not able to create pod with invalid DNS label: ${name}-10`,
    ]);
  });

  it("names fields of a spec that is a template by their own path", () => {
    expect(errorsOf("template: { spec: { restartPolicy: Never } }")).to.deep.equal(["spec.template.spec.containers: Required value"]);
  });
});

describe("validateJob: selector", () => {
  it("refuses one that would find other pods", () => {
    expect(errorsOf(`selector: { matchLabels: { app: web } }, ${template}`)).to.deep.equal([
      'spec.selector: Invalid value: {"matchLabels":{"app":"web","batch.kubernetes.io/controller-uid":"u1"}}: `selector` not auto-generated',
      'spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"u1","batch.kubernetes.io/job-name":"work","controller-uid":"u1","job-name":"work"}: `selector` does not match template `labels`',
    ]);
  });

  it("refuses labels of another Job in the template", () => {
    const labelled = `template: { metadata: { labels: { job-name: other } }, spec: { restartPolicy: Never, ${containers} } }`;
    expect(errorsOf(labelled)).to.deep.equal([
      'spec.template.metadata.labels[job-name]: Invalid value: {"batch.kubernetes.io/controller-uid":"u1","batch.kubernetes.io/job-name":"work","controller-uid":"u1","job-name":"other"}: must be \'work\'',
    ]);
  });

  it("is the author's with manualSelector, and required then", () => {
    const labelled = `template: { metadata: { labels: { a: b } }, spec: { restartPolicy: Never, ${containers} } }`;
    expect(errorsOf(`manualSelector: true, selector: { matchLabels: { a: b } }, ${labelled}`)).to.deep.equal([]);
    expect(errorsOf(`manualSelector: true, ${labelled}`)).to.deep.equal(["spec.selector: Required value"]);
  });
});

describe("validateJob: podFailurePolicy", () => {
  const cases: readonly (readonly [rule: string, errors: readonly string[]])[] = [
    ["action: FailJob, onExitCodes: { containerName: main, operator: In, values: [1, 42] }", []],
    ["action: Ignore, onPodConditions: [{ type: DisruptionTarget }]", []],
    [
      "action: FailIndex, onExitCodes: { operator: NotIn, values: [0] }",
      ['rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set'],
    ],
    [
      "action: Retry, onExitCodes: { operator: In, values: [0, 0] }",
      [
        'rules[0].action: Unsupported value: "Retry": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
        "rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator",
        "rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator",
        "rules[0].onExitCodes.values[1]: Duplicate value: 0",
      ],
    ],
    [
      "onExitCodes: { containerName: other, values: [2, 1] }",
      [
        'rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
        'rules[0].onExitCodes.operator: Required value: valid values: ["In" "NotIn"]',
        'rules[0].onExitCodes.containerName: Invalid value: "other": must be one of the container or initContainer names in the pod template',
        "rules[0].onExitCodes.values: Invalid value: [2,1]: must be ordered",
      ],
    ],
    ["action: Count", ["rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required"]],
    [
      "action: Count, onExitCodes: { operator: In }, onPodConditions: [{ type: Ready, status: Maybe }]",
      [
        "rules[0].onExitCodes.values: Invalid value: []: at least one value is required",
        'rules[0].onPodConditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
        "rules[0]: Invalid value: specifying both OnExitCodes and OnPodConditions is not supported",
      ],
    ],
  ];
  for (const [rule, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${rule}`, () => {
      expect(errorsOf(`podFailurePolicy: { rules: [{ ${rule} }] }, ${template}`)).to.deep.equal(
        errors.map((error) => `spec.podFailurePolicy.${error}`),
      );
    });
  }

  it("goes only with pods that are not restarted, and are replaced once they failed", () => {
    const policy = "podFailurePolicy: { rules: [] }, podReplacementPolicy: TerminatingOrFailed";
    expect(errorsOf(`${policy}, template: { spec: { restartPolicy: OnFailure, ${containers} } }`)).to.deep.equal([
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ]);
  });

  it("has at most 20 rules", () => {
    const rule = "{ action: Ignore, onPodConditions: [{ type: DisruptionTarget }] }";
    expect(errorsOf(`podFailurePolicy: { rules: [${Array(21).fill(rule).join(", ")}] }, ${template}`)).to.deep.equal([
      "spec.podFailurePolicy.rules: Too many: 21: must have at most 20 items",
    ]);
  });
});

describe("validateJob: successPolicy", () => {
  const cases: readonly (readonly [rule: string, errors: readonly string[]])[] = [
    ["succeededIndexes: 0-2", []],
    ['succeededIndexes: "0,2-4", succeededCount: 3', []],
    ["succeededCount: 5", []],
    ["", [": Required value: at least one of succeededCount or succeededIndexes must be specified"]],
    ["succeededCount: -1", [".succeededCount: Invalid value: -1: must be greater than or equal to 0"]],
    ["succeededCount: 6", [".succeededCount: Invalid value: 6: must be less than or equal to 5 (the number of specified completions)"]],
    [
      'succeededIndexes: "0,1", succeededCount: 3',
      [
        ".succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)",
      ],
    ],
    ...[
      ["a", 'cannot convert string to integer for index: \\"a\\"'],
      ["5", 'too large index: \\"5\\"'],
      ["1,1", "non-increasing order, previous: 1, current: 1"],
      ["2-1", "non-increasing order, previous: 2, current: 1"],
      ["1-2-3", "the fragment \\\"1-2-3\\\" violates the requirement that an index interval can have at most two parts separated by '-'"],
    ].map(
      ([text = "", problem = ""]) =>
        [
          `succeededIndexes: "${text}"`,
          [`.succeededIndexes: Invalid value: "${text}": error parsing succeededIndexes: ${problem.replaceAll("\\", "")}`],
        ] as const,
    ),
  ];
  for (const [rule, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${rule || "a rule that says nothing"}`, () => {
      const policy = `completionMode: Indexed, completions: 5, successPolicy: { rules: [{ ${rule} }] }`;
      expect(errorsOf(`${policy}, ${template}`)).to.deep.equal(errors.map((error) => `spec.successPolicy.rules[0]${error}`));
    });
  }

  it("needs rules, and indexes", () => {
    expect(errorsOf(`completionMode: Indexed, completions: 1, successPolicy: {}, ${template}`)).to.deep.equal([
      "spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified",
    ]);
    expect(errorsOf(`successPolicy: { rules: [{ succeededCount: 1 }] }, ${template}`)).to.deep.equal([
      'spec.successPolicy: Invalid value: {"rules":[{"succeededCount":1}]}: requires indexed completion mode',
    ]);
  });
});
