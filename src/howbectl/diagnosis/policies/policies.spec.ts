import { expect } from "chai";
import {
  configMap,
  horizontalPodAutoscaler,
  namespace,
  node,
  pod,
  podDisruptionBudget,
  resourceQuota,
} from "../../../../test/builders/index.js";
import { ago, event, nowMs } from "../../../../test/builders/pod-facts.js";
import { configMapKind } from "../../../api/kinds/configmap/kind.js";
import { horizontalPodAutoscalerKind } from "../../../api/kinds/horizontalpodautoscaler/kind.js";
import type { Kind } from "../../../api/kinds/kind.js";
import { namespaceKind } from "../../../api/kinds/namespace/kind.js";
import { nodeKind } from "../../../api/kinds/node/kind.js";
import { podDisruptionBudgetKind } from "../../../api/kinds/poddisruptionbudget/kind.js";
import type { ApiObject, Whole } from "../../../api/object.js";
import { NodeCondition } from "../../../gen/howbernetes/core/v1/node.js";
import { diagnose } from "../diagnose.js";
import type { ObjectFacts } from "../facts.js";
import type { Diagnosis } from "../finding.js";

function diagnosed<T extends ApiObject>(kind: Kind<T>, object: Whole<T>, more: Partial<ObjectFacts> = {}): Diagnosis {
  const subject = { kind: kind as unknown as Kind, object };
  const nothing = { events: [], controlled: [], pods: [], examined: [], allowances: { quotas: [], ranges: [] }, nodes: [], related: [] };
  return diagnose({ subject, ...nothing, ...more }, nowMs);
}

const codes = ({ findings }: Diagnosis): string[] => findings.map(({ code }) => code);

