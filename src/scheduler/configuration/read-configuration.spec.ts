import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { createProfiles } from "./create-profile.js";
import { defaultPluginArgs } from "./plugin-args.js";
import { ConfigurationError, readSchedulerConfiguration } from "./read-configuration.js";
import { defaultSchedulerConfiguration } from "./scheduler-configuration.js";

const head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

function errorsOf(text: string): string[] {
  try {
    readSchedulerConfiguration(text);
    return [];
  } catch (error: unknown) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message.split("\n");
  }
}

/** The plugins of the first profile, by point: "filter: A B", scores with their weights. */
function pluginsOf(text: string): Record<string, string> {
  const context = pluginContext(new ClusterState(), new FakeClock());
  const [profile] = createProfiles(readSchedulerConfiguration(head + text).profiles, context);
  const names = (plugins: readonly { readonly name: string }[] = []): string => plugins.map(({ name }) => name).join(" ");
  return {
    gates: names(profile?.gates),
    filters: names(profile?.filters),
    rescues: names(profile?.rescues),
    scores: (profile?.scores ?? []).map(({ plugin, weight }) => `${plugin.name}=${weight}`).join(" "),
  };
}

const defaultFilters =
  "NodeUnschedulable NodeName TaintToleration NodeReady NodeAffinity NodePorts NodeResourcesFit PodTopologySpread InterPodAffinity";
const defaultScores =
  "TaintToleration=3 NodeAffinity=2 NodeResourcesFit=1 PodTopologySpread=2 InterPodAffinity=2 NodeResourcesBalancedAllocation=1 ImageLocality=1";

