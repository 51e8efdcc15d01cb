import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { priorityClass } from "../../../../test/builders/index.js";
import { priorityClassKind } from "./kind.js";

const reserved = (problem: string): string =>
  `metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: ${problem}`;

describe("PriorityClass", () => {
  it("preempts unless it says otherwise, and is born with generation 1", () => {
    const { preemptionPolicy, metadata } = admitted(priorityClassKind, "value: 5");
    expect([preemptionPolicy, metadata.generation]).to.deep.equal(["PreemptLowerPriority", 1]);
    expect(admitted(priorityClassKind, "preemptionPolicy: Never").preemptionPolicy).to.equal("Never");
  });

  const cases: readonly (readonly [yaml: string, errors: readonly string[]])[] = [
    ["value: 1000000000", []],
    ["value: -2147483648", []],
    ["{ value: 1, globalDefault: true, preemptionPolicy: Never }", []],
    ["value: 1000000001", ["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"]],
    ["preemptionPolicy: ''", ["preemptionPolicy: Required value"]],
    ["preemptionPolicy: Always", ['preemptionPolicy: Unsupported value: "Always": supported values: "Never", "PreemptLowerPriority"']],
    ["{ metadata: { name: system-node-critical }, value: 2000001000 }", []],
    ["{ metadata: { name: system-cluster-critical }, value: 2000000000 }", []],
    [
      "{ metadata: { name: system-cluster-critical }, value: 1 }",
      [reserved("value of system-cluster-critical PriorityClass must be 2000000000")],
    ],
    [
      "{ metadata: { name: system-node-critical }, value: 2000001000, globalDefault: true }",
      [reserved("globalDefault of system-node-critical PriorityClass must be false")],
    ],
    ["{ metadata: { name: system-mine }, value: 1 }", [reserved("system-mine is not a known system priority class")]],
  ];
  for (const [yaml, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${yaml}`, () => {
      expect(lines(priorityClassKind.validate(admitted(priorityClassKind, yaml)))).to.deep.equal(errors);
    });
  }

  it("may become the default", () => {
    expect(priorityClassKind.validateUpdate(priorityClass({ globalDefault: true }), priorityClass())).to.deep.equal([]);
  });

  it("keeps its value and policy", () => {
    const next = priorityClass({ value: 0, preemptionPolicy: "Never" });
    expect(lines(priorityClassKind.validateUpdate(next, priorityClass()))).to.deep.equal([
      "value: Forbidden: may not be changed in an update.",
      'preemptionPolicy: Invalid value: "Never": field is immutable',
    ]);
  });

  it("shows its value and policy", () => {
    const high = priorityClass({ value: 5, createdMs: 1_000 });
    expect(priorityClassKind.columns.map(({ name, cell }) => `${name}=${cell(high, 61_000)}`)).to.deep.equal([
      "NAME=high",
      "VALUE=5",
      "GLOBAL-DEFAULT=false",
      "AGE=60s",
      "PREEMPTIONPOLICY=PreemptLowerPriority",
    ]);
  });
});
