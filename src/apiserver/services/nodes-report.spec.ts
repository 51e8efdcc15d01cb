import { expect } from "chai";
import { eventually } from "../../../test/eventually.js";
import { failureOf, NodesOverRpc, openReport, podOn, podReport } from "../../../test/fakes/nodes-over-rpc.js";
import { isConflict, isForbidden, isNotFound } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { RemoteApiClient } from "../../client/client.js";

describe("the Nodes service: Report", () => {
  let api: NodesOverRpc;
  let admin: RemoteApiClient;

  before(async () => {
    api = await NodesOverRpc.start();
    admin = await api.adminClient();
  });
  after(() => api.stop());

  it("registers the node with a network of its own, and renews its Lease", async () => {
    const first = await openReport("reg-1", await api.nodeClient("reg-1"));
    const second = await openReport("reg-2", await api.nodeClient("reg-2"));

    const nodes = await Promise.all(["reg-1", "reg-2"].map((name) => admin.of(nodeKind).get({ namespace: "", name })));
    const cidrs = new Set(nodes.map(({ spec }) => spec.podCIDR));
    expect(cidrs.size).to.equal(2);
    expect(first.session).to.include({ podCIDR: nodes[0]?.spec.podCIDR, nodeUid: nodes[0]?.metadata.uid });

    const leaseKey = { namespace: "kube-node-lease", name: "reg-1" };
    const opened = await admin.of(leaseKind).get(leaseKey);
    expect(opened.spec.holderIdentity).to.equal("reg-1");
    first.send({ $case: "heartbeat", value: {} });
    await eventually(async () => {
      expect((await admin.of(leaseKind).get(leaseKey)).metadata.resourceVersion).not.to.equal(opened.metadata.resourceVersion);
    });
    first.stop.abort();
    second.stop.abort();
  });

  it("stores a pod's status and acknowledges it", async () => {
    const node = await openReport("st", await api.nodeClient("st"));
    const pod = await podOn(admin, "st", "status");
    node.send(podReport(pod, { phase: "Running", podIP: "10.0.0.9", conditions: [{ type: "Ready", status: "True" }] }));

    const ack = await node.receive();
    const stored = await admin.of(podKind).get({ namespace: "default", name: "status" });

    expect(ack).to.include({ podUid: pod.metadata.uid, refused: false, resourceVersion: stored.metadata.resourceVersion });
    expect(stored.status).to.include({ phase: "Running", podIP: "10.0.0.9" });
    expect(stored.status.conditions.map(({ type }) => type)).to.include.members(["PodScheduled", "Ready"]);
    node.stop.abort();
  });

  it("refuses for good what is not the node's: another's pod, a pod of another uid, none at all", async () => {
    const node = await openReport("own", await api.nodeClient("own"));
    await openReport("other", await api.nodeClient("other"));
    const theirs = await podOn(admin, "other", "theirs");
    const mine = await podOn(admin, "own", "mine");
    const former = { ...mine, metadata: { ...mine.metadata, uid: "former" } };
    const gone = { ...mine, metadata: { ...mine.metadata, name: "gone", uid: "gone" } };

    for (const pod of [theirs, former, gone]) {
      node.send(podReport(pod, { phase: "Failed" }, true));
      expect(await node.receive()).to.include({ podUid: pod.metadata.uid, refused: true });
    }
    expect((await admin.of(podKind).get({ namespace: "default", name: "theirs" })).status.phase).to.equal("Pending");
    node.stop.abort();
  });

  it("refuses for good a status that is too large to be stored, and goes on with others", async () => {
    const node = await openReport("big", await api.nodeClient("big"));
    const [large, small] = [await podOn(admin, "big", "large"), await podOn(admin, "big", "small")];
    node.send(podReport(large, { phase: "Running", message: "x".repeat(1024 * 1024) }));
    expect(await node.receive()).to.include({ podUid: large.metadata.uid, refused: true });
    node.send(podReport(small, { phase: "Running" }));
    expect(await node.receive()).to.include({ podUid: small.metadata.uid, refused: false });
    node.stop.abort();
  });

  it("ends a session whose reports come out of order", async () => {
    const node = await openReport("order", await api.nodeClient("order"));
    node.outbox.send({ sequence: 5, message: { $case: "heartbeat", value: {} } });
    node.outbox.send({ sequence: 4, message: { $case: "heartbeat", value: {} } });
    expect(await failureOf(node.receive()))
      .to.have.property("message")
      .that.equals("report 4 came after report 5");
  });

  it("removes a deleted pod once its node is finished with it, and not before", async () => {
    const node = await openReport("fin", await api.nodeClient("fin"));
    const pod = await podOn(admin, "fin", "finished");
    const key = { namespace: "default", name: "finished" };

    node.send(podReport(pod, { phase: "Running" }, true));
    await node.receive();
    expect((await admin.of(podKind).get(key)).status.phase).to.equal("Running");

    await admin.of(podKind).delete(key);
    expect((await admin.of(podKind).get(key)).metadata.deletionTimestamp).not.to.equal(undefined);
    node.send(podReport(pod, { phase: "Failed" }, true));
    expect(await node.receive()).to.include({ refused: false });
    expect(await failureOf(admin.of(podKind).get(key))).to.satisfy(isNotFound);
    node.stop.abort();
  });

  it("records what happens to containers as Events that count", async () => {
    const node = await openReport("ev", await api.nodeClient("ev"));
    const { namespace, name, uid } = (await podOn(admin, "ev", "eventful")).metadata;
    const event = { namespace, name, uid, type: "Warning", reason: "BackOff", message: "m", fieldPath: "spec.containers{c}" };
    for (let times = 0; times < 3; times += 1) node.send({ $case: "containerEvent", value: event });

    await eventually(async () => {
      const { items } = await admin.of(eventKind).list({ namespace, fieldSelector: `involvedObject.name=${name},reason=BackOff` });
      expect(items.map(({ count, source }) => ({ count, host: source?.host }))).to.deep.equal([{ count: 3, host: "ev" }]);
    });
    node.stop.abort();
  });

  it("ends an older session when a newer one is opened", async () => {
    const client = await api.nodeClient("twice");
    const older = await openReport("twice", client);
    const newer = await openReport("twice", client);

    expect(await failureOf(older.receive())).to.satisfy(isConflict);
    expect((newer.session as { id: number }).id).to.be.greaterThan((older.session as { id: number }).id);
    newer.stop.abort();
  });

  it("ends the session when the Node is deleted, and lets only a machine that starts anew register again", async () => {
    const client = await api.nodeClient("del");
    const node = await openReport("del", client);
    const { nodeUid } = node.session as { nodeUid: string };
    await admin.of(nodeKind).delete({ namespace: "", name: "del" });

    expect(await failureOf(node.receive())).to.satisfy(isNotFound);
    expect(await failureOf(openReport("del", client, nodeUid))).to.satisfy(isNotFound);
    const anew = await openReport("del", client);
    expect(anew.session).to.have.property("nodeUid").that.does.not.equal(nodeUid);
    anew.stop.abort();
  });

  it("lets no node speak for another", async () => {
    expect(await failureOf(openReport("n2", await api.nodeClient("n1")))).to.satisfy(isForbidden);
  });
});
