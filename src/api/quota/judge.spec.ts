import { expect } from "chai";
import { pod, resourceQuota } from "../../../test/builders/index.js";
import type { PodOptions } from "../../../test/builders/pod.js";
import type { ResourceQuotaOptions } from "../../../test/builders/resource-quota.js";
import { configMapKind } from "../kinds/configmap/kind.js";
import { podKind } from "../kinds/pod/kind.js";
import type { ApiObject, Whole } from "../object.js";
import { formatAmounts } from "../values/amounts.js";
import { countsAgainst, excess, omission, usedBy } from "./judge.js";
import { UsageMeter } from "./usage-meter.js";

const nowMs = Date.UTC(2030, 0, 1);
const asObject = (object: object): Whole<ApiObject> => object as Whole<ApiObject>;
const request = (options: PodOptions = {}) => ({ kind: podKind, object: asObject(pod(options)), nowMs });

describe("countsAgainst", () => {
  const deadline = { activeDeadlineSeconds: 5 };
  const high = { priorityClassName: "high" };
  const affinity = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ namespaces: ["other"] }] } };
  const selects = (operator: string, ...values: string[]): ResourceQuotaOptions => ({
    scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator, values }] },
  });
  const cases: readonly (readonly [what: string, quota: ResourceQuotaOptions, pod: PodOptions, counts: boolean])[] = [
    ["a quota without scopes", {}, {}, true],
    ["Terminating and a deadline", { scopes: ["Terminating"] }, { spec: deadline }, true],
    ["Terminating and none", { scopes: ["Terminating"] }, {}, false],
    ["NotTerminating and a deadline", { scopes: ["NotTerminating"] }, { spec: deadline }, false],
    ["BestEffort and no requests", { scopes: ["BestEffort"] }, {}, true],
    ["BestEffort and requests", { scopes: ["BestEffort"] }, { requests: { cpu: "1" } }, false],
    ["NotBestEffort and requests", { scopes: ["NotBestEffort"] }, { requests: { cpu: "1" } }, true],
    ["two scopes of which one matches", { scopes: ["NotBestEffort", "Terminating"] }, { requests: { cpu: "1" } }, false],
    ["any priority class", { scopes: ["PriorityClass"] }, { spec: high }, true],
    ["any priority class, of a pod without", { scopes: ["PriorityClass"] }, {}, false],
    ["its priority class", selects("In", "low", "high"), { spec: high }, true],
    ["another priority class", selects("In", "low"), { spec: high }, false],
    ["all but its priority class", selects("NotIn", "high"), { spec: high }, false],
    ["all but a priority class, of a pod without", selects("NotIn", "high"), {}, true],
    ["no priority class, of a pod without", selects("DoesNotExist"), {}, true],
    ["affinity across namespaces, of a pod without", { scopes: ["CrossNamespacePodAffinity"] }, {}, false],
    ["affinity across namespaces", { scopes: ["CrossNamespacePodAffinity"] }, { spec: { affinity } as never }, true],
  ];
  for (const [what, options, podOptions, counts] of cases) {
    it(`${what}: ${counts}`, () => {
      const quota = resourceQuota({ hard: { pods: "1" }, ...options });
      expect(countsAgainst(quota, request(podOptions))).to.equal(counts);
    });
  }

  it("leaves alone what a quota does not name, and what a scope is not about", () => {
    const configMap = { kind: configMapKind, object: asObject({}), nowMs };
    expect(countsAgainst(resourceQuota({ hard: { pods: "1" } }), configMap)).to.equal(false);
    expect(countsAgainst(resourceQuota({ hard: { configmaps: "1" } }), configMap)).to.equal(true);
    expect(countsAgainst(resourceQuota({ hard: { configmaps: "1" }, scopes: ["BestEffort"] }), configMap)).to.equal(false);
  });
});

describe("usedBy", () => {
  it("adds up what counts, and says 0 of what nothing takes", () => {
    const quota = resourceQuota({ hard: { pods: "5", "requests.cpu": "1", "limits.cpu": "1", configmaps: "1" } });
    const pods = [
      pod({ requests: { cpu: "250m" } }),
      pod({ requests: { cpu: "0.5" } }),
      pod({ phase: "Succeeded", requests: { cpu: "1" } }),
    ];
    expect(formatAmounts(usedBy(quota, { kind: podKind, objects: pods.map(asObject), meter: new UsageMeter(), nowMs }))).to.equal(
      "limits.cpu=0,pods=2,requests.cpu=750m",
    );
  });
});

describe("omission", () => {
  it("names what a pod must say where a quota limits it, and who does not", () => {
    const quota = resourceQuota({ hard: { pods: "5", "limits.cpu": "1", "requests.memory": "1Gi", "requests.ephemeral-storage": "1Gi" } });
    expect(omission(quota, request({ requests: { cpu: "1" } }))).to.equal(
      "failed quota: team: must specify limits.cpu for: main; requests.memory for: main",
    );
  });

  it("asks nothing of a pod that says enough", () => {
    expect(omission(resourceQuota({ hard: { cpu: "1" } }), request({ requests: { cpu: "1" } }))).to.equal(undefined);
  });
});

describe("excess", () => {
  const cases: readonly (readonly [hard: Record<string, string>, used: Record<string, string>, message: string | undefined])[] = [
    [{ pods: "2" }, { pods: "1" }, undefined],
    [{ pods: "2" }, { pods: "2" }, "exceeded quota: team, requested: pods=1, used: pods=2, limited: pods=2"],
    [
      { pods: "9", "requests.cpu": "1", cpu: "1" },
      { pods: "2", "requests.cpu": "800m", cpu: "800m" },
      "exceeded quota: team, requested: cpu=300m,requests.cpu=300m, used: cpu=800m,requests.cpu=800m, limited: cpu=1,requests.cpu=1",
    ],
    // Over already, as when the quota has been lowered: what takes nothing more of it is let through.
    [{ "limits.cpu": "1" }, { "limits.cpu": "5" }, undefined],
  ];
  for (const [hard, used, message] of cases) {
    it(`${JSON.stringify(hard)} with ${JSON.stringify(used)} in use: ${message === undefined ? "fits" : "does not fit"}`, () => {
      const amounts = Object.fromEntries(Object.entries(used).map(([name, string]) => [name, { string }]));
      expect(excess(resourceQuota({ hard }), request({ requests: { cpu: "300m" } }), amounts)).to.equal(message);
    });
  }
});
