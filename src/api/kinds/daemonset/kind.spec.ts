import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { daemonSet } from "../../../../test/builders/index.js";
import { daemonSetKind } from "./kind.js";

const generation = "deprecated.daemonset.template.generation";
const maker =
  "selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: main, image: a }] } }";
const errorsOf = (fields: string): string[] => lines(daemonSetKind.validate(admitted(daemonSetKind, `spec: { ${fields} }`)));

describe("DaemonSet", () => {
  it("exchanges one pod at a time, and keeps ten revisions", () => {
    const { updateStrategy, revisionHistoryLimit } = admitted(daemonSetKind, `spec: { ${maker} }`).spec;
    expect(revisionHistoryLimit).to.equal(10);
    expect(updateStrategy?.type).to.equal("RollingUpdate");
    expect(updateStrategy?.rollingUpdate?.maxUnavailable?.intVal).to.equal(1);
    expect(updateStrategy?.rollingUpdate?.maxSurge?.intVal).to.equal(0);
  });

  const rolling = "spec.updateStrategy.rollingUpdate";
  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    ["updateStrategy: { type: OnDelete }", []],
    ["updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 10% } }", []],
    [
      "updateStrategy: { type: Recreate }",
      ['spec.updateStrategy.type: Unsupported value: "Recreate": supported values: "RollingUpdate", "OnDelete"'],
    ],
    [
      "updateStrategy: { rollingUpdate: { maxUnavailable: 0 } }",
      [`${rolling}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`],
    ],
    [
      "updateStrategy: { rollingUpdate: { maxSurge: 1 } }",
      [`${rolling}.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero`],
    ],
    [
      'updateStrategy: { rollingUpdate: { maxUnavailable: "101%" } }',
      [`${rolling}.maxUnavailable: Invalid value: "101%": must not be greater than 100%`],
    ],
    [
      "minReadySeconds: -1, revisionHistoryLimit: -1",
      [
        "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
        "spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0",
      ],
    ],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields}`, () => {
      expect(errorsOf(`${fields}, ${maker}`)).to.deep.equal(errors);
    });
  }

  it("refuses pods that come to an end", () => {
    const template =
      "template: { metadata: { labels: { app: web } }, spec: { restartPolicy: Never, containers: [{ name: main, image: a }] } }";
    expect(errorsOf(`selector: { matchLabels: { app: web } }, ${template}`)).to.deep.equal([
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ]);
  });

  it("keeps its selector", () => {
    const next = daemonSet({ matchLabels: { app: "other" } });
    expect(lines(daemonSetKind.validateUpdate(next, daemonSet()))).to.deep.equal([
      'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    ]);
  });

  it("counts changes of its template apart from those of its spec", () => {
    const previous = admitted(daemonSetKind, `spec: { ${maker} }`);
    const other = structuredClone(previous);
    Object.assign(other.spec, { minReadySeconds: 5 });
    other.metadata.annotations[generation] = "9";
    daemonSetKind.prepareForUpdate(other, previous);
    const rolled = structuredClone(previous);
    Object.assign(rolled.spec.template?.spec?.containers[0] ?? {}, { image: "b" });
    daemonSetKind.prepareForUpdate(rolled, previous);

    expect([previous, other, rolled].map(({ metadata }) => [metadata.generation, metadata.annotations[generation]])).to.deep.equal([
      [1, "1"],
      [2, "1"],
      [2, "2"],
    ]);
  });

  it("refuses counts that cannot be", () => {
    const next = daemonSet({ status: { numberReady: -1, collisionCount: 1 } });
    expect(lines(daemonSetKind.validateStatusUpdate?.(next, daemonSet({ status: { collisionCount: 2 } })) ?? [])).to.deep.equal([
      "status.numberReady: Invalid value: -1: must be greater than or equal to 0",
      "status.collisionCount: Invalid value: 1: cannot be decremented",
    ]);
  });

  it("shows its counts and its nodes", () => {
    const agent = daemonSet({
      status: { desiredNumberScheduled: 5, currentNumberScheduled: 4, numberReady: 3, updatedNumberScheduled: 2 },
    });
    Object.assign(agent.spec.template?.spec ?? {}, { nodeSelector: { zone: "a", disk: "ssd" } });
    const shown = daemonSetKind.columns.slice(0, 7).map(({ name, cell }) => `${name}=${cell(agent, 0)}`);
    expect(shown).to.deep.equal([
      "NAME=agent",
      "DESIRED=5",
      "CURRENT=4",
      "READY=3",
      "UP-TO-DATE=2",
      "AVAILABLE=0",
      "NODE SELECTOR=disk=ssd,zone=a",
    ]);
  });
});
