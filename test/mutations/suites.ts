import { configurationMutations } from "./configuration.js";
import { deploymentMutations } from "./deployments.js";
import { disruptionMutations } from "./disruption.js";
import { jobMutations } from "./jobs.js";
import { type Mutation, mutations } from "./mutations.js";
import { nodeCliMutations } from "./node-cli.js";
import { fieldMutations } from "./node-fields.js";
import { imageMutations } from "./node-images.js";
import { nodeIsolationMutations } from "./node-isolation.js";
import { lifecycleMutations } from "./node-lifecycle.js";
import { nodePodMutations } from "./node-pods.js";
import { flightRecordMutations, probeMutations } from "./node-probes.js";
import { nodeResourceMutations } from "./node-resources.js";
import { streamMutations } from "./node-streams.js";
import { nodeVolumesMutations } from "./node-volumes.js";
import { ownershipMutations } from "./ownership.js";
import { drainMutations, predicateMutations, schedulerConfigurationMutations } from "./scheduler-drain.js";
import { schedulerEngineMutations } from "./scheduler-engine.js";
import { schedulerExplainMutations } from "./scheduler-explain.js";
import { schedulerPluginMutations } from "./scheduler-plugins.js";
import { schedulerPreemptionMutations } from "./scheduler-preemption.js";
import { schedulerTopologyMutations } from "./scheduler-topology.js";
import { whyMutations, whyRealContainerMutations } from "./scheduler-why.js";
import { setMutations } from "./sets.js";

/** Conformance tests, and the faults that they must find. */
export interface MutationSuite {
  /** What precedes the area in the tests' full titles. */
  readonly prefix: string;
  readonly specs: readonly string[];
  readonly mutations: readonly Mutation[];
}

/** All that is mutation-checked. */
export const suites: readonly MutationSuite[] = [
  { prefix: "the API on the embedded store ", specs: ["test/conformance/api/embedded.spec.ts"], mutations },
  {
    prefix: "",
    specs: ["test/conformance/controllers/*.spec.ts"],
    mutations: [
      ...deploymentMutations,
      ...setMutations,
      ...jobMutations,
      ...disruptionMutations,
      ...ownershipMutations,
      ...configurationMutations,
    ],
  },
  {
    prefix: "",
    specs: ["test/conformance/node/*.spec.ts"],
    mutations: [
      ...nodePodMutations,
      ...lifecycleMutations,
      ...fieldMutations,
      ...probeMutations,
      ...flightRecordMutations,
      ...nodeVolumesMutations,
      ...nodeIsolationMutations,
      ...imageMutations,
      ...nodeResourceMutations,
      ...streamMutations,
      ...nodeCliMutations,
    ],
  },
  { prefix: "", specs: ["test/conformance/scheduler/preemption.spec.ts"], mutations: schedulerPreemptionMutations },
  { prefix: "", specs: ["test/conformance/scheduler/predicates.spec.ts"], mutations: predicateMutations },
  {
    prefix: "",
    specs: ["src/howbectl/commands/drain.spec.ts", "src/howbectl/commands/taint.spec.ts", "src/howbectl/nodes/*.spec.ts"],
    mutations: drainMutations,
  },
  { prefix: "", specs: ["src/scheduler/configuration/*.spec.ts"], mutations: schedulerConfigurationMutations },
  {
    prefix: "",
    specs: [
      "src/scheduler/plugins/node-*.spec.ts",
      "src/scheduler/plugins/taint-toleration.spec.ts",
      "src/scheduler/plugins/image-locality.spec.ts",
      "src/scheduler/plugins/recent-failures.spec.ts",
      "src/scheduler/plugins/scheduling-gates.spec.ts",
      "src/scheduler/plugins/amount-text.spec.ts",
      "src/scheduler/plugins/normalize-scores.spec.ts",
      "src/scheduler/cluster/failure-log.spec.ts",
      "test/conformance/scheduler/recent-failures.spec.ts",
      "test/conformance/scheduler/remedies.spec.ts",
      "test/conformance/scheduler/wakes.spec.ts",
    ],
    mutations: schedulerPluginMutations,
  },
  {
    prefix: "",
    specs: [
      "src/scheduler/plugins/pod-topology-spread.spec.ts",
      "src/scheduler/plugins/inter-pod-affinity.spec.ts",
      "src/scheduler/topology/*.spec.ts",
      "src/api/kinds/pod/label-keys.spec.ts",
      "test/conformance/scheduler/topology.spec.ts",
    ],
    mutations: schedulerTopologyMutations,
  },
  {
    prefix: "",
    specs: [
      "src/scheduler/queue/*.spec.ts",
      "src/scheduler/cycle/search.spec.ts",
      "src/scheduler/cycle/nodes-to-find.spec.ts",
      "src/scheduler/cluster/cluster-state.spec.ts",
      "src/scheduler/cluster/pod-shapes.spec.ts",
      "src/scheduler/binding/placer.spec.ts",
    ],
    mutations: schedulerEngineMutations,
  },
  {
    prefix: "",
    specs: [
      "src/scheduler/explanation/*.spec.ts",
      "src/scheduler/assessment/*.spec.ts",
      "src/apiserver/scheduling/*.spec.ts",
      "src/howbectl/commands/rebalance.spec.ts",
    ],
    mutations: schedulerExplainMutations,
  },
  {
    prefix: "",
    specs: [
      "src/howbectl/commands/why.spec.ts",
      "src/howbectl/diagnosis/**/*.spec.ts",
      "test/conformance/scheduler/why-pending.spec.ts",
      "test/conformance/scheduler/why-containers.spec.ts",
      "test/conformance/scheduler/why-workloads.spec.ts",
    ],
    mutations: whyMutations,
  },
  { prefix: "", specs: ["test/conformance/scheduler/why-real-containers.spec.ts"], mutations: whyRealContainerMutations },
];
