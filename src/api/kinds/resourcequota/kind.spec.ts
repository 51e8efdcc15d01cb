import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { resourceQuota } from "../../../../test/builders/index.js";
import { resourceQuotaKind } from "./kind.js";

const errorsOf = (spec: string): string[] => lines(resourceQuotaKind.validate(admitted(resourceQuotaKind, `spec: { ${spec} }`)));

type Cases = readonly (readonly [spec: string, errors: readonly string[]])[];

function check(cases: Cases): void {
  for (const [spec, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${spec}`, () => {
      expect(errorsOf(spec)).to.deep.equal(errors);
    });
  }
}

describe("validateResourceQuota: what is limited", () => {
  check([
    ["", []],
    ["hard: { pods: 10, cpu: 1500m, memory: 2Gi, ephemeral-storage: 1Gi, requests.cpu: 1, limits.memory: 4Gi }", []],
    ["hard: { count/deployments.apps: 3, count/widgets.example.com: 0 }", []],
    ["hard: { requests.nvidia.com/gpu: 4, hugepages-2Mi: 4Mi, requests.hugepages-2Mi: 4Mi }", []],
    ["hard: { pods: -1 }", ['spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0']],
    ["hard: { pods: 1500m }", ['spec.hard[pods]: Invalid value: "1500m": must be an integer']],
    ["hard: { count/pods: 0.5 }", ['spec.hard[count/pods]: Invalid value: "500m": must be an integer']],
    [
      "hard: { disk: 1 }",
      [
        'spec.hard[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
        'spec.hard[disk]: Invalid value: "disk": must be a standard resource for quota',
      ],
    ],
    ["hard: { storage: 1Gi }", ['spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota']],
  ]);

  it("refuses a quantity that cannot be read", () => {
    const quota = resourceQuota({ hard: { pods: "many" } });
    expect(lines(resourceQuotaKind.validate(quota))).to.deep.equal([
      "spec.hard[pods]: Invalid value: \"many\": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ]);
  });
});

describe("validateResourceQuota: scopes", () => {
  const scopes = (list: string, detail: string): string => `spec.scopes: Invalid value: ${list}: ${detail}`;
  check([
    ["hard: { pods: 1 }, scopes: [BestEffort, Terminating]", []],
    ["hard: { pods: 1, requests.cpu: 1, example.com/gpu: 1 }, scopes: [NotBestEffort, NotTerminating, PriorityClass]", []],
    ["hard: { persistentvolumeclaims: 1 }, scopes: [VolumeAttributesClass]", []],
    ["scopes: [Sometimes]", [scopes('["Sometimes"]', "unsupported scope")]],
    ["hard: { cpu: 1 }, scopes: [BestEffort]", [scopes('["BestEffort"]', "unsupported scope applied to resource")]],
    ["hard: { secrets: 1 }, scopes: [Terminating]", [scopes('["Terminating"]', "unsupported scope applied to resource")]],
    ["scopes: [BestEffort, NotBestEffort]", [scopes('["BestEffort","NotBestEffort"]', "conflicting scopes")]],
    ["scopes: [Terminating, NotTerminating]", [scopes('["Terminating","NotTerminating"]', "conflicting scopes")]],
  ]);
});

describe("validateResourceQuota: scope selector", () => {
  const path = "spec.scopeSelector.matchExpressions";
  const selector = (expressions: string): string => `scopeSelector: { matchExpressions: [${expressions}] }`;
  const mustExist =
    "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
  check([
    [`hard: { pods: 1 }, ${selector("{ scopeName: PriorityClass, operator: In, values: [high] }")}`, []],
    [selector("{ scopeName: BestEffort, operator: Exists }"), []],
    [selector("{ scopeName: Sometimes, operator: Exists }"), [`${path}.scopeName: Invalid value: "Sometimes": unsupported scope`]],
    [
      selector("{ scopeName: PriorityClass, operator: In }"),
      [`${path}.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`],
    ],
    [
      selector("{ scopeName: PriorityClass, operator: Exists, values: [a] }"),
      [`${path}.values: Invalid value: ["a"]: must be no value when \`operator\` is 'Exist' or 'DoesNotExist' for scope selector`],
    ],
    [selector("{ scopeName: PriorityClass, operator: Like }"), [`${path}.operator: Invalid value: "Like": not a valid selector operator`]],
    [selector("{ scopeName: BestEffort, operator: In, values: [a] }"), [`${path}.operator: Invalid value: "In": ${mustExist}`]],
    [
      `hard: { secrets: 1 }, ${selector("{ scopeName: PriorityClass, operator: DoesNotExist }")}`,
      [
        `${path}: Invalid value: {"matchExpressions":[{"scopeName":"PriorityClass","operator":"DoesNotExist"}]}: unsupported scope applied to resource`,
      ],
    ],
    [
      selector("{ scopeName: BestEffort, operator: Exists }, { scopeName: NotBestEffort, operator: Exists }"),
      [`${path}: Invalid value: []: conflicting scopes`],
    ],
  ]);
});

describe("a ResourceQuota's changes", () => {
  it("may be of what is limited, and of the order of its scopes", () => {
    const previous = resourceQuota({ hard: { pods: "1" }, scopes: ["BestEffort", "Terminating"] });
    const next = resourceQuota({ hard: { pods: "2" }, scopes: ["Terminating", "BestEffort"] });
    expect(resourceQuotaKind.validateUpdate(next, previous)).to.deep.equal([]);
  });

  it("may not be of its scopes", () => {
    const next = resourceQuota({ scopes: ["BestEffort"] });
    expect(lines(resourceQuotaKind.validateUpdate(next, resourceQuota()))).to.deep.equal([
      'spec.scopes: Invalid value: ["BestEffort"]: field is immutable',
    ]);
  });

  it("leave the status alone, which is empty at first", () => {
    const born = resourceQuota({ hard: { pods: "1" }, used: { pods: "1" } });
    resourceQuotaKind.prepareForCreate(born);
    expect(born.status).to.deep.equal({ hard: {}, used: {} });
    const previous = resourceQuota({ hard: { pods: "1" }, used: { pods: "1" } });
    const next = resourceQuota({ hard: { pods: "5" } });
    resourceQuotaKind.prepareForUpdate(next, previous);
    expect(next.status).to.deep.equal(previous.status);
  });

  it("of its status must name what there is", () => {
    const next = resourceQuota({ hard: { disk: "1" }, used: { pods: "-1" } });
    expect(lines(resourceQuotaKind.validateStatusUpdate?.(next, resourceQuota()) ?? [])).to.deep.equal([
      'status.hard[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
      'status.hard[disk]: Invalid value: "disk": must be a standard resource for quota',
      'status.used[pods]: Invalid value: "-1": must be greater than or equal to 0',
    ]);
  });
});

describe("columns of resourcequotas", () => {
  it("show what is used of what there is, limits apart", () => {
    const team = resourceQuota({
      hard: { pods: "10", "requests.cpu": "2", "limits.cpu": "4" },
      used: { pods: "3", "limits.cpu": "500m" },
      createdMs: 1_000,
    });
    expect(resourceQuotaKind.columns.map(({ name, cell }) => `${name}=${cell(team, 61_000)}`)).to.deep.equal([
      "NAME=team",
      "REQUEST=pods: 3/10, requests.cpu: 0/2",
      "LIMIT=limits.cpu: 500m/4",
      "AGE=60s",
    ]);
  });
});