describe("readSchedulerConfiguration", () => {
  it("takes Kubernetes' defaults for what is not said", () => {
    expect(readSchedulerConfiguration(head)).to.deep.equal(defaultSchedulerConfiguration);
  });

  it("reads what is said of the whole scheduler", () => {
    const { backoff, election, profiles } = readSchedulerConfiguration(
      `${head}podInitialBackoffSeconds: 2\npodMaxBackoffSeconds: 20\npercentageOfNodesToScore: 50
leaderElection: { resourceNamespace: default, resourceName: mine, leaseDuration: 30s, renewDeadline: 20s, retryPeriod: 500ms }
profiles: [{ schedulerName: a }, { schedulerName: b, percentageOfNodesToScore: 10 }]`,
    );
    expect(backoff).to.include({ initialMs: 2_000, maxMs: 20_000 });
    expect(election.lease).to.deep.equal({ namespace: "default", name: "mine" });
    expect(election.times).to.deep.equal({ leaseMs: 30_000, renewDeadlineMs: 20_000, retryMs: 500 });
    expect(profiles.map(({ schedulerName, percentageOfNodesToScore: share }) => `${schedulerName} ${share}`)).to.deep.equal([
      "a 50",
      "b 10",
    ]);
  });

  it("reads how plugins are to work", () => {
    const [profile] = readSchedulerConfiguration(
      `${head}profiles:
- pluginConfig:
  - name: NodeResourcesFit
    args:
      apiVersion: kubescheduler.config.k8s.io/v1
      kind: NodeResourcesFitArgs
      ignoredResourceGroups: [example.com]
      scoringStrategy:
        type: RequestedToCapacityRatio
        resources: [{ name: example.com/gpu, weight: 5 }]
        requestedToCapacityRatio: { shape: [{ utilization: 0, score: 0 }, { utilization: 100, score: 10 }] }
  - { name: NodeResourcesBalancedAllocation, args: { resources: [{ name: memory }] } }
  - { name: PodTopologySpread, args: { defaultingType: List, defaultConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule }] } }
  - { name: InterPodAffinity, args: { hardPodAffinityWeight: 7, ignorePreferredTermsOfExistingPods: true } }
  - name: NodeAffinity
    args: { addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: a, operator: Exists }] }] } } }
  - { name: DefaultPreemption, args: { minCandidateNodesPercentage: 5, minCandidateNodesAbsolute: 0 } }
`,
    ).profiles;
    const { fit, balance, spread, podAffinity, nodeAffinity, preemption } = profile?.args ?? defaultPluginArgs;
    expect(fit.ignoredResourceGroups).to.deep.equal(["example.com"]);
    expect(fit.strategy).to.deep.equal({
      type: "RequestedToCapacityRatio",
      resources: [{ name: "example.com/gpu", weight: 5 }],
      shape: [
        { utilization: 0, score: 0 },
        { utilization: 100, score: 10 },
      ],
    });
    expect(balance.resources).to.deep.equal([{ name: "memory", weight: 1 }]);
    expect(spread.defaultingType).to.equal("List");
    expect(spread.defaultConstraints[0]).to.include({ maxSkew: 1, topologyKey: "zone" });
    expect(podAffinity).to.deep.equal({ hardPodAffinityWeight: 7, ignorePreferredTermsOfExistingPods: true });
    const terms = nodeAffinity.addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    expect(terms?.[0]?.matchExpressions[0]?.key).to.equal("a");
    expect(preemption).to.deep.equal({ minCandidateNodesPercentage: 5, minCandidateNodesAbsolute: 0 });
  });

  const refused: readonly (readonly [text: string, ...errors: string[]])[] = [
    ["a: [", "Invalid value: line 1: unexpected end of the stream within a flow collection"],
    ["- a", "Invalid value: must be one object of kind KubeSchedulerConfiguration"],
    [
      "kind: Pod\napiVersion: v1",
      'apiVersion: Invalid value: "v1": must be kubescheduler.config.k8s.io/v1',
      'kind: Invalid value: "Pod": must be KubeSchedulerConfiguration',
    ],
    [`${head}nosuch: 1`, "nosuch: unknown field"],
    [`${head}parallelism: 8`, "parallelism: Forbidden: decisions are made one at a time here"],
    [`${head}extenders: [{}]`, "extenders: Forbidden: there are no extenders here: plugins are part of the scheduler"],
    [`${head}percentageOfNodesToScore: 101`, "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]"],
    [`${head}percentageOfNodesToScore: half`, 'percentageOfNodesToScore: Invalid value: "half": must be a whole number'],
    [`${head}podInitialBackoffSeconds: 0`, "podInitialBackoffSeconds: Invalid value: 0: must be greater than 0"],
    [
      `${head}podInitialBackoffSeconds: 11`,
      "podMaxBackoffSeconds: Invalid value: 10: must be greater than or equal to PodInitialBackoffSeconds",
    ],
    [`${head}leaderElection: { leaderElect: false }`, "leaderElection.leaderElect: Forbidden: a scheduler works only while it leads, here"],
    [
      `${head}leaderElection: { resourceLock: configmaps }`,
      'leaderElection.resourceLock: Invalid value: "configmaps": resourceLock value must be "leases"',
    ],
    [
      `${head}leaderElection: { leaseDuration: 5s }`,
      'leaderElection.leaseDuration: Invalid value: "5s": LeaseDuration must be greater than RenewDeadline',
    ],
    [`${head}profiles: []`, "profiles: Required value"],
    [`${head}profiles: [{ schedulerName: a }, {}]`, "profiles[1].schedulerName: Required value"],
    [`${head}profiles: [{ schedulerName: a }, { schedulerName: a }]`, 'profiles[1].schedulerName: Duplicate value: "a"'],
    [
      `${head}profiles: [{ pluginConfig: [{ name: NodeName, args: {} }] }]`,
      'profiles[0].pluginConfig[0].name: Invalid value: "NodeName": must be a plugin that takes arguments: NodeResourcesFit, NodeResourcesBalancedAllocation, PodTopologySpread, InterPodAffinity, NodeAffinity, DefaultPreemption',
    ],
  ];
  for (const [text, ...errors] of refused) {
    it(`refuses ${text.replace(head, "").replaceAll("\n", "; ")}`, () => expect(errorsOf(text)).to.deep.equal(errors));
  }

  const refusedArgs: readonly (readonly [plugin: string, args: string, ...errors: string[]])[] = [
    ["NodeResourcesFit", "{ kind: InterPodAffinityArgs }", 'kind: Invalid value: "InterPodAffinityArgs": must be NodeResourcesFitArgs'],
    [
      "NodeResourcesFit",
      "{ ignoredResourceGroups: [a/b] }",
      "ignoredResourceGroups[0]: Invalid value: \"a/b\": resource group name can't contain '/'",
    ],
    [
      "NodeResourcesFit",
      "{ scoringStrategy: { type: Best } }",
      'scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
    ],
    [
      "NodeResourcesFit",
      "{ scoringStrategy: { type: MostAllocated, resources: [{ name: cpu, weight: 101 }] } }",
      "scoringStrategy.resources[0].weight: Invalid value: 101: resource weight not in valid range (0, 100]",
    ],
    [
      "NodeResourcesFit",
      "{ scoringStrategy: { requestedToCapacityRatio: { shape: [] } } }",
      "scoringStrategy.requestedToCapacityRatio: Forbidden: must be nil when type is not RequestedToCapacityRatio",
    ],
    [
      "NodeResourcesFit",
      "{ scoringStrategy: { type: RequestedToCapacityRatio, requestedToCapacityRatio: { shape: [{ utilization: 5, score: 11 }, { utilization: 5, score: 1 }] } } }",
      "scoringStrategy.requestedToCapacityRatio.shape[0].score: Invalid value: 11: not in valid range [0, 10]",
      "scoringStrategy.requestedToCapacityRatio.shape[1].utilization: Invalid value: 5: values must be sorted in increasing order",
    ],
    [
      "NodeResourcesBalancedAllocation",
      "{ resources: [{ name: cpu }, { name: cpu, weight: 2 }] }",
      'resources[1].name: Duplicate value: "cpu"',
      "resources[1].weight: Invalid value: 2: must be 1",
    ],
    ["InterPodAffinity", "{ hardPodAffinityWeight: -1 }", "hardPodAffinityWeight: Invalid value: -1: not in valid range [0, 100]"],
    [
      "PodTopologySpread",
      "{ defaultConstraints: [{ maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule, labelSelector: {}, nosuch: 1 }] }",
      "defaultConstraints[0].nosuch: unknown field",
      "defaultConstraints[0].labelSelector: Forbidden: constraint must not define a selector, as they deduced for each pod",
      'defaultingType: Invalid value: "System": when .defaultConstraints are not empty',
    ],
    [
      "DefaultPreemption",
      "{ minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 }",
      "minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as minCandidateNodesAbsolute",
      "minCandidateNodesAbsolute: Invalid value: 0: cannot be zero at the same time as minCandidateNodesPercentage",
    ],
    [
      "NodeAffinity",
      "{ addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } }",
      "addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term",
    ],
  ];
  for (const [plugin, args, ...errors] of refusedArgs) {
    it(`refuses ${plugin}'s ${args}`, () => {
      const text = `${head}profiles: [{ pluginConfig: [{ name: ${plugin}, args: ${args} }] }]`;
      expect(errorsOf(text)).to.deep.equal(errors.map((error) => `profiles[0].pluginConfig[0].args.${error}`));
    });
  }
});

