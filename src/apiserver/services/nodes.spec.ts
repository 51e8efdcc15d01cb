import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { eventually } from "../../../test/eventually.js";
import { makeWhole } from "../../api/codec/whole.js";
import { isConflict, isForbidden, isNotFound, isUnavailable } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { systemClock } from "../../base/clock.js";
import { createLog } from "../../base/log.js";
import { createMetrics } from "../../base/metrics.js";
import type { KeyPair, TlsMaterial } from "../../base/tls/certificate.js";
import { createCertificateAuthority, createCertificateRequest, issueCertificate } from "../../base/tls/certificate-authority.js";
import { parseJoinToken } from "../../base/tls/join-token.js";
import { createApiClient, type RemoteApiClient } from "../../client/client.js";
import { NodesService, type OpenSessionRequest, ReportRequest, type ReportResponse } from "../../gen/howbernetes/api/v1/nodes.js";
import { LogsRequest, PodsService } from "../../gen/howbernetes/api/v1/pods.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { openEmbeddedStore } from "../../storage/embedded/index.js";
import type { Store } from "../../storage/interface.js";
import { type ApiServer, createApiServer } from "../api-server.js";

const log = createLog("test", "silent");

/** Requests that are sent as the test goes. */
class Outbox<T> implements AsyncIterable<T> {
  private readonly queue: T[] = [];
  private wake: () => void = () => undefined;
  private ended = false;

