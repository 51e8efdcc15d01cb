import { expect } from "chai";
import { type NodeOptions, node, type PodOptions, pod } from "../../../test/builders/index.js";
import { filterCases } from "../../../test/fakes/filter-trial.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { scoresOf } from "../../../test/fakes/scores.js";
import { Affinity } from "../../gen/howbernetes/core/v1/scheduling.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { type PodInfo, podInfo } from "../cluster/pod-info.js";
import { type ClusterEvent, mayHelp } from "../framework/cluster-event.js";
import { createInterPodAffinity, defaultAffinityArgs } from "./inter-pod-affinity.js";

const required = "requiredDuringSchedulingIgnoredDuringExecution";
const preferred = "preferredDuringSchedulingIgnoredDuringExecution";

/** A term that means pods of one app. */
const term = (app: string, more: object = {}) => ({
  labelSelector: { matchLabels: { app }, matchExpressions: [] },
  topologyKey: "zone",
  namespaces: [],
  ...more,
});
const weigh = (weight: number, podAffinityTerm: object) => ({ weight, podAffinityTerm });
const affinity = (of: object): PodOptions => ({ spec: { affinity: Affinity.fromPartial(of) } });
const near = (...terms: object[]): PodOptions => affinity({ podAffinity: { [required]: terms } });
const far = (...terms: object[]): PodOptions => affinity({ podAntiAffinity: { [required]: terms } });
const likesNear = (...terms: object[]): PodOptions => affinity({ podAffinity: { [preferred]: terms } });
const likesFar = (...terms: object[]): PodOptions => affinity({ podAntiAffinity: { [preferred]: terms } });

const web: PodOptions = { labels: { app: "web" } };
const database: PodOptions = { labels: { app: "db" } };
const zoneA: NodeOptions = { name: "n1", labels: { zone: "a" } };
const zoneB: NodeOptions = { name: "n2", labels: { zone: "b" } };
const everyNamespace = { namespaceSelector: { matchLabels: {}, matchExpressions: [] } };
const tenants = { namespaceSelector: { matchLabels: { tenant: "yes" }, matchExpressions: [] } };

const notNear = ["node(s) didn't match pod affinity rules"];
const tooNear = ["node(s) didn't match pod anti-affinity rules"];
const shunned = ["node(s) didn't satisfy existing pods anti-affinity rules"];

