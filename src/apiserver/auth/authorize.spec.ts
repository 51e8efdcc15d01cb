import { expect } from "chai";
import { isForbidden } from "../../api/errors.js";
import { type Action, authorize, authorizeAbsent, joinTokens } from "./authorize.js";

const pods = { group: "", plural: "pods", namespaced: true };
const nodes = { group: "", plural: "nodes", namespaced: false };
const leases = { group: "coordination.k8s.io", plural: "leases", namespaced: true };
const events = { group: "", plural: "events", namespaced: true };
const deployments = { group: "apps", plural: "deployments", namespaced: true };
const secrets = { group: "", plural: "secrets", namespaced: true };
const configMaps = { group: "", plural: "configmaps", namespaced: true };
const bare = { namespace: "", name: "", subresource: "" };

const admin = { name: "admin", groups: ["system:masters"] };
const scheduler = { name: "system:scheduler", groups: ["system:components"] };
const n1 = { name: "system:node:n1", groups: ["system:nodes"] };
const token = { name: "system:bootstrap:ab", groups: ["system:bootstrappers"] };
const stranger = { name: "eve", groups: ["people"] };
const impostors = [
  { name: "system:node:n1", groups: [] },
  { name: "admin", groups: ["system:nodes"] },
  { name: "system:node:", groups: ["system:nodes"] },
  { name: "system:masters", groups: [] },
];

// Only what authorization reads of an object.
const about = (fields: object): NonNullable<Action["object"]> => fields as NonNullable<Action["object"]>;
const podOn = (nodeName: string): NonNullable<Action["object"]> => about({ spec: { nodeName } });
const eventOf = (kind: string, name: string): NonNullable<Action["object"]> => about({ involvedObject: { kind, name } });

const createPod: Action = { ...bare, verb: "create", kind: pods, namespace: "x" };
const enterPod = ["exec", "attach", "portforward"].map(
  (subresource): Action => ({ verb: "create", kind: pods, namespace: "x", name: "p", subresource }),
);
const makeToken: Action = { ...bare, verb: "create", kind: joinTokens };
const join: Action = { ...bare, verb: "join", kind: nodes, name: "n1" };
const report: Action = { ...bare, verb: "connect", kind: nodes, name: "n1" };
const getPod: Action = { ...bare, verb: "get", kind: pods, namespace: "x", name: "p" };
const watchPods: Action = { ...bare, verb: "watch", kind: pods };
const lease: Action = { ...bare, verb: "update", kind: leases, namespace: "kube-node-lease", name: "n1" };
const event: Action = { ...bare, verb: "create", kind: events, namespace: "default" };

