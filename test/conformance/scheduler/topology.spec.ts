import { expect } from "chai";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../../src/api/kinds/replicaset/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { fromManifest } from "../../builders/from-manifest.js";
import { namespace } from "../../builders/index.js";

const isRunning = ({ status }: Whole<Pod>): boolean => status.phase === "Running";
const sentenceOf = ({ status }: Whole<Pod>): string =>
  status.conditions.find(({ type, status: is }) => type === "PodScheduled" && is === "False")?.message ?? "";
const required = "requiredDuringSchedulingIgnoredDuringExecution";

describe("pods by where other pods are", function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  let ns = "";
  let made = 0;

  before(async () => {
    cluster = await startCluster({ nodes: 2 });
  });
  after(() => cluster?.stop());
  beforeEach(async () => {
    ns = await newNamespace();
    await label("node-1", "a");
    await label("node-2", "b");
  });
  // What is left would count for nobody else, but take room.
  afterEach(() => cluster.client.of(podKind).deleteCollection({ namespace: ns }, { options: { gracePeriodSeconds: 0 } }));

  async function newNamespace(): Promise<string> {
    const name = `topology-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name, uid: "", resourceVersion: "" }));
    return name;
  }
  const patchNode = (name: string, patch: object): Promise<unknown> =>
    cluster.client.of(nodeKind).patch({ namespace: "", name }, "merge", patch);
  const label = (node: string, zone: string | null): Promise<unknown> => patchNode(node, { metadata: { labels: { zone } } });
  const manifest = (name: string, app: string, spec: string, where: string): string =>
    `{ metadata: { name: ${name}, namespace: ${where}, labels: { app: ${app} } }, ${specOf(spec)} }`;
  const specOf = (spec: string): string =>
    `spec: { terminationGracePeriodSeconds: 0, containers: [{ name: main, image: web }]${spec === "" ? "" : `, ${spec}`} }`;
  const create = (name: string, app: string, spec = "", where = ns): Promise<Whole<Pod>> =>
    cluster.client.of(podKind).create(fromManifest(podKind, manifest(name, app, spec, where)));
  const until = (name: string, what: string, isSo: (pod: Whole<Pod>) => boolean): Promise<Whole<Pod>> =>
    cluster.until(podKind, { namespace: ns, name }, isSo, { what });
  const nodeOf = async (name: string): Promise<string> => (await until(name, `${name} to run`, isRunning)).spec.nodeName ?? "";
  const refusalOf = async (name: string): Promise<string> =>
    sentenceOf(await until(name, `why ${name} waits`, (pod) => sentenceOf(pod) !== ""));
  const remove = (name: string): Promise<unknown> =>
    cluster.client.of(podKind).delete({ namespace: ns, name }, { options: { gracePeriodSeconds: 0 } });
  const on = (node: string): string => `nodeSelector: { kubernetes.io/hostname: ${node} }`;
  const term = (app: string, more = ""): string => `{ labelSelector: { matchLabels: { app: ${app} } }, topologyKey: zone${more} }`;
  const near = (...terms: string[]): string => `affinity: { podAffinity: { ${required}: [${terms.join()}] } }`;
  const far = (...terms: string[]): string => `affinity: { podAntiAffinity: { ${required}: [${terms.join()}] } }`;

  describe("spread over a topology", () => {
    const spread = (action: string, more = ""): string =>
      `topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ${action},
        labelSelector: { matchLabels: { app: web } }${more} }]`;

    it("are evenly in all domains when they must be", async () => {
      const replicaSet = `{ metadata: { name: web, namespace: ${ns} }, spec: { replicas: 6, selector: { matchLabels: { app: web } },
        template: { metadata: { labels: { app: web } }, ${specOf(spread("DoNotSchedule"))} } } }`;
      await cluster.client.of(replicaSetKind).create(fromManifest(replicaSetKind, replicaSet));
      const pods = await cluster.untilAll(podKind, ns, (all) => all.length === 6 && all.every(isRunning), { what: "six pods to run" });

      expect(pods.map(({ spec }) => spec.nodeName).sort()).to.deep.equal([...Array(3).fill("node-1"), ...Array(3).fill("node-2")]);
      await cluster.client.of(replicaSetKind).delete({ namespace: ns, name: "web" });
    });

    it("wait where one more would be too many, until the emptiest domain may be gone to", async () => {
      await patchNode("node-2", { spec: { unschedulable: true } });
      await create("first", "web", spread("DoNotSchedule"));
      expect(await nodeOf("first")).to.equal("node-1");
      await create("second", "web", spread("DoNotSchedule"));
      expect(await refusalOf("second")).to.match(
        /^0\/2 nodes are available: 1 node\(s\) didn't match pod topology spread constraints, 1 node\(s\) were unschedulable\./,
      );

      await patchNode("node-2", { spec: { unschedulable: null } });
      expect(await nodeOf("second")).to.equal("node-2");
    });

    it("wait no longer when one of them goes", async () => {
      await patchNode("node-2", { spec: { unschedulable: true } });
      await create("first", "web", spread("DoNotSchedule"));
      await nodeOf("first");
      await create("second", "web", spread("DoNotSchedule"));
      await refusalOf("second");

      await remove("first");
      expect(await nodeOf("second")).to.equal("node-1");
      await patchNode("node-2", { spec: { unschedulable: null } });
    });

    it("go to no node without the label, until it has one", async () => {
      await Promise.all([label("node-1", null), label("node-2", null)]);
      await create("lost", "web", spread("DoNotSchedule"));
      expect(await refusalOf("lost")).to.contain("2 node(s) didn't match pod topology spread constraints (missing required label)");

      await label("node-2", "b");
      expect(await nodeOf("lost")).to.equal("node-2");
    });

    it("wait while there are fewer domains than they ask for", async () => {
      await create("first", "web", spread("DoNotSchedule", ", minDomains: 3"));
      await create("second", "web", spread("DoNotSchedule", ", minDomains: 3"));
      expect([await nodeOf("first"), await nodeOf("second")].sort()).to.deep.equal(["node-1", "node-2"]);
      await create("third", "web", spread("DoNotSchedule", ", minDomains: 3"));
      expect(await refusalOf("third")).to.contain("2 node(s) didn't match pod topology spread constraints");
    });

    it("are counted only with those that have the same value of a label", async () => {
      const revision = (name: string, hash: string): Promise<Whole<Pod>> =>
        cluster.client.of(podKind).create(
          fromManifest(
            podKind,
            `{ metadata: { name: ${name}, namespace: ${ns}, labels: { app: web, hash: ${hash} } },
              ${specOf(`${spread("DoNotSchedule", ", matchLabelKeys: [hash]")}, ${on("node-1")}`)} }`,
          ),
        );
      await create("stays", "web", on("node-2"));
      await nodeOf("stays");
      await revision("old", "one");
      await revision("new", "two");
      expect([await nodeOf("old"), await nodeOf("new")]).to.deep.equal(["node-1", "node-1"]);
    });

    it("stay as they are when their manifest is applied again", async () => {
      const key = { namespace: ns, name: "again" };
      const constraint = {
        ...{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" },
        ...{ labelSelector: {}, matchLabelKeys: ["hash", "app"] },
      };
      const body = {
        metadata: { ...key, labels: { app: "web" } },
        spec: { containers: [{ name: "main", image: "web" }], topologySpreadConstraints: [constraint] },
      };
      const first = await cluster.client.of(podKind).apply(key, body);
      const second = await cluster.client.of(podKind).apply(key, body);
      expect(second.spec.topologySpreadConstraints).to.deep.equal(first.spec.topologySpreadConstraints);
      expect(first.spec.topologySpreadConstraints[0]?.labelSelector?.matchExpressions).to.deep.equal([
        { key: "app", operator: "In", values: ["web"] },
      ]);
    });

    it("go to the emptiest domain when they may, and to a full one when they have to", async () => {
      await create("first", "web", on("node-1"));
      await nodeOf("first");
      await create("second", "web", spread("ScheduleAnyway"));
      expect(await nodeOf("second")).to.equal("node-2");
      await create("third", "web", `${spread("ScheduleAnyway")}, ${on("node-1")}`);
      expect(await nodeOf("third")).to.equal("node-1");
    });
  });

  describe("near others", () => {
    it("go to where those are whose company they seek", async () => {
      await create("db", "db", on("node-2"));
      await nodeOf("db");
      for (const name of ["one", "two", "three"]) await create(name, "web", near(term("db")));
      expect([await nodeOf("one"), await nodeOf("two"), await nodeOf("three")]).to.deep.equal(["node-2", "node-2", "node-2"]);
    });

    it("wait until those are there", async () => {
      await create("web", "web", near(term("db")));
      expect(await refusalOf("web")).to.contain("0/2 nodes are available: 2 node(s) didn't match pod affinity rules");
      await create("db", "db", on("node-1"));
      expect(await nodeOf("web")).to.equal("node-1");
    });

    it("may be the first of those that seek each other", async () => {
      await create("one", "web", near(term("web")));
      const first = await nodeOf("one");
      await create("two", "web", near(term("web")));
      expect(await nodeOf("two")).to.equal(first);
    });

    it("find company in namespaces by their labels, also when these change", async () => {
      const other = await newNamespace();
      await create("db", "db", on("node-2"), other);
      await create("web", "web", near(term("db", `, namespaceSelector: { matchLabels: { tenant: ${ns} } }`)));
      await refusalOf("web");
      await cluster.client.of(namespaceKind).patch({ namespace: "", name: other }, "merge", { metadata: { labels: { tenant: ns } } });
      expect(await nodeOf("web")).to.equal("node-2");
      await cluster.client.of(podKind).delete({ namespace: other, name: "db" }, { options: { gracePeriodSeconds: 0 } });
    });

    it("prefer company that they only wish for", async () => {
      await create("db", "db", on("node-2"));
      await nodeOf("db");
      const wish = `{ weight: 100, podAffinityTerm: ${term("db")} }`;
      await create("web", "web", `affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [${wish}] } }`);
      expect(await nodeOf("web")).to.equal("node-2");
    });
  });

  describe("far from others", () => {
    it("are one in each domain, and the next waits until one goes", async () => {
      for (const name of ["one", "two"]) await create(name, "web", far(term("web")));
      const [one, two] = [await nodeOf("one"), await nodeOf("two")];
      expect([one, two].sort()).to.deep.equal(["node-1", "node-2"]);
      await create("three", "web", far(term("web")));
      expect(await refusalOf("three")).to.contain("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules");

      await remove("two");
      expect(await nodeOf("three")).to.equal(two);
    });

    it("are not disturbed by those that they avoid", async () => {
      await create("loner", "loner", `${far(term("web"))}, ${on("node-1")}`);
      await nodeOf("loner");
      await create("web", "web", on("node-1"));
      expect(await refusalOf("web")).to.contain("node(s) didn't satisfy existing pods anti-affinity rules");

      await remove("loner");
      expect(await nodeOf("web")).to.equal("node-1");
    });

    it("avoid only those of their own namespace", async () => {
      const other = await newNamespace();
      for (const zone of ["node-1", "node-2"]) await create(zone, "web", on(zone), other);
      await create("web", "web", far(term("web")));
      expect(await nodeOf("web")).to.match(/^node-/);
      await cluster.client.of(podKind).deleteCollection({ namespace: other }, { options: { gracePeriodSeconds: 0 } });
    });
  });
});
