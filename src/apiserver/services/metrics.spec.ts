import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { NodeStatistics } from "../../gen/howbernetes/api/v1/metrics.js";
import type { CallContext, Caller } from "../../rpc/contracts.js";
import type { ObjectStore } from "../object-store.js";
import { createMetricsService } from "./metrics.js";

const callOf = (caller: Caller): CallContext => ({ caller, signal: new AbortController().signal }) as unknown as CallContext;
const admin = callOf({ name: "admin", groups: ["system:masters"] });
const usage = { cpuNanocores: 1_500_000, workingSetBytes: 2_049 };

describe("the Metrics service", () => {
  const pods = [
    pod({ name: "web", uid: "1", namespace: "default", labels: { app: "web" } }),
    pod({ name: "db", uid: "2", namespace: "default", nodeName: "n2" }),
    pod({ name: "lost", uid: "3", namespace: "default", nodeName: "n3" }),
    pod({ name: "new", uid: "4", namespace: "default", phase: "Pending" }),
    pod({ name: "waiting", uid: "5", namespace: "default", nodeName: "" }),
    pod({ name: "done", uid: "6", namespace: "default", nodeName: "n3", phase: "Succeeded" }),
    pod({ name: "web", uid: "7", namespace: "another" }),
  ];
  const nodes = [node({ name: "n2" }), node({ name: "n1", labels: { disk: "ssd" } }), node({ name: "n3" })];
  const said = new Map(
    Object.entries({ n1: ["1", "7", "unknown"], n2: ["2"] }).map(([name, uids]) => [
      name,
      NodeStatistics.fromPartial({
        measuredAtMs: 5_000,
        windowMs: 2_000,
        ...(name === "n1" ? { machine: usage } : {}),
        containers: uids.map((podUid) => ({ podUid, container: "main", usage })),
      }),
    ]),
  );
  let asked: string[];

  const list = async (kind: Kind, namespace: string) => {
    const all: readonly Whole<ApiObject>[] = kind.plural === podKind.plural ? pods : nodes;
    return all.filter(({ metadata }) => namespace === "" || metadata.namespace === namespace).map((object) => ({ object }));
  };
  const service = createMetricsService({
    objects: { list } as unknown as ObjectStore,
    statistics: {
      ofNodes: async (names) => {
        asked = [...new Set(names)].sort();
        const unreachable = asked.filter((name) => !said.has(name)).map((name) => ({ name, reason: "gone" }));
        return { answers: new Map([...said].filter(([name]) => asked.includes(name))), unreachable };
      },
    },
  });
  const podMetrics = (request: { namespace?: string; name?: string; labelSelector?: string }, call = admin) =>
    service.podMetrics({ namespace: "", name: "", labelSelector: "", ...request }, call);
  const nodeMetrics = (request: { name?: string; labelSelector?: string }, call = admin) =>
    service.nodeMetrics({ name: "", labelSelector: "", ...request }, call);
  const namesOf = ({
    items,
  }: {
    items: readonly { metadata?: { namespace?: string | undefined; name?: string | undefined } | undefined }[];
  }) => items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`);

  it("tells what the pods of a namespace use that run, by name", async () => {
    const answer = await podMetrics({ namespace: "default" });

    expect(namesOf(answer)).to.deep.equal(["default/db", "default/web"]);
    expect(answer.unreachable).to.deep.equal([{ name: "n3", reason: "gone" }]);
    const web = answer.items[1];
    expect(web?.containers).to.deep.equal([{ name: "main", usage: { cpu: { string: "1500u" }, memory: { string: "3Ki" } } }]);
    expect(web?.metadata?.labels).to.deep.equal({ app: "web" });
    expect([web?.timestamp?.seconds, web?.window?.duration]).to.deep.equal([5, 2_000_000_000]);
  });

  it("asks only the nodes that matter", async () => {
    expect(namesOf(await podMetrics({ labelSelector: "app=web" }))).to.deep.equal(["default/web"]);
    expect(asked).to.deep.equal(["n1"]);
    expect(namesOf(await podMetrics({ namespace: "another" }))).to.deep.equal(["another/web"]);
  });

  const absent = [
    { it: "there is no such pod", name: "none" },
    { it: "the pod has no node", name: "waiting" },
    { it: "its containers do not run yet", name: "new" },
    { it: "it has ended", name: "done" },
  ];
  for (const { it: why, name } of absent) {
    it(`has nothing to tell of a pod when ${why}`, async () => {
      const failure = await podMetrics({ namespace: "default", name }).catch((error: unknown) => error);
      expect(failure).to.have.property("message", `podmetrics.metrics.k8s.io "default/${name}" not found`);
    });
  }

  it("says of a pod whose node is silent just that", async () => {
    expect(await podMetrics({ namespace: "default", name: "lost" })).to.deep.equal({
      items: [],
      unreachable: [{ name: "n3", reason: "gone" }],
    });
  });

  it("tells what nodes use whose machines are in sight", async () => {
    const { items, unreachable } = await nodeMetrics({});
    expect(items.map(({ metadata, usage: used }) => [metadata?.name, used.cpu?.string])).to.deep.equal([["n1", "1500u"]]);
    expect(unreachable.map(({ name }) => name)).to.deep.equal(["n3", "n2"]);
    expect((await nodeMetrics({ labelSelector: "disk=ssd" })).unreachable).to.deep.equal([]);
    const failure = await nodeMetrics({ name: "n9" }).catch((error: unknown) => error);
    expect(failure).to.have.property("message", 'nodemetrics.metrics.k8s.io "n9" not found');
  });

  it("refuses what is no selector", async () => {
    const failure = await podMetrics({ labelSelector: "a in" }).catch((error: unknown) => error);
    expect(failure).to.have.property("reason", "BadRequest");
  });

  it("is for administrators and components, not for nodes", async () => {
    const byNode = callOf({ name: "system:node:n1", groups: ["system:nodes"] });
    const failure = await podMetrics({ namespace: "default" }, byNode).catch((error: unknown) => error);
    expect(String(failure)).to.contain(
      'User "system:node:n1" cannot list resource "pods" in API group "metrics.k8s.io" in the namespace "default"',
    );
    const byComponent = callOf({ name: "controllers", groups: ["system:components"] });
    expect((await nodeMetrics({}, byComponent)).items).to.have.length(1);
  });
});
