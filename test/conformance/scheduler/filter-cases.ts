import fc from "fast-check";
import { Container } from "../../../src/gen/howbernetes/core/v1/container.js";
import { Affinity, type NodeSelectorRequirement, type NodeSelectorTerm } from "../../../src/gen/howbernetes/core/v1/scheduling.js";
import type { FilterPlugin } from "../../../src/scheduler/framework/plugin.js";
import type { PluginContext } from "../../../src/scheduler/framework/plugin-context.js";
import { createNodeAffinity } from "../../../src/scheduler/plugins/node-affinity.js";
import { nodePorts } from "../../../src/scheduler/plugins/node-ports.js";
import { nodeReady } from "../../../src/scheduler/plugins/node-ready.js";
import { createNodeResourcesFit } from "../../../src/scheduler/plugins/node-resources-fit.js";
import { nodeUnschedulable } from "../../../src/scheduler/plugins/node-unschedulable.js";
import { createTaintToleration } from "../../../src/scheduler/plugins/taint-toleration.js";
import type { NodeOptions, PodOptions } from "../../builders/index.js";
import { quantities } from "../../builders/quantities.js";
import type { FilterCase } from "../../fakes/filter-trial.js";

// Few values of everything, so that things meet.
const key = fc.constantFrom<string>("disk", "example.com/rack", "cores", "kubernetes.io/hostname");
const value = fc.constantFrom<string>("ssd", "a~1", "8", "16");
const labels = fc.dictionary(key, value, { maxKeys: 3 });
const effect = fc.constantFrom("NoSchedule", "NoExecute", "PreferNoSchedule");
const taint = fc.record({
  key: fc.constantFrom("gpu", "example.com/spot", "node.kubernetes.io/disk-pressure"),
  value: fc.constantFrom("", "yes"),
  effect,
});
const cpu = fc.constantFrom("0", "100m", "700m", "1", "3");
const memory = fc.constantFrom("0", "1", "700Mi", "1500M", "3Gi");
const requests = fc.record({ cpu, memory, "example.com/gpu": fc.constantFrom("0", "1", "2") });
const ports = fc.uniqueArray(
  fc.record({
    hostPort: fc.constantFrom(80, 81, 65_535),
    hostIP: fc.constantFrom("", "127.0.0.1"),
    protocol: fc.constantFrom("TCP", "UDP"),
  }),
  { maxLength: 2, selector: ({ hostPort, protocol }) => `${hostPort}/${protocol}` },
);

const container = fc.record({ requests, ports }).map(({ requests: asked, ports: taken }) =>
  Container.fromPartial({
    name: "c",
    resources: { requests: quantities(asked), limits: quantities({ "example.com/gpu": asked["example.com/gpu"] }), claims: [] },
    ports: taken.map((port) => ({ containerPort: 80, ...port })),
  }),
);

const requirement: fc.Arbitrary<NodeSelectorRequirement> = fc.oneof(
  fc.record({ key, operator: fc.constantFrom<string>("In", "NotIn"), values: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }) }),
  fc.record({ key, operator: fc.constantFrom<string>("Exists", "DoesNotExist"), values: fc.constant<string[]>([]) }),
  fc.record({
    key: fc.constant<string>("cores"),
    operator: fc.constantFrom<string>("Gt", "Lt"),
    values: fc.constantFrom<string[]>(["8"], ["12"]),
  }),
);
const named: fc.Arbitrary<NodeSelectorRequirement> = fc.record({
  key: fc.constant<string>("metadata.name"),
  operator: fc.constantFrom<string>("In", "NotIn"),
  values: fc.constantFrom<string[]>(["n1"], ["n2"]),
});
const term: fc.Arbitrary<NodeSelectorTerm> = fc.record({
  matchExpressions: fc.array(requirement, { maxLength: 3 }),
  matchFields: fc.array(named, { maxLength: 1 }),
});

/** Any node. */
export const arbitraryNode: fc.Arbitrary<NodeOptions> = fc.record({
  labels,
  unschedulable: fc.boolean(),
  ready: fc.constantFrom<NonNullable<NodeOptions["ready"]>>(true, false, "Unknown"),
  taints: fc.array(taint, { maxLength: 2 }),
  allocatable: fc.record({
    cpu: fc.constantFrom("1", "4"),
    memory: fc.constantFrom("1Gi", "4000000000"),
    "example.com/gpu": fc.constantFrom("0", "2"),
    pods: fc.constantFrom("0", "1", "110"),
  }),
});

const arbitraryPod: fc.Arbitrary<PodOptions> = fc
  .record({
    containers: fc.array(container, { minLength: 1, maxLength: 2 }),
    initContainers: fc.array(container, { maxLength: 1 }),
    nodeSelector: labels,
    terms: fc.option(fc.array(term, { minLength: 1, maxLength: 2 })),
    tolerations: fc.array(
      fc.record({ key: fc.constantFrom("", "gpu"), operator: fc.constant("Exists"), effect: fc.constantFrom("", "NoSchedule") }),
      { maxLength: 1 },
    ),
  })
  .map(({ containers, initContainers, nodeSelector, terms, tolerations }) => ({
    nodeSelector,
    tolerations,
    spec: {
      containers,
      initContainers,
      ...(terms === null
        ? {}
        : {
            affinity: Affinity.fromPartial({
              nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
            }),
          }),
    },
  }));

/** Any pod, and a node with any others on it. */
export const arbitraryCase: fc.Arbitrary<Omit<FilterCase, "it">> = fc.record({
  node: arbitraryNode,
  placed: fc.array(
    container.map((each) => ({ spec: { containers: [each] } })),
    { maxLength: 2 },
  ),
  pod: arbitraryPod,
});

/** The filters that look at a pod and one node. */
export const nodeFilters: readonly (readonly [name: string, make: (context: PluginContext) => FilterPlugin])[] = [
  ["NodeUnschedulable", () => nodeUnschedulable],
  ["TaintToleration", createTaintToleration],
  ["NodeReady", () => nodeReady],
  ["NodeAffinity", () => createNodeAffinity()],
  ["NodePorts", () => nodePorts],
  ["NodeResourcesFit", ({ cluster }) => createNodeResourcesFit(cluster)],
];