describe("InterPodAffinity", () => {
  filterCases(createInterPodAffinity, [
    { it: "has nothing to say of pods that care for no company", node: zoneA, placed: [web, database], pod: web },
    { it: "admits a node near what is sought", node: zoneA, others: [zoneB], placed: [database], pod: near(term("db")) },
    {
      it: "admits a node of the same domain",
      node: zoneA,
      others: [{ ...zoneA, name: "n3" }],
      placed: [{ ...database, nodeName: "n3" }],
      pod: near(term("db")),
    },
    {
      it: "refuses a node far from what is sought",
      node: zoneA,
      others: [zoneB],
      placed: [{ ...database, nodeName: "n2" }],
      pod: near(term("db")),
      reasons: notNear,
      lasting: true,
      details: ["no pod with app=db is in zone a, b has 1"],
      remedies: [["drop the pod affinity for app=db by zone", "run a pod with app=db in zone a"]],
    },
    {
      it: "refuses all nodes when nobody is there to be near to",
      node: zoneA,
      pod: near(term("db")),
      reasons: notNear,
      lasting: true,
      details: ["no pod with app=db is in zone a, nowhere is one"],
    },
    { it: "lets the first of its kind go anywhere", node: zoneA, pod: { ...database, ...near(term("db")) } },
    {
      it: "lets only the first of its kind go anywhere",
      node: zoneA,
      others: [zoneB],
      placed: [{ ...database, nodeName: "n2" }],
      pod: { ...database, ...near(term("db")) },
      reasons: notNear,
      lasting: true,
    },
    {
      it: "wants the label even of the first of its kind",
      pod: { ...database, ...near(term("db")) },
      reasons: notNear,
      lasting: true,
      details: ["it has no label zone, by which the pod's affinity tells what is near"],
      remedies: [["drop the pod affinity for app=db by zone"]],
    },
    {
      it: "knows with which label a node would be near",
      others: [zoneB],
      placed: [{ ...database, nodeName: "n2" }],
      pod: near(term("db")),
      reasons: notNear,
      lasting: true,
      remedies: [["label node n1 zone=b", "drop the pod affinity for app=db by zone"]],
    },
    {
      it: "counts only pods that all terms mean",
      node: zoneA,
      others: [zoneB],
      placed: [database, { labels: { app: "db", tier: "gold" }, nodeName: "n2" }],
      pod: near(term("db"), term("db", { labelSelector: { matchLabels: { tier: "gold" }, matchExpressions: [] } })),
      reasons: notNear,
      lasting: true,
    },
    {
      it: "wants every term to hold",
      node: { ...zoneA, labels: { zone: "a", rack: "1" } },
      others: [{ name: "n2", labels: { zone: "a", rack: "2" } }],
      placed: [{ ...database, nodeName: "n2" }],
      pod: near(term("db"), term("db", { topologyKey: "rack" })),
      reasons: notNear,
      lasting: true,
      details: ["no pod with app=db is in rack 1, 2 has 1"],
    },
    {
      it: "seeks in the pod's own namespace",
      node: zoneA,
      placed: [{ ...database, namespace: "other" }],
      pod: near(term("db")),
      reasons: notNear,
      lasting: true,
    },
    {
      it: "seeks in namespaces that are named",
      node: zoneA,
      placed: [{ ...database, namespace: "other" }],
      pod: near(term("db", { namespaces: ["other"] })),
    },
    {
      it: "seeks in namespaces that are named only",
      node: zoneA,
      placed: [database],
      pod: near(term("db", { namespaces: ["other"] })),
      reasons: notNear,
      lasting: true,
    },
    { it: "seeks in all namespaces", node: zoneA, placed: [{ ...database, namespace: "other" }], pod: near(term("db", everyNamespace)) },
    { it: "finds pods that are being deleted", node: zoneA, placed: [{ ...database, deleting: true }], pod: near(term("db")) },
    {
      it: "admits a node far from what is avoided",
      node: zoneA,
      others: [zoneB],
      placed: [{ ...web, nodeName: "n2" }],
      pod: far(term("web")),
    },
    {
      it: "refuses a node near what is avoided",
      node: zoneA,
      placed: [web, web],
      pod: far(term("web")),
      reasons: tooNear,
      details: ["zone a has 2 pods with app=web, which the pod avoids: default/p0, default/p1"],
      remedies: [["remove default/p0, default/p1", "drop the pod anti-affinity for app=web by zone"]],
    },
    {
      it: "refuses a node whose domain has what is avoided on another",
      node: zoneA,
      others: [{ ...zoneA, name: "n3" }],
      placed: [{ ...web, nodeName: "n3" }],
      pod: far(term("web")),
      reasons: tooNear,
      remedies: [["remove default/p0", "drop the pod anti-affinity for app=web by zone"]],
    },
    { it: "takes a node without the label for far", placed: [web], pod: far(term("web")) },
    {
      it: "says node where each is a domain",
      node: { labels: { "kubernetes.io/hostname": "n1" } },
      placed: [web, web, web, web, web],
      pod: far(term("web", { topologyKey: "kubernetes.io/hostname" })),
      reasons: tooNear,
      details: ["node n1 has 5 pods with app=web, which the pod avoids: default/p0, default/p1, default/p2 and 2 others"],
    },
    {
      it: "refuses a node near pods that avoid this one",
      node: zoneA,
      placed: [far(term("web")), { ...database, ...far(term("other")) }],
      pod: web,
      reasons: shunned,
      details: ["default/p0 in zone a avoids pods with app=web, as default/new is one"],
      remedies: [["remove default/p0"]],
    },
    {
      it: "takes what placed pods avoid by their own namespace",
      node: zoneA,
      placed: [{ ...far(term("web")), namespace: "other" }],
      pod: web,
    },
    {
      it: "takes what placed pods avoid in other namespaces",
      node: zoneA,
      placed: [{ ...far(term("web", { namespaces: ["default"] })), namespace: "other" }],
      pod: web,
      reasons: shunned,
    },
    {
      it: "finds whom placed pods avoid also where no label tells",
      node: zoneA,
      placed: [
        far(term("web", { labelSelector: { matchLabels: {}, matchExpressions: [{ key: "app", operator: "Exists", values: [] }] } })),
      ],
      pod: web,
      reasons: shunned,
    },
    {
      it: "says first what the pod avoids itself",
      node: zoneA,
      placed: [{ ...web, ...far(term("web")) }],
      pod: { ...web, ...far(term("web")) },
      reasons: tooNear,
    },
  ]);

  it("seeks in namespaces by the labels that they have at the time", () => {
    const state = new ClusterState();
    state.setNode(node(zoneA));
    state.bound(podInfo(pod({ ...database, namespace: "other" })), "n1");
    const plugin = createInterPodAffinity(pluginContext(state));
    const seeking = podInfo(pod({ name: "new", nodeName: "", ...near(term("db", tenants)) }));
    const isRefused = (): boolean => {
      const [only] = state.nodes();
      return only !== undefined && plugin.prepareFilter(seeking, state)?.check(only) !== undefined;
    };
    const seen = [isRefused()];
    state.setNamespace("other", { tenant: "yes" });
    seen.push(isRefused());
    state.setNamespace("other", {});
    seen.push(isRefused());
    expect(seen).to.deep.equal([true, false, true]);
  });
});