describe("plugins of a profile", () => {
  const profile = (plugins: string): string => `profiles: [{ plugins: ${plugins} }]`;

  it("are all by default", () => {
    expect(pluginsOf("")).to.deep.equal({
      gates: "SchedulingGates",
      filters: defaultFilters,
      rescues: "DefaultPreemption",
      scores: `${defaultScores} RecentFailures=13`,
    });
  });

  const cases: readonly { it: string; plugins: string; filters?: string; scores?: string; rescues?: string }[] = [
    { it: "score not at all", plugins: "{ preScore: { disabled: [{ name: '*' }] }, score: { disabled: [{ name: '*' }] } }", scores: "" },
    {
      it: "score with other weights",
      plugins: "{ score: { disabled: [{ name: RecentFailures }], enabled: [{ name: ImageLocality, weight: 9 }, { name: NodeAffinity }] } }",
      scores:
        "ImageLocality=9 NodeAffinity=1 TaintToleration=3 NodeResourcesFit=1 PodTopologySpread=2 InterPodAffinity=2 NodeResourcesBalancedAllocation=1",
    },
    {
      it: "keep their place when they are weighed for all points",
      plugins: "{ multiPoint: { enabled: [{ name: NodeAffinity, weight: 5 }] } }",
      scores: `${defaultScores.replace("NodeAffinity=2", "NodeAffinity=5")} RecentFailures=16`,
    },
    {
      it: "are those that are named, when the others are disabled",
      plugins:
        "{ multiPoint: { disabled: [{ name: '*' }], enabled: [{ name: PrioritySort }, { name: DefaultBinder }, { name: NodeResourcesFit, weight: 4 }, { name: NodePorts }] } }",
      filters: "NodeResourcesFit NodePorts",
      scores: "NodeResourcesFit=4",
      rescues: "",
    },
    { it: "do not preempt", plugins: "{ postFilter: { disabled: [{ name: DefaultPreemption }] } }", rescues: "" },
    {
      it: "are asked in the order in which a point names them",
      plugins: "{ filter: { enabled: [{ name: NodePorts }, { name: NodeName }] } }",
      filters:
        "NodePorts NodeName NodeUnschedulable TaintToleration NodeReady NodeAffinity NodeResourcesFit PodTopologySpread InterPodAffinity",
    },
    {
      it: "may do without one that Kubernetes has",
      plugins: "{ multiPoint: { disabled: [{ name: VolumeBinding }, { name: NodePorts }] } }",
      filters: defaultFilters.replace("NodePorts ", ""),
    },
  ];
  for (const { it: do_, plugins, filters, scores, rescues } of cases) {
    it(do_, () => {
      const found = pluginsOf(profile(plugins));
      if (filters !== undefined) expect(found.filters).to.equal(filters);
      if (scores !== undefined) expect(found.scores).to.equal(scores);
      if (rescues !== undefined) expect(found.rescues).to.equal(rescues);
    });
  }

  const refused: readonly (readonly [plugins: string, ...errors: string[]])[] = [
    ["{ nosuch: {} }", "nosuch: unknown field"],
    ["{ filter: { enabled: [{ name: Mine }] } }", 'filter.enabled[0].name: Invalid value: "Mine": there is no such plugin here'],
    ["{ score: { enabled: [{ name: NodePorts }] } }", 'score.enabled[0].name: Invalid value: "NodePorts": does not extend score plugin'],
    [
      "{ score: { enabled: [{ name: ImageLocality }, { name: ImageLocality }] } }",
      'score.enabled[1].name: Duplicate value: "ImageLocality"',
    ],
    ["{ queueSort: { disabled: [{ name: '*' }] } }", "queueSort: Invalid value: []: must be PrioritySort"],
    ["{ bind: { disabled: [{ name: DefaultBinder }] } }", "bind: Invalid value: []: must be DefaultBinder"],
    [
      "{ preFilter: { disabled: [{ name: NodePorts }] } }",
      'preFilter: Invalid value: "NodePorts": takes part in preFilter and filter together',
    ],
    [
      "{ preScore: { disabled: [{ name: NodeAffinity }] } }",
      'preScore: Invalid value: "NodeAffinity": takes part in preScore and score together',
    ],
  ];
  for (const [plugins, ...errors] of refused) {
    it(`cannot be ${plugins}`, () => {
      expect(errorsOf(head + profile(plugins))).to.deep.equal(errors.map((error) => `profiles[0].plugins.${error}`));
    });
  }
});