describe("authorize", () => {
  const cases = [
    { it: "an administrator anything", caller: admin, allows: [createPod, makeToken, join, report, lease, ...enterPod], refuses: [] },
    {
      it: "a component all but to admit nodes and to enter pods",
      caller: scheduler,
      allows: [createPod, watchPods, lease],
      refuses: [makeToken, join, report, ...enterPod],
    },
    {
      it: "a join token to join, and nothing else",
      caller: token,
      allows: [join],
      refuses: [createPod, getPod, watchPods, makeToken, report],
    },
    { it: "a stranger nothing", caller: stranger, allows: [], refuses: [createPod, getPod, watchPods, makeToken, report, join] },
    {
      it: "a node its own Node, and of that only the status",
      caller: n1,
      allows: [report, { ...report, verb: "get" }, { ...report, verb: "watch" }, { ...report, verb: "update", subresource: "status" }],
      refuses: [
        { ...report, name: "n2" },
        { ...report, verb: "get", name: "n2" },
        { ...report, verb: "list", name: "" },
        { ...report, verb: "update" },
        { ...report, verb: "delete" },
        { ...report, verb: "create" },
      ],
    },
    {
      it: "a node its own Lease",
      caller: n1,
      allows: [lease, { ...lease, verb: "get" }],
      refuses: [
        { ...lease, name: "n2" },
        { ...lease, namespace: "kube-system" },
        { ...lease, verb: "delete" },
      ],
    },
    {
      it: "a node to read which api-servers there are",
      caller: n1,
      allows: (["get", "list", "watch"] as const).map((verb): Action => ({ ...lease, verb, namespace: "kube-system", name: "" })),
      refuses: [
        { ...lease, namespace: "kube-system", name: "apiserver-1" },
        { ...lease, verb: "create", namespace: "kube-system" },
        { ...lease, verb: "delete", namespace: "kube-system" },
        { ...lease, verb: "list", namespace: "", name: "" },
        { ...lease, verb: "watch", namespace: "kube-node-lease", name: "" },
      ],
    },
    {
      it: "a node to read the pods bound to it",
      caller: n1,
      allows: [
        { ...getPod, object: podOn("n1") },
        { ...watchPods, requiredNodeName: "n1" },
        { ...watchPods, verb: "list", requiredNodeName: "n1" },
      ],
      refuses: [
        getPod,
        { ...getPod, object: podOn("n2") },
        { ...getPod, object: podOn("") },
        watchPods,
        { ...watchPods, requiredNodeName: "n2" },
        { ...watchPods, verb: "list", requiredNodeName: "" },
      ],
    },
    {
      it: "a node to take away its own pods, but not to change any",
      caller: n1,
      allows: [{ ...getPod, verb: "delete", object: podOn("n1") }],
      refuses: [
        { ...getPod, verb: "create", subresource: "eviction", object: podOn("n1") },
        { ...getPod, verb: "delete", object: podOn("n2") },
        { ...getPod, verb: "update", object: podOn("n1") },
        { ...getPod, verb: "patch", object: podOn("n1"), subresource: "status" },
        { ...getPod, verb: "patch", object: podOn("n1"), subresource: "ephemeralcontainers" },
        { ...getPod, verb: "bind", object: podOn("n1") },
        { ...getPod, verb: "logs", object: podOn("n1") },
        ...enterPod.map((action) => ({ ...action, object: podOn("n1") })),
        { ...watchPods, verb: "deletecollection", requiredNodeName: "n1" },
        createPod,
      ],
    },
    {
      it: "a node to record events about itself, and nothing else",
      caller: n1,
      allows: [{ ...event, object: eventOf("Node", "n1") }],
      refuses: [
        event,
        { ...event, namespace: "x", object: eventOf("Node", "n1") },
        { ...event, object: eventOf("Pod", "p") },
        { ...event, object: eventOf("Node", "n2") },
        { ...event, verb: "delete", object: eventOf("Node", "n1") },
      ],
    },
    {
      it: "a node to read, one by one, the Secrets and ConfigMaps that its pods name",
      caller: n1,
      allows: [secrets, configMaps].flatMap((kind): Action[] =>
        (["get", "list", "watch"] as const).map((verb) => ({ ...bare, verb, kind, namespace: "x", name: "s", isNamedByPod: true })),
      ),
      refuses: [secrets, configMaps].flatMap((kind): Action[] => {
        const named = { ...bare, kind, namespace: "x", name: "s", isNamedByPod: true };
        return [
          { ...named, verb: "get", isNamedByPod: false },
          { ...named, verb: "watch", isNamedByPod: undefined },
          { ...named, verb: "list", name: "" },
          { ...named, verb: "watch", namespace: "" },
          { ...named, verb: "get", subresource: "status" },
          { ...named, verb: "create" },
          { ...named, verb: "update" },
          { ...named, verb: "patch" },
          { ...named, verb: "delete" },
          { ...named, verb: "deletecollection" },
        ];
      }),
    },
    {
      it: "a node no other kinds",
      caller: n1,
      allows: [],
      refuses: [{ ...bare, verb: "get", kind: deployments, namespace: "x", name: "d" }, makeToken, join],
    },
  ] as const satisfies readonly { it: string; caller: typeof admin; allows: readonly Action[]; refuses: readonly Action[] }[];

  for (const { it: what, caller, allows, refuses } of cases) {
    it(`allows ${what}`, () => {
      for (const action of allows as readonly Action[]) authorize(caller, action);
      for (const action of refuses as readonly Action[])
        expect(() => authorize(caller, action), `${action.verb} ${action.kind.plural} ${action.name}`)
          .to.throw()
          .that.satisfies(isForbidden);
    });
  }

  for (const impostor of impostors) {
    it(`believes neither name nor group alone: ${impostor.name} of [${impostor.groups.join()}]`, () => {
      expect(() => authorize(impostor, report))
        .to.throw()
        .that.satisfies(isForbidden);
      expect(() => authorize(impostor, createPod))
        .to.throw()
        .that.satisfies(isForbidden);
    });
  }

  it("lets a node know that a pod is not there, and nobody else who could not read it", () => {
    authorizeAbsent(n1, getPod);
    authorizeAbsent(admin, getPod);
    expect(() => authorizeAbsent(stranger, getPod))
      .to.throw()
      .that.satisfies(isForbidden);
    expect(() => authorizeAbsent(n1, { ...getPod, kind: deployments }))
      .to.throw()
      .that.satisfies(isForbidden);
    expect(() => authorizeAbsent(n1, { ...getPod, kind: secrets }))
      .to.throw()
      .that.satisfies(isForbidden);
    expect(() => authorizeAbsent(n1, { ...getPod, verb: "update" }))
      .to.throw()
      .that.satisfies(isForbidden);
  });

  it("refuses in Kubernetes' words", () => {
    const update: Action = { ...getPod, verb: "update", subresource: "status" };
    expect(() => authorize(n1, update)).to.throw(
      'pods "p" is forbidden: User "system:node:n1" cannot update resource "pods/status" in API group "" in the namespace "x"',
    );
    expect(() => authorize(n1, { ...report, verb: "delete" })).to.throw(
      'nodes "n1" is forbidden: User "system:node:n1" cannot delete resource "nodes" in API group "" at the cluster scope',
    );
  });
});
