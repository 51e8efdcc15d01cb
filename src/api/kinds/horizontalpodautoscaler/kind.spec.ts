import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { horizontalPodAutoscaler } from "../../../../test/builders/index.js";
import { HorizontalPodAutoscaler } from "../../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import { horizontalPodAutoscalerKind } from "./kind.js";

const target = "scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }";
const bounded = `${target}, maxReplicas: 5`;
const spec = (fields: string) => admitted(horizontalPodAutoscalerKind, `spec: { ${fields} }`);
const errorsOf = (fields: string): string[] => lines(horizontalPodAutoscalerKind.validate(spec(fields)));

describe("HorizontalPodAutoscaler defaults", () => {
  it("keep processors at 80 percent, and one replica at least", () => {
    const { minReplicas, metrics, behavior } = spec(bounded).spec;
    expect(minReplicas).to.equal(1);
    expect(metrics.map(({ type, resource }) => [type, resource?.name, resource?.target?.averageUtilization])).to.deep.equal([
      ["Resource", "cpu", 80],
    ]);
    expect(behavior).to.equal(undefined);
  });

  it("complete a behavior of which some is written", () => {
    const { behavior } = spec(`${bounded}, behavior: { scaleDown: { stabilizationWindowSeconds: 60 } }`).spec;
    const policies = (rules: typeof behavior extends infer B ? B : never, way: "scaleUp" | "scaleDown"): string[] =>
      (rules?.[way]?.policies ?? []).map(({ type, value, periodSeconds }) => `${type} ${value} ${periodSeconds}`);
    expect(policies(behavior, "scaleUp")).to.deep.equal(["Pods 4 15", "Percent 100 15"]);
    expect(policies(behavior, "scaleDown")).to.deep.equal(["Percent 100 15"]);
    expect([behavior?.scaleUp?.stabilizationWindowSeconds, behavior?.scaleDown?.stabilizationWindowSeconds]).to.deep.equal([0, 60]);
    expect([behavior?.scaleUp?.selectPolicy, behavior?.scaleDown?.selectPolicy]).to.deep.equal(["Max", "Max"]);
  });
});

