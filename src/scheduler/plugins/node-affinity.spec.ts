import { expect } from "chai";
import { type NodeOptions, node, type PodOptions, pod } from "../../../test/builders/index.js";
import { type FilterCase, filterCases } from "../../../test/fakes/filter-trial.js";
import { scoresOf } from "../../../test/fakes/scores.js";
import { Affinity, NodeAffinity, type NodeSelectorTerm } from "../../gen/howbernetes/core/v1/scheduling.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { createNodeAffinity } from "./node-affinity.js";

type Term = { [Field in keyof NodeSelectorTerm]?: { key: string; operator: string; values?: string[] }[] };
const onLabel = (key: string, operator: string, ...values: string[]): Term => ({ matchExpressions: [{ key, operator, values }] });
const onNames = (...values: string[]): Term => ({ matchFields: [{ key: "metadata.name", operator: "In", values }] });
const affinityOf = (required: Term[] | undefined, preferred: readonly (readonly [number, Term])[] = []): NodeAffinity =>
  NodeAffinity.fromPartial({
    ...(required === undefined ? {} : { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: required } }),
    preferredDuringSchedulingIgnoredDuringExecution: preferred.map(([weight, preference]) => ({ weight, preference })),
  });
const withAffinity = (nodeAffinity: NodeAffinity): PodOptions => ({ spec: { affinity: Affinity.fromPartial({ nodeAffinity }) } });
const requiring = (...terms: Term[]): PodOptions => withAffinity(affinityOf(terms));
const both = (...terms: Term[]): Term => ({ matchExpressions: terms.flatMap(({ matchExpressions = [] }) => matchExpressions) });

const refused: Pick<FilterCase, "reasons" | "lasting"> = {
  reasons: ["node(s) didn't match Pod's node affinity/selector"],
  lasting: true,
};
const selectors: readonly FilterCase[] = [
  { it: "admits every node to a pod without wishes" },
  { it: "admits a node with all labels of the selector", node: { labels: { disk: "ssd" } }, pod: { nodeSelector: { disk: "ssd" } } },
  {
    it: "refuses a node without a label of the selector",
    pod: { nodeSelector: { disk: "ssd" } },
    ...refused,
    details: ["nodeSelector wants disk=ssd, it has no label disk"],
    remedies: [["drop nodeSelector disk=ssd", "label node n1 disk=ssd"]],
  },
  {
    it: "refuses a node with another value, and tells of each label apart",
    node: { labels: { disk: "hdd", zone: "b" } },
    pod: { nodeSelector: { disk: "ssd", "example.com/rack": "a~1", zone: "b" } },
    ...refused,
    details: ["nodeSelector wants disk=ssd, it has disk=hdd", "nodeSelector wants example.com/rack=a~1, it has no label example.com/rack"],
    remedies: [
      ["drop nodeSelector disk=ssd", "label node n1 disk=ssd --overwrite"],
      ["drop nodeSelector example.com/rack=a~1", "label node n1 example.com/rack=a~1"],
    ],
  },
  {
    it: "does not rename hosts",
    pod: { nodeSelector: { "kubernetes.io/hostname": "n2" } },
    ...refused,
    remedies: [["drop nodeSelector kubernetes.io/hostname=n2"]],
  },
];

const terms: readonly FilterCase[] = [
  { it: "takes one term of several", pod: requiring(onNames("n2"), onLabel("gpu", "DoesNotExist")) },
  {
    it: "drops the whole requirement when nothing of it holds",
    pod: requiring(onLabel("disk", "In", "ssd", "nvme")),
    ...refused,
    details: ["the required node affinity wants disk in (nvme,ssd)"],
    remedies: [["drop the required node affinity", "label node n1 disk=ssd"]],
  },
  {
    it: "drops what does not hold of the nearest term, from behind",
    node: { labels: { zone: "a", cores: "4" } },
    pod: requiring(
      both(onLabel("disk", "Exists"), onLabel("gpu", "Exists"), onLabel("zone", "Exists"), onLabel("rack", "Exists")),
      both(onLabel("disk", "In", "ssd"), onLabel("zone", "In", "a"), onLabel("cores", "Gt", "8")),
    ),
    ...refused,
    details: [
      "none of the 2 terms of the required node affinity holds: disk and gpu and zone and rack; or disk=ssd and zone=a and cores>8",
    ],
    remedies: [
      [
        "drop disk=ssd and cores>8 from the required node affinity",
        "label node n1 disk=ssd cores=9 --overwrite",
        "label node n1 disk= gpu= rack=",
      ],
    ],
  },
  {
    it: "takes labels away that are not wanted",
    node: { labels: { gpu: "old", spot: "yes", size: "9" } },
    pod: requiring(both(onLabel("gpu", "NotIn", "old"), onLabel("spot", "DoesNotExist"), onLabel("size", "Lt", "5"))),
    ...refused,
    remedies: [["drop the required node affinity", "label node n1 gpu- spot- size=4 --overwrite"]],
  },
  {
    it: "labels no node that must have another name",
    node: { labels: { disk: "ssd" } },
    pod: requiring({ ...onLabel("disk", "In", "ssd"), ...onNames("n2") }),
    ...refused,
    remedies: [["drop metadata.name=n2 from the required node affinity"]],
  },
  {
    it: "gives a label the value that all of a term want",
    pod: requiring(both(onLabel("disk", "Exists"), onLabel("disk", "In", "ssd"), onLabel("disk", "Exists"))),
    ...refused,
    remedies: [["drop the required node affinity", "label node n1 disk=ssd"]],
  },
  {
    it: "gives a label no value that part of a term does not want",
    pod: requiring(both(onLabel("cores", "Gt", "8"), onLabel("cores", "NotIn", "9"))),
    ...refused,
    remedies: [["drop cores>8 from the required node affinity"]],
  },
  {
    it: "does not label a node for the selector against the affinity",
    pod: { nodeSelector: { disk: "ssd" }, ...requiring(onLabel("disk", "DoesNotExist")) },
    ...refused,
    remedies: [["drop nodeSelector disk=ssd"]],
  },
  {
    it: "says that terms contradict each other",
    pod: requiring({ matchFields: [...(onNames("n1").matchFields ?? []), ...(onNames("n2").matchFields ?? [])] }),
    reasons: ["pod affinity terms conflict"],
    lasting: true,
    remedies: [["drop metadata.name=n2 from the required node affinity"]],
  },
  {
    it: "sends no DaemonSet's pod to another node than the one it was made for",
    pod: { owner: { apiVersion: "apps/v1", kind: "DaemonSet", name: "logs", uid: "logs" }, ...requiring(onNames("n2")) },
    ...refused,
    details: ["the required node affinity wants metadata.name=n2"],
    remedies: [[]],
  },
  { it: "says that an empty term chooses nothing", pod: requiring({}), ...refused, remedies: [["drop the required node affinity"]] },
];

