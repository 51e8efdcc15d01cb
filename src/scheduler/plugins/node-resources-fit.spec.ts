import { expect } from "chai";
import { type NodeOptions, node, type PodOptions, pod } from "../../../test/builders/index.js";
import { quantities } from "../../../test/builders/quantities.js";
import { type FilterCase, FilterTrial, filterCases } from "../../../test/fakes/filter-trial.js";
import { scoresOf } from "../../../test/fakes/scores.js";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import type { ClusterEvent } from "../framework/cluster-event.js";
import { createNodeResourcesFit, type NodeResourcesFitArgs } from "./node-resources-fit.js";

const asking = (name: string, requests: Readonly<Record<string, string>>, more: Partial<Container> = {}): Container =>
  Container.fromPartial({ name, resources: { requests: quantities(requests), limits: {}, claims: [] }, ...more });
const cpus = (cpu: string): NodeOptions => ({ allocatable: { cpu } });
const gpus = (count: string): NodeOptions => ({ allocatable: { "example.com/gpu": count } });

const cases: readonly FilterCase[] = [
  { it: "admits a pod that asks for nothing to a node that is overcommitted", node: cpus("1"), placed: [{ requests: { cpu: "3" } }] },
  { it: "fills a node to the brim", node: cpus("1"), placed: [{ requests: { cpu: "900m" } }], pod: { requests: { cpu: "100m" } } },
  {
    it: "does not overcommit",
    node: cpus("1"),
    placed: [{ requests: { cpu: "900m" } }],
    pod: { requests: { cpu: "250m" } },
    reasons: ["Insufficient cpu"],
    details: ["asks for 250m of cpu, 100m of 1 is free"],
    remedies: [["free 150m of cpu on n1", "ask for 100m of cpu or less"]],
  },
  {
    it: "speaks of memory as people do",
    placed: [{ requests: { memory: "8072Mi" } }],
    pod: { requests: { memory: "2Gi" } },
    reasons: ["Insufficient memory"],
    details: ["asks for 2Gi of memory, 120Mi of 8Gi is free"],
    remedies: [["free 1928Mi of memory on n1", "ask for 120Mi of memory or less"]],
  },
  {
    it: "refuses for good what is more than the node has",
    node: cpus("1"),
    placed: [{ requests: { cpu: "900m" } }],
    pod: { requests: { cpu: "2" } },
    reasons: ["Insufficient cpu"],
    lasting: true,
    details: ["asks for 2 of cpu, 100m of 1 is free"],
    remedies: [["ask for 100m of cpu or less"]],
  },
  {
    it: "knows no remedy where nothing is free of what is too little anyhow",
    node: cpus("1"),
    placed: [{ requests: { cpu: "1" } }],
    pod: { requests: { cpu: "2" } },
    reasons: ["Insufficient cpu"],
    lasting: true,
    details: ["asks for 2 of cpu, nothing of 1 is free"],
    remedies: [[]],
  },
  {
    it: "frees what is overcommitted too",
    node: cpus("1"),
    placed: [{ requests: { cpu: "1500m" } }],
    pod: { requests: { cpu: "100m" } },
    reasons: ["Insufficient cpu"],
    details: ["asks for 100m of cpu, 500m more than the 1 there are is taken"],
    remedies: [["free 600m of cpu on n1"]],
  },
  {
    it: "gives a reason for each resource, and is lasting if one is",
    node: { allocatable: { cpu: "1", memory: "1Gi", "ephemeral-storage": "1Gi" } },
    placed: [{ requests: { cpu: "600m", "ephemeral-storage": "600Mi" } }],
    pod: { requests: { cpu: "500m", memory: "2Gi", "ephemeral-storage": "600Mi" } },
    reasons: ["Insufficient cpu", "Insufficient memory", "Insufficient ephemeral-storage"],
    lasting: true,
    remedies: [
      ["free 100m of cpu on n1", "ask for 400m of cpu or less"],
      ["ask for 1Gi of memory or less"],
      ["free 176Mi of ephemeral-storage on n1", "ask for 424Mi of ephemeral-storage or less"],
    ],
  },
  {
    it: "counts pods",
    node: { allocatable: { pods: "1", cpu: "1" } },
    placed: [{ requests: { cpu: "800m" } }],
    pod: { requests: { cpu: "400m" } },
    reasons: ["Too many pods", "Insufficient cpu"],
    details: ["it has 1 pod and takes no more than 1", "asks for 400m of cpu, 200m of 1 is free"],
    remedies: [["remove one pod from n1"], ["free 200m of cpu on n1", "ask for 200m of cpu or less"]],
  },
  { it: "knows no remedy where no pods are taken", node: { allocatable: { pods: "0" } }, reasons: ["Too many pods"], remedies: [[]] },
  {
    it: "admits to what only some nodes have",
    node: gpus("2"),
    placed: [{ requests: { "example.com/gpu": "1" } }],
    pod: { requests: { "example.com/gpu": "1" } },
  },
  {
    it: "refuses what the node has none of",
    pod: { requests: { cpu: "1", "example.com/gpu": "1" } },
    reasons: ["Insufficient example.com/gpu"],
    lasting: true,
    details: ["asks for 1 of example.com/gpu, it has none"],
    remedies: [[]],
  },
  {
    it: "lowers limits with the requests that must be equal to them",
    node: gpus("2"),
    placed: [{ requests: { "example.com/gpu": "1" } }],
    pod: {
      spec: {
        containers: [
          Container.fromPartial({
            name: "main",
            resources: { requests: quantities({ "example.com/gpu": "2" }), limits: quantities({ "example.com/gpu": "2" }), claims: [] },
          }),
        ],
      },
    },
    reasons: ["Insufficient example.com/gpu"],
    remedies: [["free 1 of example.com/gpu on n1", "ask for 1 of example.com/gpu or less"]],
  },
];

