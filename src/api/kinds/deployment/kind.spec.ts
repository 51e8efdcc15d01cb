import { expect } from "chai";
import { admitted } from "../../../../test/builders/from-manifest.js";
import { deployment } from "../../../../test/builders/index.js";
import { intOrString } from "../../values/int-or-string.js";
import { deploymentKind } from "./kind.js";

describe("applyDeploymentDefaults", () => {
  it("fills in what Kubernetes fills in", () => {
    const { spec } = admitted(deploymentKind, "metadata: { name: web }");
    expect(spec).to.include({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    expect(spec.strategy).to.deep.equal({
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: intOrString("25%"), maxSurge: intOrString("25%") },
    });
    expect(spec.template?.spec?.restartPolicy).to.equal("Always");
  });

  it("leaves alone what is given, zero included", () => {
    const { spec } = admitted(
      deploymentKind,
      "spec: { replicas: 0, revisionHistoryLimit: 0, strategy: { rollingUpdate: { maxSurge: 0 } } }",
    );
    expect(spec).to.include({ replicas: 0, revisionHistoryLimit: 0 });
    expect(spec.strategy?.rollingUpdate?.maxSurge).to.deep.equal(intOrString(0));
    expect(spec.strategy?.rollingUpdate?.maxUnavailable).to.deep.equal(intOrString("25%"));
  });

  it("adds nothing to Recreate", () => {
    const { spec } = admitted(deploymentKind, "spec: { strategy: { type: Recreate } }");
    expect(spec.strategy).to.deep.equal({ type: "Recreate", rollingUpdate: undefined });
  });
});

describe("columns of deployments", () => {
  it("show counts, and with wide what they are made of", () => {
    const web = deployment({
      replicas: 3,
      template: { image: "busybox:1" },
      status: { readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2 },
      createdMs: 1_000,
    });
    const cells = Object.fromEntries(deploymentKind.columns.map(({ name, cell }) => [name, cell(web, 61_000)]));
    expect(cells).to.include({
      NAME: "web",
      READY: "2/3",
      "UP-TO-DATE": "1",
      AVAILABLE: "2",
      AGE: "60s",
      IMAGES: "busybox:1",
      SELECTOR: "app=web",
    });
    expect(deploymentKind.columns.map(({ name }) => name)).to.deep.equal([
      "NAME",
      "READY",
      "UP-TO-DATE",
      "AVAILABLE",
      "AGE",
      "CONTAINERS",
      "IMAGES",
      "SELECTOR",
    ]);
  });
});

describe("scale of a Deployment", () => {
  it("reads and writes replicas", () => {
    const web = deployment({ replicas: 3, status: { replicas: 2 } });
    const { scale } = deploymentKind;
    expect([scale?.read(web), scale?.readStatus(web), scale?.selector(web)]).to.deep.equal([3, 2, "app=web"]);
    scale?.write(web, 7);
    expect(web.spec.replicas).to.equal(7);
  });
});

describe("warnings of a Deployment", () => {
  const onFailure = "howbernetes.dev/on-failure";
  const cases = [
    { annotations: {}, before: undefined, warnings: 0 },
    { annotations: { [onFailure]: "rollback" }, before: undefined, warnings: 0 },
    { annotations: { [onFailure]: "Rollback" }, before: undefined, warnings: 1 },
    { annotations: { [onFailure]: "Rollback" }, before: { [onFailure]: "rollback" }, warnings: 1 },
    { annotations: { [onFailure]: "Rollback" }, before: {}, warnings: 1 },
    { annotations: { [onFailure]: "Rollback" }, before: { [onFailure]: "Rollback" }, warnings: 0 },
    { annotations: {}, before: { [onFailure]: "Rollback" }, warnings: 0 },
  ];
  for (const { annotations, before, warnings } of cases) {
    it(`are ${warnings} of ${JSON.stringify(annotations)}, after ${JSON.stringify(before) ?? "nothing"}`, () => {
      const previous = before === undefined ? undefined : deployment({ annotations: before });
      expect(deploymentKind.warnings?.(deployment({ annotations }), previous)).to.have.length(warnings);
    });
  }
});