describe("NodeAffinity", () => {
  filterCases(() => createNodeAffinity(), [...selectors, ...terms]);

  filterCases(
    () => createNodeAffinity({ addedAffinity: affinityOf([onLabel("pool", "In", "batch")]) }),
    [
      { it: "admits what the configuration and the pod want", node: { labels: { pool: "batch" } } },
      {
        it: "refuses what the configuration does not want",
        reasons: ["node(s) didn't match scheduler-enforced node affinity"],
        lasting: true,
        details: ["the scheduler's configuration wants pool=batch"],
        remedies: [["label node n1 pool=batch"]],
      },
      {
        it: "tells of both",
        pod: { nodeSelector: { disk: "ssd" } },
        reasons: ["node(s) didn't match scheduler-enforced node affinity"],
        lasting: true,
        remedies: [["label node n1 pool=batch"], ["drop nodeSelector disk=ssd", "label node n1 disk=ssd"]],
      },
    ],
  );

  const named: readonly { it: string; pod: PodOptions; only: string[] | undefined }[] = [
    { it: "of one term", pod: requiring(onNames("n1")), only: ["n1"] },
    {
      it: "of all terms together",
      pod: requiring(onNames("n1"), { ...onNames("n2", "n3"), ...onLabel("disk", "Exists") }),
      only: ["n1", "n2", "n3"],
    },
    { it: "of no term alone", pod: requiring(onNames("n1"), onLabel("disk", "Exists")), only: undefined },
    {
      it: "of terms that say which it is not",
      pod: requiring({ matchFields: [{ key: "metadata.name", operator: "NotIn", values: ["n1"] }] }),
      only: undefined,
    },
  ];
  for (const { it: does, pod: options, only } of named) {
    it(`looks at the nodes alone whose names follow, ${does}`, () => {
      const filter = createNodeAffinity().prepareFilter(podInfo(pod(options)), new ClusterState());
      expect(filter?.onlyNodes === undefined ? undefined : [...filter.onlyNodes]).to.deep.equal(only);
    });
  }

  const scored = (plugin: ReturnType<typeof createNodeAffinity>, affinity: NodeAffinity) => {
    const state = new ClusterState();
    const nodes: Readonly<Record<string, NodeOptions>> = { a: { labels: { disk: "ssd", zone: "x" } }, b: { labels: { zone: "x" } }, c: {} };
    for (const [name, options] of Object.entries(nodes)) state.setNode(node({ name, ...options }));
    return scoresOf(plugin, podInfo(pod(withAffinity(affinity))), state);
  };
  const wishes = affinityOf(undefined, [
    [30, onLabel("disk", "In", "ssd")],
    [10, onLabel("zone", "In", "x")],
  ]);

  it("prefers nodes by the weights that match, the best one at 100", () => {
    expect(scored(createNodeAffinity(), wishes)).to.deep.equal({ a: 100, b: 25, c: 0 });
  });

  it("adds the configuration's wishes to the pod's", () => {
    const plugin = createNodeAffinity({ addedAffinity: affinityOf(undefined, [[40, onLabel("disk", "DoesNotExist")]]) });
    expect(scored(plugin, wishes)).to.deep.equal({ a: 80, b: 100, c: 80 });
  });

  it("says nothing of nodes to a pod without wishes", () => {
    expect(scored(createNodeAffinity(), affinityOf([onLabel("disk", "Exists")]))).to.equal(undefined);
  });

  it("wakes pods when labels come to match, or a node comes that does", () => {
    const { nodeAdded, nodeUpdated } = createNodeAffinity().wakes;
    const info = podInfo(pod({ nodeSelector: { disk: "ssd" } }));
    const [fit, unfit] = [node({ labels: { disk: "ssd" } }), node({ labels: { disk: "hdd" } })];
    expect([
      nodeUpdated?.({ kind: "nodeUpdated", node: fit, previous: unfit }, info),
      nodeUpdated?.({ kind: "nodeUpdated", node: unfit, previous: fit }, info),
      nodeUpdated?.({ kind: "nodeUpdated", node: node({ labels: { disk: "ssd", zone: "a" } }), previous: fit }, info),
      nodeAdded?.({ kind: "nodeAdded", node: fit }, info),
      nodeAdded?.({ kind: "nodeAdded", node: unfit }, info),
    ]).to.deep.equal([true, false, false, true, false]);
  });
});