const containers: readonly FilterCase[] = [
  {
    it: "says which of several containers is to ask for less: the one that asks for most",
    node: cpus("1"),
    pod: { spec: { containers: [asking("small", { cpu: "300m" }), asking("large", { cpu: "900m" })] } },
    reasons: ["Insufficient cpu"],
    lasting: true,
    remedies: [["ask for 700m of cpu or less in container large"]],
  },
  {
    it: "says it of the init container that needs more than the others together",
    node: cpus("1"),
    pod: { spec: { containers: [asking("main", { cpu: "900m" })], initContainers: [asking("prepare", { cpu: "1500m" })] } },
    reasons: ["Insufficient cpu"],
    lasting: true,
    remedies: [["ask for 1 of cpu or less in container prepare"]],
  },
  {
    it: "says nothing where more than one would have to ask for less",
    node: cpus("1"),
    pod: { spec: { containers: [asking("main", { cpu: "1500m" })], initContainers: [asking("prepare", { cpu: "1500m" })] } },
    reasons: ["Insufficient cpu"],
    lasting: true,
    remedies: [[]],
  },
];

describe("NodeResourcesFit", () => {
  filterCases(({ cluster }) => createNodeResourcesFit(cluster), [...cases, ...containers]);

  filterCases(
    ({ cluster }) => createNodeResourcesFit(cluster, { ignoredResources: ["example.com/fpga"], ignoredResourceGroups: ["other.com"] }),
    [
      { it: "leaves out what others see to", pod: { requests: { "example.com/fpga": "1", "other.com/a": "2" } } },
      {
        it: "leaves out nothing else",
        pod: { requests: { "example.com/gpu": "1", "other.com/a": "2" } },
        reasons: ["Insufficient example.com/gpu"],
        lasting: true,
      },
    ],
  );

  it("frees no more than is needed", () => {
    const options: Omit<FilterCase, "it"> = {
      node: cpus("1"),
      placed: [{ requests: { cpu: "900m", memory: "8000Mi" } }],
      pod: { requests: { cpu: "250m", memory: "1Gi" } },
    };
    const trial = new FilterTrial(({ cluster }) => createNodeResourcesFit(cluster), options);
    for (const { remedies, reason } of trial.explain(trial.pod)) {
      const [free] = remedies.map(({ change }) => change);
      if (free?.kind !== "free") throw new Error("the smallest change is room");
      expect(trial.after({ change: { ...free, amount: free.amount - 1 } }).map((left) => left.reason)).to.include(reason);
      expect(trial.after({ change: free }).map((left) => left.reason)).to.not.include(reason);
    }
  });

  it("gives one refusal to all pods that lack the same", () => {
    const state = new ClusterState();
    for (const name of ["a", "b"]) state.setNode(node({ name, allocatable: { cpu: "1" } }));
    const plugin = createNodeResourcesFit(state);
    const refusals = ["x", "y"].flatMap((name) => {
      const filter = plugin.prepareFilter(podInfo(pod({ name, requests: { cpu: "2", memory: "1Mi" } })), state);
      return state.nodes().map((each) => filter?.check(each));
    });
    expect(new Set(refusals).size).to.equal(1);
  });

  it("refuses right however many resources are asked for", () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`example.com/r${index}`, "1"]));
    const trial = (allocatable: Readonly<Record<string, string>>) =>
      new FilterTrial(({ cluster }) => createNodeResourcesFit(cluster), { node: { allocatable }, pod: { requests: many } });
    const { "example.com/r39": _, ...lacksOne } = many;
    expect(trial(many).explain(trial(many).pod)).to.deep.equal([]);
    expect(
      trial(lacksOne)
        .explain(trial(lacksOne).pod)
        .map(({ reason }) => reason),
    ).to.deep.equal(["Insufficient example.com/r39"]);
    trial(many).run();
  });
});

