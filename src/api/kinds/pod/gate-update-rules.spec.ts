import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { podKind } from "./kind.js";

const required = "requiredDuringSchedulingIgnoredDuringExecution";
const terms = `spec.affinity.nodeAffinity.${required}.nodeSelectorTerms`;
const wanting = (...keys: readonly string[]): string => {
  const requirements = keys.map((key) => `{ key: ${key}, operator: Exists }`).join(", ");
  return `affinity: { nodeAffinity: { ${required}: { nodeSelectorTerms: [{ matchExpressions: [${requirements}] }] } } }`;
};

function errorsOf(next: string, previous: string): string[] {
  const pod = (fields: string) => admitted(podKind, `spec: { containers: [{ name: a, image: a }], ${fields} }`);
  return lines(podKind.validateUpdate(pod(next), pod(previous))).map((line) =>
    line.replace(/Invalid value: .*: /, "… ").replace(/pod updates may not change fields other than .*\n/, "… "),
  );
}

describe("validatePodUpdate of a gated pod", () => {
  const gates = "schedulingGates: [{ name: a }, { name: b }]";
  const only = "only additions are allowed (no mutations or deletions)";
  const cases: readonly { it: string; next: string; previous: string; errors: readonly string[] }[] = [
    { it: "lets a gate open", next: "schedulingGates: [{ name: b }]", previous: gates, errors: [] },
    { it: "lets all of them open", next: "", previous: gates, errors: [] },
    {
      it: "refuses a further gate",
      next: "schedulingGates: [{ name: a }, { name: b }, { name: c }]",
      previous: gates,
      errors: ["spec.schedulingGates[2]: Forbidden: only deletion is allowed, but found new scheduling gate 'c'"],
    },
    {
      it: "refuses a gate once there is none",
      next: "schedulingGates: [{ name: a }]",
      previous: "",
      errors: ["spec.schedulingGates[0]: Forbidden: only deletion is allowed, but found new scheduling gate 'a'"],
    },
    {
      it: "lets it ask for more of its node",
      next: `${gates}, nodeSelector: { a: b, c: d }`,
      previous: `${gates}, nodeSelector: { a: b }`,
      errors: [],
    },
    {
      it: "refuses that it asks for less",
      next: gates,
      previous: `${gates}, nodeSelector: { a: b }`,
      errors: [`spec.nodeSelector: … ${only}`],
    },
    {
      it: "refuses another node of one without gates",
      next: "nodeSelector: { a: b }",
      previous: "",
      errors: ["spec: Forbidden: … changed: spec.nodeSelector.a"],
    },
    { it: "lets affinity come", next: `${gates}, ${wanting("a")}`, previous: gates, errors: [] },
    { it: "lets affinity tighten", next: `${gates}, ${wanting("a", "b")}`, previous: `${gates}, ${wanting("a")}`, errors: [] },
    {
      it: "refuses other affinity",
      next: `${gates}, ${wanting("b")}`,
      previous: `${gates}, ${wanting("a")}`,
      errors: [`${terms}[0]: … ${only}`],
    },
    {
      it: "refuses that affinity goes",
      next: gates,
      previous: `${gates}, ${wanting("a")}`,
      errors: [`${terms}: … no additions/deletions to non-empty NodeSelectorTerms list are allowed`],
    },
  ];
  for (const { it: does, next, previous, errors } of cases) {
    it(does, () => {
      expect(errorsOf(next, previous)).to.deep.equal(errors);
    });
  }
});

describe("preparePodForCreate", () => {
  const created = (fields: string): string => {
    const draft = admitted(podKind, `spec: { containers: [{ name: a, image: a }], ${fields} }`);
    podKind.prepareForCreate(draft);
    return draft.status.conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`).join();
  };

  it("says of a pod with gates that it is held back, and nothing of another", () => {
    expect(created("schedulingGates: [{ name: a }]")).to.equal(
      "PodScheduled=False SchedulingGated: Scheduling is blocked due to non-empty scheduling gates",
    );
    expect(created("hostname: a")).to.equal("");
  });
});
