import { expect } from "chai";
import { eventKind } from "../../src/api/kinds/event/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { Event } from "../../src/gen/howbernetes/core/v1/event.js";
import { startCluster, type TestCluster } from "../../src/testing/index.js";
import { pod } from "../builders/index.js";

const configuration = `
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
- schedulerName: default-scheduler
- schedulerName: packing
  plugins:
    preScore: { disabled: [{ name: "*" }], enabled: [{ name: NodeResourcesFit }] }
    score: { disabled: [{ name: "*" }], enabled: [{ name: NodeResourcesFit }] }
  pluginConfig:
  - name: NodeResourcesFit
    args: { scoringStrategy: { type: MostAllocated, resources: [{ name: cpu, weight: 1 }] } }
`;

describe("a scheduler with two profiles", () => {
  let cluster: TestCluster;
  before(async () => {
    cluster = await startCluster({ nodes: 2, controllers: [], schedulerConfiguration: configuration });
    // Half of what a hollow node has.
    await run("anchor", { requests: { cpu: "16" }, nodeName: "node-1" });
  });
  after(() => cluster.stop());

  const run = async (name: string, options: Parameters<typeof pod>[0]): Promise<string> => {
    const key = { namespace: "default", name };
    await cluster.client.of(podKind).create(pod({ nodeName: "", ...options, name, resourceVersion: "", uid: "" }));
    const bound = await cluster.until(podKind, key, ({ spec }) => (spec.nodeName ?? "") !== "", { what: `a node for ${name}` });
    return bound.spec.nodeName ?? "";
  };

  it("fills up one node by one, and spreads by the other", async () => {
    const packing = { requests: { cpu: "1" }, spec: { schedulerName: "packing" } };
    expect([await run("packed-1", packing), await run("packed-2", packing)]).to.deep.equal(["node-1", "node-1"]);
    expect(await run("spread-1", { requests: { cpu: "1" } })).to.equal("node-2");
    // What does not fit where it would be best goes where it does.
    expect(await run("packed-3", { ...packing, requests: { cpu: "20" } })).to.equal("node-2");
  });

  it("speaks of each pod in the name of its scheduler", async () => {
    await run("told-1", { requests: { cpu: "1" }, spec: { schedulerName: "packing" } });
    await run("told-2", {});
    const sourceOf = async (name: string): Promise<string> => {
      const isOf = (event: Whole<Event>): boolean => event.involvedObject?.name === name && event.reason === "Scheduled";
      const events = await cluster.untilAll(eventKind, "default", (all) => all.some(isOf), { what: `the Event of ${name}` });
      return events.find(isOf)?.source?.component ?? "";
    };
    expect([await sourceOf("told-1"), await sourceOf("told-2")]).to.deep.equal(["packing", "default-scheduler"]);
  });

  it("leaves pods of other schedulers alone", async () => {
    const key = { namespace: "default", name: "foreign" };
    await cluster.client.of(podKind).create(pod({ ...key, nodeName: "", spec: { schedulerName: "nobody" }, resourceVersion: "", uid: "" }));
    // One that comes later and is placed shows that the scheduler has seen the first.
    await run("later", {});
    expect((await cluster.client.of(podKind).get(key)).spec.nodeName ?? "").to.equal("");
  });
});
