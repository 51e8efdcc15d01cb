import { expect } from "chai";
import { type NodeOptions, node, type PodOptions, pod } from "../../../test/builders/index.js";
import { FilterTrial, filterCases } from "../../../test/fakes/filter-trial.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { scoresOf } from "../../../test/fakes/scores.js";
import { TopologySpreadConstraint } from "../../gen/howbernetes/core/v1/scheduling.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { type PodInfo, podInfo } from "../cluster/pod-info.js";
import type { ClusterEvent } from "../framework/cluster-event.js";
import { mayHelp } from "../framework/cluster-event.js";
import { createPodTopologySpread, systemSpreading } from "./pod-topology-spread.js";
import type { PodTopologySpreadArgs } from "./pod-topology-spread-constraints.js";

const web = { labels: { app: "web" } };
const selector = { matchLabels: { app: "web" }, matchExpressions: [] };
const hard = { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule", labelSelector: selector };
const soft = { ...hard, whenUnsatisfiable: "ScheduleAnyway" };
const spread = (...constraints: object[]): PodOptions["spec"] & object => ({
  topologySpreadConstraints: constraints.map((one) => TopologySpreadConstraint.fromPartial(one)),
});
const inZone = (name: string, zone: string, more: NodeOptions = {}): NodeOptions => ({ ...more, name, labels: { zone, ...more.labels } });
const on = (nodeName: string, count: number, more: PodOptions = web): PodOptions[] =>
  Array.from({ length: count }, () => ({ ...more, nodeName }));

const skewed = ["node(s) didn't match pod topology spread constraints"];
const unlabelled = ["node(s) didn't match pod topology spread constraints (missing required label)"];
const zoneA = inZone("n1", "a");
const zoneB = inZone("n2", "b");

describe("PodTopologySpread", () => {
  filterCases(createPodTopologySpread, [
    { it: "has nothing to say of pods without constraints", node: zoneA, placed: on("n1", 9), pod: web },
    {
      it: "has nothing to say of what is only wished",
      node: zoneA,
      others: [zoneB],
      placed: on("n1", 9),
      pod: { ...web, spec: spread(soft) },
    },
    { it: "admits the emptiest domain", node: zoneA, others: [zoneB], placed: on("n2", 5), pod: { ...web, spec: spread(hard) } },
    {
      it: "admits as much skew as is said",
      node: zoneA,
      others: [zoneB],
      placed: on("n1", 1),
      pod: { ...web, spec: spread({ ...hard, maxSkew: 2 }) },
    },
    {
      it: "refuses a domain that would have too many",
      node: zoneA,
      others: [zoneB],
      placed: [...on("n1", 3), ...on("n2", 1)],
      pod: { ...web, spec: spread(hard) },
      reasons: skewed,
      details: ["zone a has 3 pods with app=web, the emptiest, b, has 1, maxSkew is 1"],
      remedies: [
        [
          "raise maxSkew to 3",
          "remove default/p0, default/p1",
          "make the constraint on zone ScheduleAnyway",
          "drop the constraint on zone",
        ],
      ],
    },
    {
      it: "counts the pod itself only if it is one of those spread",
      node: zoneA,
      others: [zoneB],
      placed: on("n1", 1),
      pod: { labels: { app: "other" }, spec: spread(hard) },
    },
    {
      it: "adds up the nodes of a domain",
      node: zoneA,
      others: [zoneB, inZone("n3", "a")],
      placed: [...on("n3", 2), ...on("n2", 1)],
      pod: { ...web, spec: spread(hard) },
      reasons: skewed,
      details: ["zone a has 2 pods with app=web, the emptiest, b, has 1, maxSkew is 1"],
    },
    {
      it: "counts neither other pods, nor those of other namespaces, nor those being deleted",
      node: zoneA,
      others: [zoneB],
      placed: [
        ...on("n1", 2, { labels: { app: "db" } }),
        ...on("n1", 2, { ...web, namespace: "other" }),
        ...on("n1", 2, { ...web, deleting: true }),
      ],
      pod: { ...web, spec: spread(hard) },
    },
    {
      it: "selects nothing without a selector",
      node: zoneA,
      others: [zoneB],
      placed: on("n1", 5),
      pod: { ...web, spec: spread({ ...hard, labelSelector: undefined }) },
    },
    {
      it: "refuses a node without the label, and knows which would do",
      node: {},
      others: [zoneA, zoneB].map((each, index) => ({ ...each, name: `m${index}` })),
      placed: on("m0", 3),
      pod: { ...web, spec: spread(hard) },
      reasons: unlabelled,
      lasting: true,
      details: ["it has no label zone, by which pods are to be spread"],
      remedies: [["label node n1 zone=b", "make the constraint on zone ScheduleAnyway", "drop the constraint on zone"]],
    },
    {
      it: "knows no label where no node has one",
      pod: { ...web, spec: spread(hard) },
      reasons: unlabelled,
      lasting: true,
      remedies: [["make the constraint on zone ScheduleAnyway", "drop the constraint on zone"]],
    },
    {
      it: "calls a node by its name where that is the label",
      pod: { ...web, spec: spread({ ...hard, topologyKey: "kubernetes.io/hostname" }) },
      reasons: unlabelled,
      lasting: true,
      remedies: [
        ["label node n1 kubernetes.io/hostname=n1", "make the constraint on hostname ScheduleAnyway", "drop the constraint on hostname"],
      ],
    },
    {
      it: "takes the emptiest for empty while there are fewer domains than asked for",
      node: zoneA,
      others: [zoneB],
      placed: [...on("n1", 1), ...on("n2", 1)],
      pod: { ...web, spec: spread({ ...hard, minDomains: 3 }) },
      reasons: skewed,
      details: [
        "zone a has 1 pod with app=web, and with 2 of the 3 domains that minDomains asks for the emptiest counts as 0, maxSkew is 1",
      ],
      remedies: [
        [
          "lower minDomains to 2",
          "raise maxSkew to 2",
          "remove default/p0",
          "make the constraint on zone ScheduleAnyway",
          "drop the constraint on zone",
        ],
      ],
    },
    {
      it: "is content with as many domains as asked for",
      node: zoneA,
      others: [zoneB],
      placed: [...on("n1", 1), ...on("n2", 1)],
      pod: { ...web, spec: spread({ ...hard, minDomains: 2 }) },
    },
    {
      it: "leaves out nodes that the pod may not go to",
      node: { ...zoneA, labels: { zone: "a", disk: "ssd" } },
      others: [zoneB],
      placed: on("n1", 5),
      pod: { ...web, nodeSelector: { disk: "ssd" }, spec: spread(hard) },
    },
    {
      it: "counts them all the same when it is to",
      node: { ...zoneA, labels: { zone: "a", disk: "ssd" } },
      others: [zoneB],
      placed: on("n1", 5),
      pod: { ...web, nodeSelector: { disk: "ssd" }, spec: spread({ ...hard, nodeAffinityPolicy: "Ignore" }) },
      reasons: skewed,
    },
    {
      it: "counts nodes with taints",
      node: zoneA,
      others: [{ ...zoneB, taints: [{ key: "gpu", effect: "NoSchedule" }] }],
      placed: on("n1", 1),
      pod: { ...web, spec: spread(hard) },
      reasons: skewed,
    },
    {
      it: "leaves nodes out for their taints when it is to",
      node: zoneA,
      others: [{ ...zoneB, taints: [{ key: "gpu", effect: "NoSchedule" }] }],
      placed: on("n1", 1),
      pod: { ...web, spec: spread({ ...hard, nodeTaintsPolicy: "Honor" }) },
    },
    {
      it: "counts nodes whose taints are tolerated",
      node: zoneA,
      others: [{ ...zoneB, taints: [{ key: "gpu", effect: "NoSchedule" }] }],
      placed: on("n1", 1),
      pod: { ...web, tolerations: [{ key: "gpu", operator: "Exists" }], spec: spread({ ...hard, nodeTaintsPolicy: "Honor" }) },
      reasons: skewed,
    },
    {
      it: "counts only nodes that have the labels of all constraints",
      node: { ...zoneA, labels: { zone: "a", rack: "1" } },
      others: [zoneB],
      placed: on("n1", 4),
      pod: { ...web, spec: spread(hard, { ...hard, topologyKey: "rack" }) },
    },
    {
      it: "tells of each constraint that is not met",
      node: { ...zoneA, labels: { zone: "a", rack: "1" } },
      others: [
        { name: "n2", labels: { zone: "b", rack: "2" } },
        { name: "n3", labels: { zone: "b", rack: "3" } },
      ],
      placed: [...on("n1", 2), ...on("n2", 1)],
      pod: { ...web, spec: spread(hard, { ...hard, topologyKey: "rack" }) },
      reasons: skewed,
      details: [
        "zone a has 2 pods with app=web, the emptiest, b, has 1, maxSkew is 1",
        "rack 1 has 2 pods with app=web, the emptiest, 3, has 0, maxSkew is 1",
      ],
    },
    {
      it: "drops a constraint rather than wish it twice",
      node: zoneA,
      others: [zoneB],
      placed: on("n1", 1),
      pod: { ...web, spec: spread(hard, soft) },
      reasons: skewed,
      remedies: [["raise maxSkew to 2", "remove default/p0", "drop the constraint on zone"]],
    },
  ]);

  it("spreads a controller's pods by constraints for all pods, which no pod can loosen", () => {
    const owner = { kind: "ReplicaSet", apiVersion: "apps/v1", name: "web", uid: "u" };
    const args: PodTopologySpreadArgs = {
      defaultingType: "List",
      defaultConstraints: [TopologySpreadConstraint.fromPartial({ ...hard, labelSelector: undefined })],
    };
    const placed = [...on("n1", 1, { owner }), ...on("n2", 3)];
    const trial = new FilterTrial((context) => createPodTopologySpread(context, args), {
      node: zoneA,
      others: [zoneB],
      placed,
      pod: { owner },
    });
    expect(trial.explain(trial.pod).map(({ detail, remedies }) => [detail, remedies.map(({ text }) => text)])).to.deep.equal([
      ["zone a has 1 pod of ReplicaSet web, the emptiest, b, has 0, maxSkew is 1", ["remove default/p0"]],
    ]);
  });
});

/** The scores of a pod on these nodes, beside these pods. */
function scored(nodes: readonly NodeOptions[], placed: readonly PodOptions[], wanted: PodOptions, args = systemSpreading) {
  const state = new ClusterState();
  for (const each of nodes) state.setNode(node(each));
  placed.forEach((each, index) => {
    state.bound(podInfo(pod({ name: `p${index}`, ...each })), each.nodeName ?? "");
  });
  return scoresOf(createPodTopologySpread(pluginContext(state), args), podInfo(pod({ name: "new", nodeName: "", ...wanted })), state);
}

describe("PodTopologySpread's scores", () => {
  const owner = { kind: "ReplicaSet", apiVersion: "apps/v1", name: "web", uid: "u" };
  const host = (name: string, zone?: string): NodeOptions => ({
    name,
    labels: { "kubernetes.io/hostname": name, ...(zone === undefined ? {} : { "topology.kubernetes.io/zone": zone }) },
  });
  const three = [inZone("n1", "a"), inZone("n2", "b"), inZone("n3", "c")];

  it("are none without wishes", () => {
    expect([scored(three, on("n1", 1), web), scored(three, on("n1", 1), { ...web, spec: spread(hard) })]).to.deep.equal([
      undefined,
      undefined,
    ]);
  });

  it("are the best where all domains are empty", () => {
    expect(scored(three, [], { ...web, spec: spread(soft) })).to.deep.equal({ n1: 100, n2: 100, n3: 100 });
  });

  it("are the better the fewer pods there are", () => {
    // Sums of 4, 2 and 0 pods, each by ln(3 + 2): 6, 3 and 0.
    expect(scored(three, [...on("n1", 4), ...on("n2", 2)], { ...web, spec: spread(soft) })).to.deep.equal({ n1: 0, n2: 50, n3: 100 });
  });

  it("weigh differences less by how much skew is wished", () => {
    // 6, 3 and 0, and 4 more each: what is 10 of 10 and 0 of 6 without it.
    expect(scored(three, [...on("n1", 4), ...on("n2", 2)], { ...web, spec: spread({ ...soft, maxSkew: 5 }) })).to.deep.equal({
      n1: 40,
      n2: 70,
      n3: 100,
    });
  });

  it("are none for nodes without the label", () => {
    expect(scored([...three, { name: "n4" }], on("n1", 2), { ...web, spec: spread(soft) })).to.deep.equal({
      n1: 0,
      n2: 100,
      n3: 100,
      n4: 0,
    });
  });

  it("spread pods of one controller over nodes and zones without being told", () => {
    const nodes = [host("n1", "a"), host("n2", "a"), host("n3", "b")];
    const scores = scored(nodes, on("n1", 2, { owner }), { owner }) ?? {};
    expect([scores.n3, (scores.n2 ?? 0) > (scores.n1 ?? 0)]).to.deep.equal([100, true]);
  });

  it("spread them over nodes also where these have no zones", () => {
    expect(scored([host("n1"), host("n2")], on("n1", 4, { owner }), { owner })).to.deep.equal({ n1: 25, n2: 100 });
  });

  it("spread neither pods of Jobs, nor those that nobody controls", () => {
    const job = { ...owner, kind: "Job" };
    expect([
      scored([host("n1"), host("n2")], on("n1", 4, { owner: job }), { owner: job }),
      scored([host("n1"), host("n2")], on("n1", 4), web),
    ]).to.deep.equal([undefined, undefined]);
  });

  it("do not spread so when the defaults are others", () => {
    const args: PodTopologySpreadArgs = { defaultingType: "List", defaultConstraints: [] };
    expect(scored([host("n1"), host("n2")], on("n1", 4, { owner }), { owner }, args)).to.equal(undefined);
  });
});

describe("PodTopologySpread's wakes", () => {
  const { wakes } = createPodTopologySpread(pluginContext(new ClusterState()));
  const waiting = podInfo(pod({ ...web, nodeName: "", spec: spread(hard) }));
  const placed = (options: PodOptions): PodInfo => podInfo(pod({ name: "other", ...options }));
  const at = { nodeName: "n1" };
  const cases: readonly { it: string; event: ClusterEvent; helps: boolean }[] = [
    { it: "a node with the label", event: { kind: "nodeAdded", node: node(zoneA) }, helps: true },
    { it: "a node without it", event: { kind: "nodeAdded", node: node() }, helps: false },
    { it: "a node that goes, and may have been the emptiest", event: { kind: "nodeRemoved", node: node(zoneA) }, helps: true },
    { it: "a node that is labelled", event: { kind: "nodeUpdated", node: node(zoneA), previous: node() }, helps: true },
    {
      it: "a node that reports",
      event: { kind: "nodeUpdated", node: node(zoneA), previous: node({ ...zoneA, ready: false }) },
      helps: false,
    },
    { it: "a pod that fills another domain", event: { kind: "podPlaced", pod: placed(web), ...at }, helps: true },
    { it: "another pod", event: { kind: "podPlaced", pod: placed({ labels: { app: "db" } }), ...at }, helps: false },
    { it: "a pod of another namespace", event: { kind: "podGone", pod: placed({ ...web, namespace: "other" }), ...at }, helps: false },
    { it: "a pod that goes", event: { kind: "podGone", pod: placed(web), ...at }, helps: true },
    {
      it: "a pod that begins to go",
      event: { kind: "podUpdated", pod: placed({ ...web, deleting: true }), previous: placed(web), ...at },
      helps: true,
    },
    { it: "a pod that stays one of them", event: { kind: "podUpdated", pod: placed(web), previous: placed(web), ...at }, helps: false },
    { it: "a namespace", event: { kind: "namespaceUpdated", name: "default" }, helps: false },
  ];
  for (const { it: what, event, helps } of cases) {
    it(`are ${helps ? "" : "not "}by ${what}`, () => expect(mayHelp(wakes, event, waiting)).to.equal(helps));
  }
});
