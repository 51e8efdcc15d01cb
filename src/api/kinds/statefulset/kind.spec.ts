import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { statefulSet } from "../../../../test/builders/index.js";
import { StatefulSetSpec } from "../../../gen/howbernetes/apps/v1/statefulset.js";
import { statefulSetKind } from "./kind.js";

const maker =
  "selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: main, image: a }] } }";
const errorsOf = (fields: string): string[] => lines(statefulSetKind.validate(admitted(statefulSetKind, `spec: { ${fields} }`)));

describe("StatefulSet", () => {
  it("has Kubernetes' defaults", () => {
    const { spec } = admitted(statefulSetKind, `spec: { ${maker} }`);
    expect(spec).to.deep.include({
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: "OrderedReady",
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    });
    expect(spec.updateStrategy?.type).to.equal("RollingUpdate");
    expect(spec.updateStrategy?.rollingUpdate?.partition).to.equal(0);
  });

  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    ["serviceName: db, podManagementPolicy: Parallel, ordinals: { start: 3 }", []],
    ["updateStrategy: { type: RollingUpdate, rollingUpdate: { partition: 2, maxUnavailable: 50% } }", []],
    ["podManagementPolicy: Random", ["spec.podManagementPolicy: Invalid value: \"Random\": must be 'OrderedReady' or 'Parallel'"]],
    [
      "updateStrategy: { type: Recreate }",
      ["spec.updateStrategy: Invalid value: {\"type\":\"Recreate\"}: must be 'RollingUpdate' or 'OnDelete'"],
    ],
    [
      "updateStrategy: { type: OnDelete, rollingUpdate: { partition: 1 } }",
      ["spec.updateStrategy.rollingUpdate: Invalid value: {\"partition\":1}: only allowed for updateStrategy 'RollingUpdate'"],
    ],
    [
      "updateStrategy: { rollingUpdate: { partition: -1, maxUnavailable: 0 } }",
      [
        "spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0",
        "spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0",
      ],
    ],
    [
      "persistentVolumeClaimRetentionPolicy: { whenScaled: Keep }",
      ['spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Keep": supported values: "Retain", "Delete"'],
    ],
    [
      "replicas: -1, minReadySeconds: -1, ordinals: { start: -1 }",
      [
        "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
        "spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0",
        "spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0",
      ],
    ],
    ["volumeClaimTemplates: [{ metadata: { name: data } }]", ["spec.volumeClaimTemplates: Forbidden: not honoured by howbernetes yet"]],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields}`, () => {
      expect(errorsOf(`${fields}, ${maker}`)).to.deep.equal(errors);
    });
  }

  it("refuses the name of a service that cannot be one", () => {
    expect(errorsOf(`serviceName: a.b, ${maker}`)[0]).to.match(/^spec\.serviceName: Invalid value: "a\.b": a lowercase RFC 1123 label/);
  });

  const changes: readonly (readonly [spec: object, isAllowed: boolean])[] = [
    [{ replicas: 3 }, true],
    [{ template: undefined }, true],
    [{ minReadySeconds: 3 }, true],
    [{ ordinals: { start: 2 } }, true],
    [{ revisionHistoryLimit: 3 }, true],
    [{ updateStrategy: { type: "OnDelete" } }, true],
    [{ persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" } }, true],
    [{ serviceName: "other" }, false],
    [{ podManagementPolicy: "Parallel" }, false],
    [{ selector: { matchLabels: { app: "other" } } }, false],
    [{ volumeClaimTemplates: [{ metadata: { name: "data" } }] }, false],
  ];
  for (const [spec, isAllowed] of changes) {
    it(`${isAllowed ? "lets" : "does not let"} ${Object.keys(spec).join()} change`, () => {
      const next = statefulSet();
      next.spec = StatefulSetSpec.fromPartial({ ...next.spec, ...spec });
      expect(lines(statefulSetKind.validateUpdate(next, statefulSet()))).to.deep.equal(
        isAllowed
          ? []
          : [
              "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
            ],
      );
    });
  }

  it("refuses counts that cannot be", () => {
    const next = statefulSet({ status: { replicas: 1, currentReplicas: 2, readyReplicas: 0, availableReplicas: 1, collisionCount: -1 } });
    expect(lines(statefulSetKind.validateStatusUpdate?.(next, statefulSet()) ?? [])).to.deep.equal([
      "status.collisionCount: Invalid value: -1: must be greater than or equal to 0",
      "status.collisionCount: Invalid value: -1: cannot be decremented",
      "status.currentReplicas: Invalid value: 2: cannot be greater than status.replicas",
      "status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas",
    ]);
  });

  it("scales", () => {
    const db = statefulSet({ replicas: 3, status: { replicas: 2, readyReplicas: 1 } });
    const { scale } = statefulSetKind;
    expect([scale?.read(db), scale?.readStatus(db), scale?.selector(db)]).to.deep.equal([3, 2, "app=db"]);
    scale?.write(db, 5);
    expect(db.spec.replicas).to.equal(5);
  });

  it("shows its counts", () => {
    const db = statefulSet({ replicas: 3, status: { readyReplicas: 1 } });
    expect(statefulSetKind.columns.map(({ name }) => name).join(" ")).to.equal("NAME READY AGE CONTAINERS IMAGES");
    expect(statefulSetKind.columns[1]?.cell(db, 0)).to.equal("1/3");
  });
});
