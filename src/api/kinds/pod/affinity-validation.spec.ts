import { expect } from "chai";
import { podErrors } from "../../../../test/builders/pod-errors.js";

const required = "requiredDuringSchedulingIgnoredDuringExecution";
const preferred = "preferredDuringSchedulingIgnoredDuringExecution";
const errorsOf = (affinity: string): string[] => podErrors(`affinity: { ${affinity} }`).map((line) => line.replace("spec.affinity.", ""));

describe("validateAffinity: nodes", () => {
  const term = `nodeAffinity.${required}.nodeSelectorTerms[0]`;
  const cases: readonly (readonly [requirement: string, errors: readonly string[]])[] = [
    ["matchExpressions: [{ key: disk, operator: In, values: [ssd] }]", []],
    ["matchFields: [{ key: metadata.name, operator: In, values: [n1] }]", []],
    [
      "matchExpressions: [{ key: disk, operator: In }]",
      [".matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"],
    ],
    [
      "matchExpressions: [{ key: disk, operator: Exists, values: [a] }]",
      [".matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"],
    ],
    [
      "matchExpressions: [{ key: cores, operator: Gt }]",
      [".matchExpressions[0].values: Required value: must be specified single value when `operator` is 'Lt' or 'Gt'"],
    ],
    [
      "matchExpressions: [{ key: cores, operator: Like }]",
      ['.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator'],
    ],
    [
      "matchFields: [{ key: metadata.uid, operator: In }]",
      [
        ".matchFields[0].values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        '.matchFields[0].key: Invalid value: "metadata.uid": not a valid field selector key',
      ],
    ],
  ];
  for (const [requirement, errors] of cases) {
    it(`${errors.length === 0 ? "accept" : "refuse"} ${requirement}`, () => {
      expect(errorsOf(`nodeAffinity: { ${required}: { nodeSelectorTerms: [{ ${requirement} }] } }`)).to.deep.equal(
        errors.map((error) => `${term}${error}`),
      );
    });
  }

  it("need a term, and weights in range", () => {
    expect(
      errorsOf(`nodeAffinity: { ${required}: {}, ${preferred}: [{ weight: 101, preference: {} }, { weight: 1, preference: {} }] }`),
    ).to.deep.equal([
      `nodeAffinity.${required}.nodeSelectorTerms: Required value: must have at least one node selector term`,
      `nodeAffinity.${preferred}[0].weight: Invalid value: 101: must be in the range 1-100`,
    ]);
  });
});

describe("validateAffinity: pods", () => {
  const selector = "labelSelector: { matchLabels: { app: web } }";
  const cases: readonly (readonly [term: string, errors: readonly string[]])[] = [
    [`${selector}, topologyKey: kubernetes.io/hostname, namespaces: [default]`, []],
    [`${selector}, topologyKey: zone, matchLabelKeys: [hash]`, []],
    ["", [".topologyKey: Required value: can not be empty"]],
    ["topologyKey: zone, matchLabelKeys: [a]", [".matchLabelKeys: Forbidden: must not be specified when labelSelector is not set"]],
    [
      `${selector}, topologyKey: zone, matchLabelKeys: [a], mismatchLabelKeys: [a]`,
      ['.matchLabelKeys[0]: Invalid value: "a": exists in both matchLabelKeys and mismatchLabelKeys'],
    ],
    ["topologyKey: zone, mismatchLabelKeys: [a]", [".mismatchLabelKeys: Forbidden: must not be specified when labelSelector is not set"]],
    [
      "labelSelector: { matchLabels: { a: b }, matchExpressions: [{ key: a, operator: Exists }] }, topologyKey: zone, matchLabelKeys: [b, a]",
      ['.matchLabelKeys[1]: Invalid value: "a": exists in both matchLabelKeys and labelSelector'],
    ],
    [
      `${selector}, topologyKey: zone, namespaces: [Up]`,
      [
        `.namespace: Invalid value: "Up": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
      ],
    ],
    [
      "labelSelector: { matchExpressions: [{ key: a, operator: Gt }] }, topologyKey: zone",
      ['.labelSelector.matchExpressions[0].operator: Invalid value: "Gt": not a valid selector operator'],
    ],
  ];
  for (const [term, errors] of cases) {
    it(`${errors.length === 0 ? "accept" : "refuse"} { ${term} }`, () => {
      for (const way of ["podAffinity", "podAntiAffinity"]) {
        expect(errorsOf(`${way}: { ${required}: [{ ${term} }] }`)).to.deep.equal(errors.map((error) => `${way}.${required}[0]${error}`));
      }
    });
  }

  it("refuse a weight of nothing", () => {
    expect(errorsOf(`podAffinity: { ${preferred}: [{ podAffinityTerm: { topologyKey: zone } }] }`)).to.deep.equal([
      `podAffinity.${preferred}[0].weight: Invalid value: 0: must be in the range 1-100`,
    ]);
  });
});

describe("validateTopologySpread", () => {
  const spread = "maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule";
  const selector = "labelSelector: { matchLabels: { app: web } }";
  const cases: readonly (readonly [constraint: string, errors: readonly string[]])[] = [
    [`${spread}, minDomains: 2, nodeTaintsPolicy: Honor, ${selector}, matchLabelKeys: [hash]`, []],
    [
      "",
      [
        ".maxSkew: Invalid value: 0: must be greater than zero",
        ".topologyKey: Required value: can not be empty",
        '.whenUnsatisfiable: Unsupported value: "": supported values: "DoNotSchedule", "ScheduleAnyway"',
      ],
    ],
    [
      "maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, minDomains: 0",
      [
        ".minDomains: Invalid value: 0: must be greater than zero",
        ".minDomains: Invalid value: 0: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway",
      ],
    ],
    [`${spread}, nodeAffinityPolicy: Obey`, ['.nodeAffinityPolicy: Unsupported value: "Obey": supported values: "Honor", "Ignore"']],
  ];
  for (const [constraint, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} { ${constraint} }`, () => {
      expect(podErrors(`topologySpreadConstraints: [{ ${constraint} }]`)).to.deep.equal(
        errors.map((error) => `spec.topologySpreadConstraints[0]${error}`),
      );
    });
  }

  it("refuses two of one kind", () => {
    expect(podErrors(`topologySpreadConstraints: [{ ${spread} }, { ${spread} }]`)).to.deep.equal([
      'spec.topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"',
    ]);
  });
});