describe("InterPodAffinity's scores", () => {
  const nodes = [zoneA, zoneB, { name: "n3", labels: { zone: "c" } }, { name: "n4" }];
  const scored = (placed: readonly PodOptions[], wanted: PodOptions, args = {}) => {
    const state = new ClusterState();
    for (const each of nodes) state.setNode(node(each));
    placed.forEach((each, index) => {
      state.bound(podInfo(pod({ name: `p${index}`, ...each })), each.nodeName ?? "n1");
    });
    const plugin = createInterPodAffinity(pluginContext(state), { ...defaultAffinityArgs, ...args });
    return scoresOf(plugin, podInfo(pod({ name: "new", nodeName: "", ...wanted })), state);
  };
  const onB = { nodeName: "n2" };
  const cases: readonly { it: string; placed: readonly PodOptions[]; pod: PodOptions; args?: object; scores: object | undefined }[] = [
    { it: "are none where nobody wishes anything", placed: [web, database], pod: web, scores: undefined },
    { it: "are none where no wish is met", placed: [web], pod: likesNear(weigh(1, term("db"))), scores: undefined },
    {
      it: "are the better the more of the liked are near",
      placed: [database, database, { ...database, ...onB }],
      pod: likesNear(weigh(10, term("db"))),
      scores: { n1: 100, n2: 50, n3: 0, n4: 0 },
    },
    {
      it: "are the worse the more of the disliked are near",
      placed: [web, web, { ...web, ...onB }],
      pod: likesFar(weigh(10, term("web"))),
      scores: { n1: 0, n2: 50, n3: 100, n4: 100 },
    },
    {
      it: "weigh wishes against each other",
      placed: [database, { ...web, ...onB }],
      pod: affinity({
        podAffinity: { [preferred]: [weigh(30, term("db")), weigh(20, term("web"))] },
        podAntiAffinity: { [preferred]: [weigh(10, term("db"))] },
      }),
      scores: { n1: 100, n2: 100, n3: 0, n4: 0 },
    },
    {
      it: "heed what placed pods would like",
      placed: [likesNear(weigh(5, term("web"))), { ...likesFar(weigh(5, term("web"))), ...onB }],
      pod: web,
      scores: { n1: 100, n2: 0, n3: 50, n4: 50 },
    },
    {
      it: "heed what placed pods require, as one wish of weight 1",
      placed: [near(term("web")), { ...likesNear(weigh(2, term("web"))), ...onB }],
      pod: web,
      scores: { n1: 50, n2: 100, n3: 0, n4: 0 },
    },
    {
      it: "heed what placed pods require by the weight that is said",
      placed: [near(term("web")), { ...likesNear(weigh(2, term("web"))), ...onB }],
      pod: web,
      args: { hardPodAffinityWeight: 4 },
      scores: { n1: 100, n2: 50, n3: 0, n4: 0 },
    },
    {
      it: "do not heed what placed pods require when it is to weigh nothing",
      placed: [near(term("web"))],
      pod: web,
      args: { hardPodAffinityWeight: 0 },
      scores: undefined,
    },
    {
      it: "can leave out placed pods' wishes for pods without any",
      placed: [likesNear(weigh(5, term("web")))],
      pod: web,
      args: { ignorePreferredTermsOfExistingPods: true },
      scores: undefined,
    },
    {
      it: "can leave them out also for pods that only require something",
      placed: [likesNear(weigh(5, term("web")))],
      pod: { ...web, ...far(term("other")) },
      args: { ignorePreferredTermsOfExistingPods: true },
      scores: undefined,
    },
    {
      it: "heed them all the same for pods with wishes of their own",
      placed: [likesNear(weigh(5, term("web")))],
      pod: { ...web, ...likesNear(weigh(5, term("db"))) },
      args: { ignorePreferredTermsOfExistingPods: true },
      scores: { n1: 100, n2: 0, n3: 0, n4: 0 },
    },
  ];
  for (const { it: does, placed, pod: wanted, args, scores } of cases) {
    it(does, () => expect(scored(placed, wanted, args)).to.deep.equal(scores));
  }
});