describe("NodeResourcesFit's scores", () => {
  const scored = (
    args: NodeResourcesFitArgs,
    requests: Readonly<Record<string, string>>,
    nodes: Readonly<Record<string, readonly [NodeOptions, PodOptions[]]>>,
  ) => {
    const state = new ClusterState();
    for (const [name, [options, placed]] of Object.entries(nodes)) {
      state.setNode(node({ name, ...options }));
      placed.forEach((each, index) => {
        state.bound(podInfo(pod({ name: `${name}-${index}`, ...each })), name);
      });
    }
    return scoresOf(createNodeResourcesFit(state, args), podInfo(pod({ nodeName: "", requests })), state);
  };
  const size = { allocatable: { cpu: "4", memory: "4000Mi" } };
  const half: readonly [NodeOptions, PodOptions[]] = [size, [{ requests: { cpu: "1", memory: "1000Mi" } }]];
  const asked = { cpu: "1", memory: "1000Mi" };
  const resources = [
    { name: "cpu", weight: 1 },
    { name: "memory", weight: 1 },
  ];

  it("prefers the emptiest by default", () => {
    expect(scored({}, asked, { full: half, empty: [size, []], none: [{ allocatable: { cpu: "0", memory: "0" } }, []] })).to.deep.equal({
      full: 50,
      empty: 75,
      none: 0,
    });
  });

  it("takes pods that ask for nothing for 100m and 200Mi", () => {
    expect(scored({}, {}, { a: [size, []], b: [size, [{}]] })).to.deep.equal({ a: 96.25, b: 92.5 });
  });

  it("prefers the fullest when it is told so, and no more than full", () => {
    const strategy = { type: "MostAllocated" as const, resources };
    const crowded: readonly [NodeOptions, PodOptions[]] = [size, [{ requests: { cpu: "4", memory: "3000Mi" } }]];
    expect(scored({ strategy }, asked, { full: half, empty: [size, []], crowded })).to.deep.equal({ full: 50, empty: 25, crowded: 100 });
  });

  it("weighs resources", () => {
    const strategy = {
      type: "LeastAllocated" as const,
      resources: [
        { name: "cpu", weight: 3 },
        { name: "memory", weight: 1 },
      ],
    };
    expect(scored({ strategy }, { cpu: "4", memory: "1000Mi" }, { a: [size, []] })).to.deep.equal({ a: 18.75 });
  });

  it("looks at what only some nodes have for pods that ask for it", () => {
    const strategy = {
      type: "MostAllocated" as const,
      resources: [
        { name: "example.com/gpu", weight: 5 },
        { name: "cpu", weight: 1 },
      ],
    };
    const withGpu: readonly [NodeOptions, PodOptions[]] = [{ allocatable: { cpu: "4", "example.com/gpu": "2" } }, []];
    expect(scored({ strategy }, { cpu: "1" }, { a: withGpu })).to.deep.equal({ a: 25 });
    expect(scored({ strategy }, { cpu: "1", "example.com/gpu": "2" }, { a: withGpu })).to.deep.equal({ a: 87.5 });
  });

  it("follows a curve: level at its ends, straight between its points", () => {
    const shape = [
      { utilization: 20, score: 2 },
      { utilization: 60, score: 10 },
      { utilization: 80, score: 4 },
    ];
    const strategy = { type: "RequestedToCapacityRatio" as const, shape, resources: [{ name: "cpu", weight: 1 }] };
    const atShare = (cpu: string) => scored({ strategy }, { cpu }, { a: [{ allocatable: { cpu: "10" } }, []] })?.a;
    expect(["1", "2", "4", "6", "7", "9", "11"].map(atShare)).to.deep.equal([20, 20, 60, 100, 70, 40, 40]);
  });

  it("leaves a resource out of the mean whose curve is at 0, as Kubernetes does", () => {
    const shape = [
      { utilization: 0, score: 0 },
      { utilization: 100, score: 10 },
    ];
    const strategy = {
      type: "RequestedToCapacityRatio" as const,
      shape,
      resources: [
        { name: "cpu", weight: 1 },
        { name: "ephemeral-storage", weight: 1 },
      ],
    };
    const disk: readonly [NodeOptions, PodOptions[]] = [{ allocatable: { cpu: "4", "ephemeral-storage": "10Gi" } }, []];
    expect(scored({ strategy }, { cpu: "2" }, { a: disk })).to.deep.equal({ a: 50 });
  });
});

