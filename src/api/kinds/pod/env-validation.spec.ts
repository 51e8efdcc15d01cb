import { expect } from "chai";
import { containerErrors } from "../../../../test/builders/pod-errors.js";

const sources = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
const field = (fieldPath: string): string => `fieldRef: { fieldPath: ${fieldPath} }`;

describe("validateEnv", () => {
  const cases: readonly (readonly [source: string, errors: readonly string[]])[] = [
    [field("status.podIP"), []],
    [field(`"metadata.labels['app']"`), []],
    ["resourceFieldRef: { resource: limits.cpu, divisor: 1m }", []],
    ["resourceFieldRef: { resource: requests.memory, divisor: 1Mi }", []],
    ["configMapKeyRef: { name: a, key: b }", []],
    ["secretKeyRef: { name: a, key: b, optional: true }", []],
    ["", [`: Invalid value: "": must specify one of: ${sources}`]],
    [
      `${field("metadata.name")}, secretKeyRef: { name: a, key: b }`,
      [': Invalid value: "": may not have more than one field specified at a time'],
    ],
    ["fieldRef: {}", [".fieldRef.fieldPath: Required value"]],
    [
      field("status.phase"),
      [
        '.fieldRef.fieldPath: Unsupported value: "status.phase": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
      ],
    ],
    [
      "resourceFieldRef: { resource: limits.gpu }",
      [
        '.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
      ],
    ],
    [
      "resourceFieldRef: { resource: limits.cpu, divisor: 2 }",
      ['.resourceFieldRef.divisor: Invalid value: "cpu": only divisor\'s values 1m and 1 are supported with the cpu resource'],
    ],
    ["configMapKeyRef: { name: a }", [".configMapKeyRef.key: Required value"]],
    ["secretKeyRef: { key: a }", [".secretKeyRef.name: Required value"]],
  ];
  for (const [source, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} valueFrom: { ${source} }`, () => {
      expect(containerErrors(`env: [{ name: A, valueFrom: { ${source} } }]`)).to.deep.equal(
        errors.map((error) => `env[0].valueFrom${error}`),
      );
    });
  }

  it("refuses a value from two places", () => {
    expect(containerErrors(`env: [{ name: A, value: x, valueFrom: { ${field("metadata.name")} } }]`)).to.deep.equal([
      'env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
    ]);
  });

  it("refuses a label that cannot be", () => {
    expect(containerErrors(`env: [{ name: A, valueFrom: { ${field(`"metadata.labels['a b']"`)} } }]`)[0]).to.match(
      /^env\[0\]\.valueFrom\.fieldRef: Invalid value: "a b": name part/,
    );
  });
});

describe("validateEnvFrom", () => {
  const cases: readonly (readonly [source: string, errors: readonly string[]])[] = [
    ["configMapRef: { name: a }, prefix: A_", []],
    ["prefix: A", [': Invalid value: "": must specify one of: `configMapRef` or `secretRef`']],
    ["secretRef: {}", [".secretRef.name: Required value"]],
    ["configMapRef: { name: a }, secretRef: { name: a }", [': Invalid value: "": may not have more than one field specified at a time']],
    [
      'configMapRef: { name: a }, prefix: "A="',
      [".prefix: Invalid value: \"A=\": a valid environment variable name must consist only of printable ASCII characters other than '='"],
    ],
  ];
  for (const [source, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} { ${source} }`, () => {
      expect(containerErrors(`envFrom: [{ ${source} }]`)).to.deep.equal(errors.map((error) => `envFrom[0]${error}`));
    });
  }
});