describe("validateHorizontalPodAutoscaler", () => {
  const cases: readonly (readonly [fields: string, errors: readonly string[]])[] = [
    [bounded, []],
    [
      "",
      [
        "spec.maxReplicas: Invalid value: 0: must be greater than 0",
        "spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
        "spec.scaleTargetRef.kind: Required value",
        "spec.scaleTargetRef.name: Required value",
      ],
    ],
    [`${bounded}, minReplicas: 0`, ["spec.minReplicas: Invalid value: 0: must be greater than or equal to 1"]],
    [`${bounded}, minReplicas: 6`, ["spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`"]],
    [
      "maxReplicas: 1, scaleTargetRef: { kind: a/b, name: .., apiVersion: a/b/c }",
      [
        "spec.scaleTargetRef.kind: Invalid value: \"a/b\": may not contain '/'",
        "spec.scaleTargetRef.name: Invalid value: \"..\": may not be '..'",
        'spec.scaleTargetRef.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      ],
    ],
    [
      `${bounded}, behavior: { scaleUp: { stabilizationWindowSeconds: 3601, selectPolicy: Mean } }`,
      [
        "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600",
        'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Mean": supported values: "Disabled", "Max", "Min"',
      ],
    ],
    [
      `${bounded}, behavior: { scaleDown: { tolerance: -1, policies: [{ type: Nodes, periodSeconds: 1801 }] } }`,
      [
        'spec.behavior.scaleDown.policies[0].type: Unsupported value: "Nodes": supported values: "Percent", "Pods"',
        "spec.behavior.scaleDown.policies[0].value: Invalid value: 0: must be greater than zero",
        "spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800",
        'spec.behavior.scaleDown.tolerance: Invalid value: "-1": must be greater than or equal to 0',
      ],
    ],
  ];
  for (const [fields, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} { ${fields} }`, () => {
      expect(errorsOf(fields)).to.deep.equal(errors);
    });
  }

  const average = "type: AverageValue, averageValue: 5";
  const metrics: readonly (readonly [metric: string, errors: readonly string[]])[] = [
    ["type: Resource, resource: { name: memory, target: { type: AverageValue, averageValue: 1Gi } }", []],
    [
      "type: ContainerResource, containerResource: { name: cpu, container: main, target: { type: Utilization, averageUtilization: 5 } }",
      [],
    ],
    [`type: Pods, pods: { metric: { name: requests }, target: { ${average} } }`, []],
    [`type: Object, object: { describedObject: { kind: Service, name: web }, metric: { name: a }, target: { ${average} } }`, []],
    ["type: External, external: { metric: { name: queue, selector: { matchLabels: { a: b } } }, target: { type: Value, value: 5 } }", []],
    ["", [".type: Required value: must specify a metric source type"]],
    ["type: Moon", ['.type: Unsupported value: "Moon": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"']],
    ["type: Pods", [".pods: Required value: must populate information for the given metric source"]],
    [
      `type: Pods, pods: { metric: { name: a }, target: { ${average} } }, resource: { name: cpu }`,
      [".resource: Forbidden: must populate the given metric source only"],
    ],
    [
      "type: Resource, resource: {}",
      [
        ".resource.name: Required value: must specify a resource name",
        ".resource.target.type: Required value: must specify a metric target type",
        '.resource.target.type: Invalid value: "": must be either Utilization, Value, or AverageValue',
        ".resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization",
      ],
    ],
    [
      "type: Resource, resource: { name: cpu, target: { type: Utilization, averageUtilization: 0, averageValue: 0 } }",
      [
        '.resource.target.averageValue: Invalid value: "0": must be positive',
        ".resource.target.averageUtilization: Invalid value: 0: must be greater than 0",
        ".resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization",
      ],
    ],
    [
      "type: ContainerResource, containerResource: { name: cpu, target: { type: Utilization, averageUtilization: 5 } }",
      [".containerResource.container: Required value: must specify a container"],
    ],
    [
      "type: Pods, pods: { metric: {}, target: { type: Value, value: 1 } }",
      [
        ".pods.metric.name: Required value: must specify a metric name",
        ".pods.target.averageValue: Required value: must specify a positive target averageValue",
      ],
    ],
    [
      "type: Object, object: { describedObject: { name: web }, metric: { name: a%b }, target: { type: Value } }",
      [
        ".object.describedObject.kind: Required value",
        ".object.metric.name: Invalid value: \"a%b\": may not contain '%'",
        ".object.target.averageValue: Required value: must set either a target value or averageValue",
      ],
    ],
    [
      "type: External, external: { metric: { name: a }, target: { type: Value, value: 1, averageValue: 1 } }",
      [".external.target.value: Forbidden: may not set both a target value for metric and a per-pod target"],
    ],
  ];
  for (const [metric, errors] of metrics) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} the metric { ${metric} }`, () => {
      expect(errorsOf(`${bounded}, metrics: [{ ${metric} }]`)).to.deep.equal(errors.map((error) => `spec.metrics[0]${error}`));
    });
  }

  it("refuses counts that cannot be", () => {
    const next = horizontalPodAutoscaler({ status: { currentReplicas: -1 } });
    expect(lines(horizontalPodAutoscalerKind.validateStatusUpdate?.(next, next) ?? [])).to.deep.equal([
      "status.currentReplicas: Invalid value: -1: must be greater than or equal to 0",
    ]);
  });
});

describe("HorizontalPodAutoscaler columns", () => {
  const cpu = (averageUtilization: number): object => ({ type: "Resource", resource: { name: "cpu", target: { averageUtilization } } });
  const queue = { type: "External", external: { metric: { name: "queue" }, target: { averageValue: { string: "30" } } } };
  const cases: readonly (readonly [metrics: object[], current: object[], shown: string])[] = [
    [[], [], "<none>"],
    [[cpu(80)], [], "cpu: <unknown>/80%"],
    [[cpu(80)], [{ type: "Resource", resource: { name: "cpu", current: { averageUtilization: 35 } } }], "cpu: 35%/80%"],
    [[queue, cpu(50)], [{ external: { current: { averageValue: { string: "12" } } } }], "12/30 (avg), cpu: <unknown>/50%"],
    [[cpu(1), cpu(2), cpu(3), queue], [], "cpu: <unknown>/1%, cpu: <unknown>/2% + 2 more..."],
  ];
  for (const [metrics, currentMetrics, shown] of cases) {
    it(`show ${shown}`, () => {
      const web = horizontalPodAutoscaler();
      const message = HorizontalPodAutoscaler.fromPartial({ spec: { metrics }, status: { currentMetrics } });
      web.spec.metrics = message.spec?.metrics ?? [];
      web.status.currentMetrics = message.status?.currentMetrics ?? [];
      expect(horizontalPodAutoscalerKind.columns[2]?.cell(web, 0)).to.equal(shown);
    });
  }

  it("name what is scaled, and the bounds", () => {
    const web = horizontalPodAutoscaler({ status: { currentReplicas: 3 } });
    expect(horizontalPodAutoscalerKind.columns.slice(0, 6).map(({ name, cell }) => `${name}=${cell(web, 0)}`)).to.deep.equal([
      "NAME=web",
      "REFERENCE=Deployment/web",
      "TARGETS=cpu: <unknown>/80%",
      "MINPODS=1",
      "MAXPODS=10",
      "REPLICAS=3",
    ]);
  });
});