describe("diagnose, of nodes", () => {
  it("is content with one that is ready", () => {
    const { headline, healthy } = diagnosed(nodeKind, node(), { pods: [pod()] });
    expect(healthy).to.equal(true);
    expect(headline).to.equal("node n1 is ready: 1 pod is on it");
  });

  it("tells one that says that it is not ready from one that says nothing", () => {
    expect(codes(diagnosed(nodeKind, node({ ready: false })))).to.include("NodeNotReady");
    expect(codes(diagnosed(nodeKind, node({ ready: "Unknown" })))).to.include("NodeUnreachable");
    expect(codes(diagnosed(nodeKind, node({ ready: "none" })))).to.include("NodeUnreachable");
  });

  it("names what it is short of, that it is cordoned, and what keeps pods off it", () => {
    const taints = [
      { key: "gpu", value: "yes", effect: "NoSchedule" },
      { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" },
    ];
    const short = node({ unschedulable: true, taints });
    short.status.conditions.push(NodeCondition.fromPartial({ type: "DiskPressure", status: "True", lastTransitionTime: ago(5) }));
    const diagnosis = diagnosed(nodeKind, short);
    expect(codes(diagnosis)).to.deep.equal(["DiskPressure", "Cordoned", "Tainted", "Load"]);
    expect(diagnosis.findings.flatMap(({ suggestions }) => suggestions.flatMap(({ commands }) => commands))).to.include.members([
      "howbectl uncordon n1",
      "howbectl taint nodes n1 gpu:NoSchedule-",
    ]);
  });
});

describe("diagnose, of namespaces", () => {
  it("names what keeps one from going, and how to take it away", () => {
    const held = configMap({ name: "last", namespace: "shop", deleting: true, finalizers: ["example.com/hold"] });
    const related = [{ kind: configMapKind as unknown as Kind, object: held }];
    const { headline, findings } = diagnosed(namespaceKind, namespace({ name: "shop", deleting: true }), { related });
    expect(headline).to.equal("namespace shop is terminating: 1 object in it is kept by finalizers");
    expect(findings[0]?.evidence).to.include("configmap shop/last: example.com/hold");
    expect(findings[0]?.suggestions[0]?.commands).to.deep.equal([
      `howbectl patch configmap/last -n shop --type=merge -p '{"metadata":{"finalizers":null}}'`,
    ]);
  });

  it("says that one is being emptied", () => {
    const related = [{ kind: configMapKind as unknown as Kind, object: configMap({ name: "a", namespace: "shop" }) }];
    const { healthy, findings } = diagnosed(namespaceKind, namespace({ name: "shop", deleting: true }), { related });
    expect(healthy).to.equal(true);
    expect(findings[0]?.evidence).to.include("left in it: configmap shop/a");
  });

  it("names quotas that are used up", () => {
    const quotas = [resourceQuota({ name: "few", hard: { pods: "2", secrets: "5" }, used: { pods: "2", secrets: "1" } })];
    const { findings } = diagnosed(namespaceKind, namespace({ name: "shop" }), { allowances: { quotas, ranges: [] } });
    expect(findings[0]?.headline).to.equal("quota few is used up");
    expect(findings[0]?.evidence).to.deep.equal(["pods: 2 of 2 used"]);
  });
});

describe("diagnose, of budgets", () => {
  const budget = (minAvailable: number, status: object) =>
    diagnosed(podDisruptionBudgetKind, podDisruptionBudget({ minAvailable, status }));
  const cases = [
    {
      it: "allows some",
      diagnosis: budget(1, { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 }),
      code: "Allows",
      healthy: true,
    },
    {
      it: "never allows any",
      diagnosis: budget(2, { currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 }),
      code: "NeverAllows",
      healthy: false,
    },
    {
      it: "has none to spare",
      diagnosis: budget(1, { currentHealthy: 1, desiredHealthy: 1, expectedPods: 2 }),
      code: "NoneToSpare",
      healthy: false,
    },
    { it: "is about no pods", diagnosis: budget(1, {}), code: "NoPods", healthy: false },
  ];
  for (const { it: does, diagnosis, code, healthy } of cases) {
    it(`says of one that it ${does}`, () => {
      expect(codes(diagnosis)).to.deep.equal([code]);
      expect(diagnosis.healthy).to.equal(healthy);
    });
  }
});

describe("diagnose, of autoscalers", () => {
  const scaler = (type: string, status: string, reason: string, message = "") =>
    diagnosed(
      horizontalPodAutoscalerKind,
      horizontalPodAutoscaler({
        maxReplicas: 4,
        status: { currentReplicas: 4, desiredReplicas: 4, conditions: [{ type, status, reason, message, lastTransitionTime: ago(5) }] },
      }),
    );

  it("says that it is at its maximum, and how to raise that", () => {
    const { findings } = scaler("ScalingLimited", "True", "TooManyReplicas");
    expect(findings[0]?.code).to.equal("AtMaximum");
    expect(findings[0]?.suggestions[0]?.commands).to.deep.equal([
      `howbectl patch horizontalpodautoscaler/web -n default --type=merge -p '{"spec":{"maxReplicas":8}}'`,
    ]);
  });

  it("says which figures are missing, and why it may not scale", () => {
    expect(codes(scaler("ScalingActive", "False", "FailedGetResourceMetric", "unable to fetch metrics"))).to.deep.equal(["MetricsMissing"]);
    const unasked = scaler("ScalingActive", "False", "FailedGetResourceMetric", "missing request for cpu in container main of Pod web");
    expect(unasked.findings[0]?.headline).to.equal("its pods do not say how much cpu they request");
    const requests = (message: string) =>
      scaler("ScalingActive", "False", "FailedGetResourceMetric", message).findings[0]?.suggestions[0]?.commands[0]?.split(" ").at(-1);
    expect(requests("missing request for cpu in container main of Pod web")).to.equal("--requests=cpu=100m");
    // A tenth of a byte is nothing that anybody requests.
    expect(requests("missing request for memory in container main of Pod web")).to.equal("--requests=memory=128Mi");
    expect(codes(scaler("ScalingActive", "False", "ScalingDisabled", "scaled to zero"))).to.deep.equal(["ScalingDisabled"]);
    expect(codes(scaler("AbleToScale", "False", "FailedGetScale", "not found"))).to.deep.equal(["TargetMissing"]);
    expect(codes(scaler("ScalingActive", "True", "ValidMetricFound"))).to.deep.equal(["Steady"]);
  });
});

describe("diagnose, of anything else", () => {
  it("repeats the warnings about it, and says so when there are none", () => {
    const warning = { ...event("Odd", "something is odd"), type: "Warning" };
    expect(diagnosed(configMapKind, configMap({ name: "app" }), { events: [warning] }).findings[0]?.evidence[0]).to.match(
      /something is odd/,
    );
    expect(diagnosed(configMapKind, configMap({ name: "app" })).headline).to.equal(
      "configmap default/app is there: nothing is known to be wrong with it",
    );
  });
});