describe("NodeResourcesFit's hints", () => {
  const waiting = podInfo(pod({ name: "new", nodeName: "", requests: { cpu: "1" } }));
  const asks = (cpu: string, priority = 0) => podInfo(pod({ name: "other", requests: { cpu }, spec: { priority } }));
  const small = node({ allocatable: { cpu: "500m" } });
  const large = node({ allocatable: { cpu: "2" } });
  const cases: readonly { it: string; wakes: boolean; event: ClusterEvent; now?: typeof small; placed?: ReturnType<typeof asks> }[] = [
    { it: "a node comes that is large enough", wakes: true, event: { kind: "nodeAdded", node: large } },
    { it: "a node comes that is too small", wakes: false, event: { kind: "nodeAdded", node: small }, now: small },
    { it: "a node grows enough", wakes: true, event: { kind: "nodeUpdated", node: large, previous: small } },
    {
      it: "a node grows that is full all the same",
      wakes: false,
      event: { kind: "nodeUpdated", node: large, previous: small },
      placed: asks("1500m"),
    },
    {
      it: "a node has more of what the pod does not ask for",
      wakes: false,
      event: { kind: "nodeUpdated", node: large, previous: node({ allocatable: { cpu: "2", memory: "1Gi" } }) },
    },
    {
      it: "a node takes more pods",
      wakes: true,
      event: { kind: "nodeUpdated", node: large, previous: node({ allocatable: { cpu: "2", pods: "5" } }) },
    },
    { it: "a pod goes that leaves room enough", wakes: true, event: { kind: "podGone", pod: asks("1"), nodeName: "n1" } },
    {
      it: "a pod goes and there is not room enough yet",
      wakes: false,
      event: { kind: "podGone", pod: asks("100m"), nodeName: "n1" },
      placed: asks("1500m"),
    },
    {
      it: "a pod goes, and others that are less important may go with it",
      wakes: true,
      event: { kind: "podGone", pod: asks("100m"), nodeName: "n1" },
      placed: asks("1500m", -1),
    },
    { it: "a pod goes from a node that is gone", wakes: false, event: { kind: "podGone", pod: asks("1"), nodeName: "n9" } },
    { it: "a pod asks for less", wakes: true, event: { kind: "podUpdated", pod: asks("1"), previous: asks("2"), nodeName: "n1" } },
    { it: "a pod changes otherwise", wakes: false, event: { kind: "podUpdated", pod: asks("1"), previous: asks("1"), nodeName: "n1" } },
  ];
  for (const { it: when, wakes, event, now = large, placed } of cases) {
    it(`${wakes ? "wake" : "let sleep"} when ${when}`, () => {
      const state = new ClusterState();
      state.setNode(now);
      if (placed !== undefined) state.bound(placed, "n1");
      const hint = createNodeResourcesFit(state).wakes[event.kind] as (event: ClusterEvent, pod: typeof waiting) => boolean;
      expect(hint(event, waiting)).to.equal(wakes);
    });
  }
});
