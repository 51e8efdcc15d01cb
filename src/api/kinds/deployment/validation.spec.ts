import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { deployment } from "../../../../test/builders/index.js";
import { deploymentKind } from "./kind.js";

const selector = "selector: { matchLabels: { app: web } }";
const container = "containers: [{ name: main, image: a }]";
const template = `template: { metadata: { labels: { app: web } }, spec: { ${container} } }`;

const errorsOf = (fields: string): string[] => lines(deploymentKind.validate(admitted(deploymentKind, `spec: { ${fields} }`)));
const withBoth = (fields: string): string[] => errorsOf(`${selector}, ${template}, ${fields}`);

describe("validateDeployment: selector and template", () => {
  it("accepts a selector that matches", () => {
    expect(errorsOf(`${selector}, ${template}`)).to.deep.equal([]);
  });

  it("accepts expressions that match", () => {
    const expressions = "selector: { matchExpressions: [{ key: app, operator: In, values: [web, api] }] }";
    expect(errorsOf(`${expressions}, ${template}`)).to.deep.equal([]);
  });

  it("refuses a selector that does not match", () => {
    expect(errorsOf(`selector: { matchLabels: { app: api } }, ${template}`)).to.deep.equal([
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ]);
  });

  it("refuses a template without labels", () => {
    expect(errorsOf(`${selector}, template: { spec: { ${container} } }`)).to.deep.equal([
      "spec.template.metadata.labels: Invalid value: {}: `selector` does not match template `labels`",
    ]);
  });

  it("requires a selector", () => {
    expect(errorsOf(template)).to.deep.equal([
      "spec.selector: Required value",
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ]);
  });

  it("refuses an empty selector", () => {
    expect(errorsOf(`selector: {}, ${template}`)).to.deep.equal([
      "spec.selector: Invalid value: {}: empty selector is invalid for deployment",
    ]);
  });

  it("refuses a selector that means nothing", () => {
    expect(errorsOf(`selector: { matchExpressions: [{ key: app, operator: Like }] }, ${template}`)).to.deep.equal([
      'spec.selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
    ]);
  });

  it("requires a template", () => {
    expect(errorsOf(selector)).to.include("spec.template.spec.containers: Required value");
  });

  for (const policy of ["Never", "OnFailure"]) {
    it(`refuses pods that restart ${policy}`, () => {
      const fields = `template: { metadata: { labels: { app: web } }, spec: { restartPolicy: ${policy}, ${container} } }`;
      expect(errorsOf(`${selector}, ${fields}`)).to.deep.equal([
        `spec.template.spec.restartPolicy: Unsupported value: "${policy}": supported values: "Always"`,
      ]);
    });
  }

  it("refuses pods with a deadline", () => {
    const fields = `template: { metadata: { labels: { app: web } }, spec: { activeDeadlineSeconds: 5, ${container} } }`;
    expect(errorsOf(`${selector}, ${fields}`)).to.include(
      "spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in Deployment is not Supported",
    );
  });

  it("names errors of the pods by their place in the template", () => {
    const fields = "template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: main }] } }";
    expect(errorsOf(`${selector}, ${fields}`)).to.deep.equal(["spec.template.spec.containers[0].image: Required value"]);
  });
});

describe("validateDeployment: numbers and strategy", () => {
  const rolling = (fields: string): string => `strategy: { type: RollingUpdate, rollingUpdate: { ${fields} } }`;
  const maxUnavailable = "spec.strategy.rollingUpdate.maxUnavailable";
  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    ["replicas: 0", []],
    ["strategy: { type: Recreate }", []],
    [rolling("maxSurge: 0, maxUnavailable: 1"), []],
    [rolling("maxSurge: 250%, maxUnavailable: 100%"), []],
    ["replicas: -1", ["spec.replicas: Invalid value: -1: must be greater than or equal to 0"]],
    ["minReadySeconds: -1", ["spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0"]],
    ["revisionHistoryLimit: -1", ["spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0"]],
    ["minReadySeconds: 600", ["spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"]],
    [
      "strategy: { type: BlueGreen }",
      ['spec.strategy.type: Unsupported value: "BlueGreen": supported values: "Recreate", "RollingUpdate"'],
    ],
    [
      "strategy: { type: Recreate, rollingUpdate: { maxSurge: 1 } }",
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [rolling("maxSurge: 0, maxUnavailable: 0"), [`${maxUnavailable}: Invalid value: 0: may not be 0 when \`maxSurge\` is 0`]],
    [rolling("maxSurge: 0%, maxUnavailable: 0%"), [`${maxUnavailable}: Invalid value: "0%": may not be 0 when \`maxSurge\` is 0`]],
    [rolling("maxUnavailable: 101%"), [`${maxUnavailable}: Invalid value: "101%": must not be greater than 100%`]],
    [rolling("maxUnavailable: -1"), [`${maxUnavailable}: Invalid value: -1: must be greater than or equal to 0`]],
    [
      rolling("maxSurge: some"),
      [
        "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"some\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ],
    ],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${fields}`, () => {
      expect(withBoth(fields)).to.deep.equal(errors);
    });
  }
});

describe("validateUpdate of a Deployment", () => {
  it("accepts all but another selector", () => {
    const next = deployment({ replicas: 5, template: { image: "b:2" }, strategy: "Recreate" });
    expect(deploymentKind.validateUpdate(next, deployment())).to.deep.equal([]);
  });

  it("refuses another selector", () => {
    const next = deployment({ matchLabels: { app: "other" } });
    expect(lines(deploymentKind.validateUpdate(next, deployment()))).to.deep.equal([
      'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    ]);
  });
});

describe("validateStatusUpdate of a Deployment", () => {
  const check = deploymentKind.validateStatusUpdate;
  const cases: readonly { it: string; status: object; errors: readonly string[] }[] = [
    {
      it: "accepts counts that agree",
      status: { replicas: 3, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 1, collisionCount: 2 },
      errors: [],
    },
    {
      it: "refuses a part greater than the whole",
      status: { replicas: 1, updatedReplicas: 2, collisionCount: 2 },
      errors: ["status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas"],
    },
    {
      it: "refuses more available than ready",
      status: { replicas: 2, readyReplicas: 1, availableReplicas: 2, collisionCount: 2 },
      errors: ["status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas"],
    },
    {
      it: "refuses less than none",
      status: { unavailableReplicas: -1, collisionCount: 2 },
      errors: ["status.unavailableReplicas: Invalid value: -1: must be greater than or equal to 0"],
    },
    {
      it: "refuses collisions counted down",
      status: { collisionCount: 1 },
      errors: ["status.collisionCount: Invalid value: 1: cannot be decremented"],
    },
  ];
  for (const { it: does, status, errors } of cases) {
    it(does, () => {
      const previous = deployment({ status: { collisionCount: 2 } });
      expect(lines(check?.(deployment({ status }), previous) ?? [])).to.deep.equal(errors);
    });
  }
});