describe("InterPodAffinity's wakes", () => {
  const state = new ClusterState();
  const { wakes } = createInterPodAffinity(pluginContext(state));
  const waiting = (options: PodOptions): PodInfo => podInfo(pod({ name: "new", nodeName: "", ...options }));
  const placed = (options: PodOptions): PodInfo => podInfo(pod({ name: "other", ...options }));
  const at = { nodeName: "n1" };
  const seeking = near(term("db"));
  const avoiding = far(term("web"));
  const cases: readonly { it: string; pod: PodOptions; event: ClusterEvent; helps: boolean }[] = [
    { it: "a node with the label that is sought by", pod: seeking, event: { kind: "nodeAdded", node: node(zoneA) }, helps: true },
    { it: "a node without it", pod: seeking, event: { kind: "nodeAdded", node: node() }, helps: false },
    { it: "any node, of a pod that only avoids others", pod: avoiding, event: { kind: "nodeAdded", node: node() }, helps: true },
    { it: "a node that is labelled", pod: seeking, event: { kind: "nodeUpdated", node: node(zoneA), previous: node() }, helps: true },
    {
      it: "a node that reports",
      pod: seeking,
      event: { kind: "nodeUpdated", node: node(zoneA), previous: node({ ...zoneA, ready: false }) },
      helps: false,
    },
    { it: "a pod that is sought", pod: seeking, event: { kind: "podPlaced", pod: placed(database), ...at }, helps: true },
    { it: "a pod that is not", pod: seeking, event: { kind: "podPlaced", pod: placed(web), ...at }, helps: false },
    {
      it: "a pod that comes, where others are avoided",
      pod: avoiding,
      event: { kind: "podPlaced", pod: placed(web), ...at },
      helps: false,
    },
    { it: "an avoided pod that goes", pod: avoiding, event: { kind: "podGone", pod: placed(web), ...at }, helps: true },
    { it: "another that goes", pod: avoiding, event: { kind: "podGone", pod: placed(database), ...at }, helps: false },
    { it: "a pod that goes and avoided this one", pod: web, event: { kind: "podGone", pod: placed(avoiding), ...at }, helps: true },
    { it: "the last that was sought, and goes", pod: seeking, event: { kind: "podGone", pod: placed(database), ...at }, helps: true },
    {
      it: "an avoided pod that becomes another",
      pod: avoiding,
      event: { kind: "podUpdated", pod: placed(database), previous: placed(web), ...at },
      helps: true,
    },
    {
      it: "a pod that stays what it is",
      pod: avoiding,
      event: { kind: "podUpdated", pod: placed(web), previous: placed({ ...web, deleting: true }), ...at },
      helps: false,
    },
    { it: "its own namespace", pod: seeking, event: { kind: "namespaceUpdated", name: "default" }, helps: true },
    { it: "another namespace", pod: seeking, event: { kind: "namespaceUpdated", name: "other" }, helps: false },
    {
      it: "any namespace, where they are chosen by labels",
      pod: near(term("db", tenants)),
      event: { kind: "namespaceUpdated", name: "other" },
      helps: true,
    },
  ];
  for (const { it: what, pod: options, event, helps } of cases) {
    it(`are ${helps ? "" : "not "}by ${what}`, () => expect(mayHelp(wakes, event, waiting(options))).to.equal(helps));
  }
});
