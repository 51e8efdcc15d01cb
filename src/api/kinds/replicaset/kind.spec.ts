import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { replicaSet } from "../../../../test/builders/index.js";
import { replicaSetKind } from "./kind.js";

const template = "template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: main, image: a }] } }";
const errorsOf = (fields: string): string[] => lines(replicaSetKind.validate(admitted(replicaSetKind, `spec: { ${fields} }`)));

describe("ReplicaSet", () => {
  it("wants one pod unless it says how many", () => {
    expect(admitted(replicaSetKind, "metadata: { name: web }").spec.replicas).to.equal(1);
    expect(admitted(replicaSetKind, "spec: { replicas: 0 }").spec.replicas).to.equal(0);
  });

  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    [`selector: { matchLabels: { app: web } }, ${template}`, []],
    [
      `replicas: -1, minReadySeconds: -1, selector: { matchLabels: { app: web } }, ${template}`,
      [
        "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
      ],
    ],
    [
      `selector: { matchLabels: { app: api } }, ${template}`,
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [`selector: {}, ${template}`, ["spec.selector: Invalid value: {}: empty selector is invalid for replicaset"]],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields}`, () => {
      expect(errorsOf(fields)).to.deep.equal(errors);
    });
  }

  it("keeps its selector", () => {
    const next = replicaSet({ matchLabels: { app: "other" } });
    expect(lines(replicaSetKind.validateUpdate(next, replicaSet()))).to.deep.equal([
      'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    ]);
  });

  it("refuses counts that cannot be", () => {
    const next = replicaSet();
    Object.assign(next.status, { replicas: 1, fullyLabeledReplicas: 2, readyReplicas: 0, availableReplicas: 1 });
    expect(lines(replicaSetKind.validateStatusUpdate?.(next, replicaSet()) ?? [])).to.deep.equal([
      "status.fullyLabeledReplicas: Invalid value: 2: cannot be greater than status.replicas",
      "status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas",
    ]);
  });

  it("shows its counts", () => {
    const web = replicaSet({ name: "web", replicas: 3 });
    Object.assign(web.status, { replicas: 2, readyReplicas: 1 });
    const shown = replicaSetKind.columns.map(({ name, cell }) => `${name}=${cell(web, 0)}`);
    expect(shown.slice(0, 4)).to.deep.equal(["NAME=web", "DESIRED=3", "CURRENT=2", "READY=1"]);
    expect(replicaSetKind.columns.slice(4).map(({ name }) => name)).to.deep.equal(["AGE", "CONTAINERS", "IMAGES", "SELECTOR"]);
  });
});