  send(value: T): void {
    this.queue.push(value);
    this.wake();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      for (let value = this.queue.shift(); value !== undefined; value = this.queue.shift()) yield value;
      if (this.ended) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

describe("the Nodes service", () => {
  let directory: string;
  let store: Store;
  let ca: KeyPair;
  let server: ApiServer;
  let address: string;
  let admin: RemoteApiClient;
  const clients: RemoteApiClient[] = [];

  const connect = (tls: TlsMaterial): RemoteApiClient => {
    const client = createApiClient({ address, tls, log, retryForMs: 0 });
    clients.push(client);
    return client;
  };
  const certified = async (commonName: string, organization: string): Promise<TlsMaterial> => {
    const { certificate, key } = await issueCertificate(ca, { commonName, organizations: [organization], usage: "client" });
    return { ca: ca.certificate, cert: certificate, key };
  };
  const nodeClient = async (name: string): Promise<RemoteApiClient> => connect(await certified(`system:node:${name}`, "system:nodes"));

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "nodes-service-"));
    store = await openEmbeddedStore({ directory, sync: false, log });
    ca = await createCertificateAuthority("test");
    const own = await issueCertificate(ca, {
      commonName: "howbernetes-apiserver",
      organizations: [],
      usage: "server",
      dnsNames: ["howbernetes-apiserver"],
    });
    server = createApiServer({
      store,
      tls: { ca: ca.certificate, cert: own.certificate, key: own.key },
      listen: "127.0.0.1:0",
      certificateAuthority: ca,
      clock: systemClock,
      log,
      metrics: createMetrics({ process: false }),
    });
    const { host, port } = await server.start();
    address = `${host}:${port}`;
    admin = connect(await certified("admin", "system:masters"));
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server.stop();
    await store.close();
    await rm(directory, { recursive: true });
  });

  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  /** A node's report stream, its Hello sent and its Session received. */
  const openReport = async (name: string, client: RemoteApiClient, nodeUid = "") => {
    const outbox = new Outbox<ReportRequest>();
    const stop = new AbortController();
    const responses = client.raw(NodesService, "watch").report(outbox, { signal: stop.signal })[Symbol.asyncIterator]();
    let sequence = 0;
    const send = (message: NonNullable<ReportRequest["message"]>): void => {
      sequence += 1;
      outbox.send({ sequence, message });
    };
    const receive = async (): Promise<NonNullable<ReportResponse["message"]>["value"]> => {
      const { value, done } = await responses.next();
      if (done === true || value.message === undefined) throw new Error("the report stream ended");
      return value.message.value;
    };
    send({ $case: "hello", value: { nodeName: name, nodeUid, bootId: "b" } });
    return { session: await receive(), send, receive, stop, outbox };
  };

  const podOn = async (nodeName: string, name: string): Promise<Whole<Pod>> => {
    const pod = makeWhole(podKind, {
      metadata: { name, namespace: "default" },
      spec: { containers: [{ name: "c", image: "busybox:1" }] },
    });
    const created = await admin.of(podKind).create(pod);
    await admin.bind(created, nodeName);
    return created;
  };

  const report = (pod: Whole<Pod>, status: object, finished = false): NonNullable<ReportRequest["message"]> => {
    const { namespace, name, uid } = pod.metadata;
    const request = ReportRequest.fromPartial({ message: { $case: "pod", value: { namespace, name, uid, status, finished } } });
    if (request.message === undefined) throw new Error("no message");
    return request.message;
  };

  describe("Join", () => {
    const token = async (request: { nodeName?: string; lifetimeSeconds?: number } = {}): Promise<TlsMaterial> => {
      const made = await admin.raw(NodesService, "unary").createJoinToken({ nodeName: "", lifetimeSeconds: 0, ...request });
      return parseJoinToken(made.token);
    };

    it("exchanges a token once for a certificate with which the node may report", async () => {
      const joining = connect(await token()).raw(NodesService, "unary");
      const { request, key } = await createCertificateRequest("system:masters");

      const answer = await joining.join({ nodeName: "joined", certificateSigningRequest: request });
      const again = await failureOf(joining.join({ nodeName: "joined", certificateSigningRequest: request }));

      expect(again).to.satisfy(isForbidden).and.have.property("message").that.includes("the join token has been used");
      expect(answer.clusterUid).to.equal(store.clusterUid);
      const node = connect({ ca: answer.caCertificate.toString(), cert: answer.certificate.toString(), key });
      const { session, stop } = await openReport("joined", node);
      expect(session).to.have.property("heartbeatPeriodMs", 5_000);
      stop.abort();
    });

    it("refuses a token that has expired, by its record as well as by its certificate", async () => {
      const joining = connect(await token()).raw(NodesService, "unary");
      const { values } = await store.list("/jointokens/");
      for (const { key, value, revision } of values) {
        const record = JSON.parse(Buffer.from(value).toString()) as object;
        await store.update(key, Buffer.from(JSON.stringify({ ...record, expiresAtSeconds: 1 })), revision);
      }
      const { request } = await createCertificateRequest("x");
      expect(await failureOf(joining.join({ nodeName: "late", certificateSigningRequest: request })))
        .to.satisfy(isForbidden)
        .and.have.property("message")
        .that.includes("the join token has expired");
    });

    it("keeps a token for the node that it was made for, and unused by what was refused", async () => {
      const joining = connect(await token({ nodeName: "one" })).raw(NodesService, "unary");
      const { request } = await createCertificateRequest("x");

      expect(await failureOf(joining.join({ nodeName: "two", certificateSigningRequest: request }))).to.satisfy(isForbidden);
      expect(await failureOf(joining.join({ nodeName: "one", certificateSigningRequest: Buffer.from("x") }))).to.be.instanceOf(Error);
      await joining.join({ nodeName: "one", certificateSigningRequest: request });
    });

    it("lets a token's certificate do nothing else", async () => {
      const client = connect(await token());
      const nodes = client.raw(NodesService, "unary");
      expect(await failureOf(nodes.createJoinToken({ nodeName: "", lifetimeSeconds: 0 }))).to.satisfy(isForbidden);
      expect(await failureOf(client.of(podKind).list())).to.satisfy(isForbidden);
      expect(await failureOf(openReport("n1", client))).to.satisfy(isForbidden);
    });

    for (const nodeName of ["", "UPPER", "a/b", "../x", "a".repeat(60)]) {
      it(`refuses the node name "${nodeName}"`, async () => {
        const joining = connect(await token()).raw(NodesService, "unary");
        const { request } = await createCertificateRequest("x");
        expect(await failureOf(joining.join({ nodeName, certificateSigningRequest: request })))
          .to.have.property("message")
          .that.includes("metadata.name");
      });
    }
  });

  describe("Report", () => {
    it("registers the node with a network of its own, and renews its Lease", async () => {
      const first = await openReport("reg-1", await nodeClient("reg-1"));
      const second = await openReport("reg-2", await nodeClient("reg-2"));

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
      const node = await openReport("st", await nodeClient("st"));
      const pod = await podOn("st", "status");
      node.send(report(pod, { phase: "Running", podIP: "10.0.0.9", conditions: [{ type: "Ready", status: "True" }] }));

      const ack = await node.receive();
      const stored = await admin.of(podKind).get({ namespace: "default", name: "status" });

      expect(ack).to.include({ podUid: pod.metadata.uid, refused: false, resourceVersion: stored.metadata.resourceVersion });
      expect(stored.status).to.include({ phase: "Running", podIP: "10.0.0.9" });
      expect(stored.status.conditions.map(({ type }) => type)).to.include.members(["PodScheduled", "Ready"]);
      node.stop.abort();
    });

    it("refuses for good what is not the node's: another's pod, a pod of another uid, none at all", async () => {
      const node = await openReport("own", await nodeClient("own"));
      await openReport("other", await nodeClient("other"));
      const theirs = await podOn("other", "theirs");
      const mine = await podOn("own", "mine");
      const former = { ...mine, metadata: { ...mine.metadata, uid: "former" } };
      const gone = { ...mine, metadata: { ...mine.metadata, name: "gone", uid: "gone" } };

      for (const pod of [theirs, former, gone]) {
        node.send(report(pod, { phase: "Failed" }, true));
        expect(await node.receive()).to.include({ podUid: pod.metadata.uid, refused: true });
      }
      expect((await admin.of(podKind).get({ namespace: "default", name: "theirs" })).status.phase).to.equal("Pending");
      node.stop.abort();
    });

    it("refuses for good a status that is too large to be stored, and goes on with others", async () => {
      const node = await openReport("big", await nodeClient("big"));
      const [large, small] = [await podOn("big", "large"), await podOn("big", "small")];
      node.send(report(large, { phase: "Running", message: "x".repeat(1024 * 1024) }));
      expect(await node.receive()).to.include({ podUid: large.metadata.uid, refused: true });
      node.send(report(small, { phase: "Running" }));
      expect(await node.receive()).to.include({ podUid: small.metadata.uid, refused: false });
      node.stop.abort();
    });

    it("ends a session whose reports come out of order", async () => {
      const node = await openReport("order", await nodeClient("order"));
      node.outbox.send({ sequence: 5, message: { $case: "heartbeat", value: {} } });
      node.outbox.send({ sequence: 4, message: { $case: "heartbeat", value: {} } });
      expect(await failureOf(node.receive()))
        .to.have.property("message")
        .that.equals("report 4 came after report 5");
    });

    it("removes a deleted pod once its node is finished with it, and not before", async () => {
      const node = await openReport("fin", await nodeClient("fin"));
      const pod = await podOn("fin", "finished");
      const key = { namespace: "default", name: "finished" };

      node.send(report(pod, { phase: "Running" }, true));
      await node.receive();
      expect((await admin.of(podKind).get(key)).status.phase).to.equal("Running");

      await admin.of(podKind).delete(key);
      expect((await admin.of(podKind).get(key)).metadata.deletionTimestamp).not.to.equal(undefined);
      node.send(report(pod, { phase: "Failed" }, true));
      expect(await node.receive()).to.include({ refused: false });
      expect(await failureOf(admin.of(podKind).get(key))).to.satisfy(isNotFound);
      node.stop.abort();
    });

    it("records what happens to containers as Events that count", async () => {
      const node = await openReport("ev", await nodeClient("ev"));
      const { namespace, name, uid } = (await podOn("ev", "eventful")).metadata;
      const event = { namespace, name, uid, type: "Warning", reason: "BackOff", message: "m", fieldPath: "spec.containers{c}" };
      for (let times = 0; times < 3; times += 1) node.send({ $case: "containerEvent", value: event });

      await eventually(async () => {
        const { items } = await admin.of(eventKind).list({ namespace, fieldSelector: `involvedObject.name=${name},reason=BackOff` });
        expect(items.map(({ count, source }) => ({ count, host: source?.host }))).to.deep.equal([{ count: 3, host: "ev" }]);
      });
      node.stop.abort();
    });

    it("ends an older session when a newer one is opened", async () => {
      const client = await nodeClient("twice");
      const older = await openReport("twice", client);
      const newer = await openReport("twice", client);

      expect(await failureOf(older.receive())).to.satisfy(isConflict);
      expect((newer.session as { id: number }).id).to.be.greaterThan((older.session as { id: number }).id);
      newer.stop.abort();
    });

    it("ends the session when the Node is deleted, and lets only a machine that starts anew register again", async () => {
      const client = await nodeClient("del");
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
      expect(await failureOf(openReport("n2", await nodeClient("n1")))).to.satisfy(isForbidden);
    });
  });

  describe("Pods.Logs", () => {
    const running = { phase: "Running", containerStatuses: [{ name: "c", state: { running: {} } }] };
    const read = async (name: string): Promise<string> => {
      const parts: Buffer[] = [];
      const request = LogsRequest.fromPartial({ namespace: "default", name });
      for await (const { data } of admin.raw(PodsService, "bulk").logs(request)) parts.push(data);
      return Buffer.concat(parts).toString();
    };

    it("streams from the node that the pod is on", async () => {
      const client = await nodeClient("log");
      const node = await openReport("log", client);
      const pod = await podOn("log", "chatty");
      node.send(report(pod, running));
      await node.receive();

      const stop = new AbortController();
      const tunnel = new Outbox<{ nodeName: string }>();
      tunnel.send({ nodeName: "log" });
      const orders = client.raw(NodesService, "watch").tunnel(tunnel, { signal: stop.signal })[Symbol.asyncIterator]();
      const ordered = orders.next();
      let text: Promise<string> | undefined;
      // The tunnel's opening is not acknowledged: until it has arrived the node counts as not connected.
      const order = await Promise.race([
        ordered,
        eventually(async () => {
          text = read("chatty");
          const failure = await Promise.race([failureOf(text), ordered]);
          expect(failure).not.to.satisfy(isUnavailable);
        }).then(() => ordered),
      ]);
      if (order.done === true) throw new Error("the tunnel ended");
      expect(order.value.session?.value).to.include({ podName: "chatty", podUid: pod.metadata.uid });

      const output = new Outbox<OpenSessionRequest>();
      output.send({ message: { $case: "sessionId", value: order.value.sessionId } });
      for (const part of ["hello ", "world\n"]) output.send({ message: { $case: "data", value: Buffer.from(part) } });
      output.end();
      for await (const _input of client.raw(NodesService, "bulk").openSession(output, { signal: stop.signal }));

      expect(await text).to.equal("hello world\n");
      stop.abort();
      node.stop.abort();
    });

    it("says when the node is not connected", async () => {
      const node = await openReport("far", await nodeClient("far"));
      node.send(report(await podOn("far", "silent"), running));
      await node.receive();
      expect(await failureOf(read("silent")))
        .to.satisfy(isUnavailable)
        .and.have.property("message", 'node "far" is not connected');
      node.stop.abort();
    });

    it("says in Kubernetes' words that there is nothing to read yet", async () => {
      const node = await openReport("new", await nodeClient("new"));
      await podOn("new", "fresh");
      expect(await failureOf(read("fresh")))
        .to.have.property("message")
        .that.equals('container "c" in pod "fresh" is waiting to start: ContainerCreating');
      node.stop.abort();
    });
  });
});
