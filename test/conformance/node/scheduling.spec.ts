import { expect } from "chai";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { fromManifest } from "../../builders/from-manifest.js";

describe("scheduling", function () {
  this.timeout(60_000);
  let cluster: TestCluster;

  /** Two nodes with 32 processors each. */
  beforeEach(async () => {
    cluster = await startCluster({ nodes: 2 });
  });
  afterEach(() => cluster?.stop());

  async function create(name: string, spec: string): Promise<void> {
    const yaml = `{ metadata: { name: ${name}, namespace: default }, spec: { ${spec} } }`;
    await cluster.client.of(podKind).create(fromManifest(podKind, yaml));
  }

  const until = (name: string, what: string, isSo: (pod: Whole<Pod>) => boolean): Promise<Whole<Pod>> =>
    cluster.until(podKind, { namespace: "default", name }, isSo, { what });
  const running = (name: string): Promise<Whole<Pod>> => until(name, "Running", ({ status }) => status.phase === "Running");
  const refusal = async (name: string): Promise<string> => {
    const isRefused = ({ status }: Whole<Pod>): boolean => status.conditions.some(({ reason }) => reason === "Unschedulable");
    const { spec, status } = await until(name, "a refusal", isRefused);
    expect(spec.nodeName ?? "").to.equal("");
    return status.conditions.find(({ reason }) => reason === "Unschedulable")?.message ?? "";
  };

  const asking = (cpu: string): string => `containers: [{ name: main, image: web, resources: { requests: { cpu: ${cpu} } } }]`;

  it("gives a node no more pods than it has room for, and the next one when there is room", async () => {
    for (const name of ["a", "b"]) await create(name, asking("20"));
    for (const name of ["a", "b"]) await running(name);
    await create("c", asking("20"));
    expect(await refusal("c")).to.contain("0/2 nodes are available: 2 Insufficient cpu");
    await create("small", asking("10"));
    await running("small");

    await cluster.client.of(podKind).delete({ namespace: "default", name: "a" }, { options: { gracePeriodSeconds: 0 } });
    await running("c");
  });

  const web = "containers: [{ name: main, image: web }]";
  const label = (node: string, labels: object): Promise<unknown> =>
    cluster.client.of(nodeKind).patch({ namespace: "", name: node }, "merge", { metadata: { labels } });

  it("puts a pod on a node that has the labels it wants", async () => {
    await label("node-2", { "example.com/disk": "ssd" });
    await create("picky", `nodeSelector: { example.com/disk: ssd }, ${web}`);
    expect((await running("picky")).spec.nodeName).to.equal("node-2");
  });

  it("lets a pod wait whose labels no node has, until one has them", async () => {
    await create("picky", `nodeSelector: { example.com/disk: ssd }, ${web}`);
    expect(await refusal("picky")).to.contain("2 node(s) didn't match Pod's node affinity/selector");
    await label("node-1", { "example.com/disk": "ssd" });
    expect((await running("picky")).spec.nodeName).to.equal("node-1");
  });

  const on = (ip: string): string =>
    `nodeSelector: { kubernetes.io/hostname: node-1 }, containers: [{ name: main, image: web, ports: [{ containerPort: 80, hostPort: 54322${ip} }] }]`;

  it("gives a port of a node to one pod alone, also where one wants it on every address", async () => {
    await create("everywhere", on(""));
    await running("everywhere");
    await create("here", on(", hostIP: 127.0.0.1"));
    expect(await refusal("here")).to.contain("1 node(s) didn't have free ports for the requested pod ports");
    await create("other", on(", protocol: UDP"));
    await running("other");
  });
});
