import { readFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { join } from "node:path";
import { expect } from "chai";
import { makeWhole } from "../../src/api/codec/whole.js";
import { type ApiError, isForbidden, isUnauthorized, isUnavailable } from "../../src/api/errors.js";
import { deploymentKind } from "../../src/api/kinds/deployment/kind.js";
import { eventKind } from "../../src/api/kinds/event/kind.js";
import { leaseKind } from "../../src/api/kinds/lease/kind.js";
import { namespaceKind } from "../../src/api/kinds/namespace/kind.js";
import { nodeKind } from "../../src/api/kinds/node/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { createLog } from "../../src/base/log.js";
import type { KeyPair, TlsMaterial } from "../../src/base/tls/certificate.js";
import { createCertificateAuthority, createCertificateRequest, issueCertificate } from "../../src/base/tls/certificate-authority.js";
import { parseJoinToken } from "../../src/base/tls/join-token.js";
import { createApiClient, type RemoteApiClient } from "../../src/client/client.js";
import { NodesService, type OpenSessionRequest, ReportRequest } from "../../src/gen/howbernetes/api/v1/nodes.js";
import { LogsRequest, PodsService } from "../../src/gen/howbernetes/api/v1/pods.js";
import { DeleteCollectionRequest, ResourcesService } from "../../src/gen/howbernetes/api/v1/resources.js";
import { serverTlsName } from "../../src/rpc/transport-settings.js";
import { Cluster } from "../e2e/harness/cluster.js";

const masters = { commonName: "admin", organizations: ["system:masters"] };
const dayMs = 24 * 60 * 60 * 1_000;

/** Takes the first thing that comes, and nothing more. */
async function first<T>(stream: AsyncIterable<T>): Promise<T | undefined> {
  for await (const value of stream) return value;
  return undefined;
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}

async function refusalOf(call: Promise<unknown>): Promise<ApiError> {
  try {
    await call;
  } catch (error: unknown) {
    return error as ApiError;
  }
  throw new Error("the call succeeded");
}

describe("who may do what, on a cluster that runs", function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let ca: KeyPair;
  let admin: RemoteApiClient;
  const clients: RemoteApiClient[] = [];

  const connect = (tls: TlsMaterial): RemoteApiClient => {
    const client = createApiClient({ address: cluster.address, tls, log: createLog("test", "silent"), retryForMs: 0 });
    clients.push(client);
    return client;
  };
  const material = ({ certificate, key }: KeyPair): TlsMaterial => ({ ca: ca.certificate, cert: certificate, key });
  const certified = async (commonName: string, ...organizations: string[]): Promise<RemoteApiClient> =>
    connect(material(await issueCertificate(ca, { commonName, organizations, usage: "client" })));

  before(async () => {
    cluster = await Cluster.start({ noNode: true });
    const read = (name: string): string => readFileSync(join(cluster.directory, "data/pki", name), "utf8");
    ca = { certificate: read("ca.crt"), key: read("ca.key") };
    admin = await certified(masters.commonName, ...masters.organizations);
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await cluster.destroy();
  });

  describe("a connection", () => {
    const strangers: readonly { readonly it: string; readonly pair?: () => Promise<KeyPair> }[] = [
      { it: "without a certificate" },
      { it: "with a self-signed certificate", pair: () => createCertificateAuthority("admin") },
      {
        it: "with an administrator's certificate of another CA of the same name",
        pair: async () => issueCertificate(await createCertificateAuthority("howbernetes-ca"), { ...masters, usage: "client" }),
      },
      {
        it: "with an administrator's certificate that has expired",
        pair: () => issueCertificate(ca, { ...masters, usage: "client", days: 1, nowMs: Date.now() - 3 * dayMs }),
      },
      { it: "with a server's certificate", pair: () => issueCertificate(ca, { ...masters, usage: "server" }) },
    ];

    for (const { it: what, pair } of strangers) {
      it(`${what} gets not one byte of an answer`, async () => {
        const made = await pair?.();
        const own = made === undefined ? {} : { cert: made.certificate, key: made.key };
        const session = connectHttp2(`https://${cluster.address}`, { ca: ca.certificate, servername: serverTlsName, ...own });
        const outcome = await new Promise<string>((resolve) => {
          session.on("error", (error: Error) => resolve(`refused: ${error.message}`));
          const path = "/howbernetes.api.v1.Resources/List";
          const request = session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" });
          request.on("response", (headers) => resolve(`answered: ${JSON.stringify(headers)}`));
          request.on("error", (error: Error) => resolve(`refused: ${error.message}`));
          request.on("close", () => resolve("refused"));
          request.end(Buffer.alloc(5));
        });
        session.destroy();
        expect(outcome).to.match(/^refused/);
      });

      // Our own client has no way to call without one.
      if (pair === undefined) continue;
      it(`${what} changes nothing`, async () => {
        const create = connect(material(await pair()))
          .of(namespaceKind)
          .create(makeWhole(namespaceKind, { metadata: { name: "intruder" } }));

        expect(await refusalOf(create)).to.satisfy((error: unknown) => isUnauthorized(error) || isUnavailable(error));
        expect((await admin.of(namespaceKind).list()).items.map(({ metadata }) => metadata.name)).not.to.include("intruder");
        expect(await cluster.metrics()).not.to.match(/api_requests_total\{verb="create",resource="namespaces"/);
      });
    }

    it("with an administrator's certificate of this cluster is served, by the same means", async () => {
      const pair = await issueCertificate(ca, { ...masters, usage: "client" });
      const tls = { ca: ca.certificate, servername: serverTlsName, cert: pair.certificate, key: pair.key };
      const session = connectHttp2(`https://${cluster.address}`, tls);
      const request = session.request({
        ":method": "POST",
        ":path": "/grpc.health.v1.Health/Check",
        "content-type": "application/grpc",
        te: "trailers",
      });
      request.end(Buffer.alloc(5));
      const status = await new Promise((resolve) => request.on("response", (headers) => resolve(headers[":status"])));
      session.destroy();
      expect(status).to.equal(200);
    });
  });

  it("a certificate of the CA that belongs to no group may do nothing", async () => {
    const stranger = await certified("system:node:a");
    expect(await refusalOf(stranger.of(podKind).list())).to.satisfy(isForbidden);
    expect(await refusalOf(stranger.of(namespaceKind).get({ namespace: "", name: "default" }))).to.satisfy(isForbidden);
  });

  /** Everything that a caller could try, by what it would do. */
  const attempts = (
    client: () => RemoteApiClient,
    { node, pod }: { node: string; pod: string },
  ): Readonly<Record<string, () => Promise<unknown>>> => {
    const pods = () => client().of(podKind);
    const podKey = { namespace: "default", name: pod };
    const nodeKey = { namespace: "", name: node };
    const leaseKey = { namespace: "kube-node-lease", name: node };
    const wholePod = makeWhole(podKind, { metadata: podKey, spec: { containers: [{ name: "c", image: "busybox:1" }] } });
    const wholeNode = makeWhole(nodeKind, { metadata: { name: node }, spec: { unschedulable: true } });
    const event = (kind: string, about: object) =>
      makeWhole(eventKind, {
        metadata: { name: "forged", namespace: "default" },
        involvedObject: { kind, namespace: "default", ...about },
        // Whose word it would be matters as little as any other word in it.
        source: { component: "howbelet", host: "a" },
        reason: "Forged",
        type: "Normal",
      });
    const { signal } = new AbortController();
    const nodes = () => client().raw(NodesService, "unary");
    return {
      "get a pod": () => pods().get(podKey),
      "list all pods": () => pods().list(),
      "list a node's pods": () => pods().list({ fieldSelector: `spec.nodeName=${node}` }),
      "watch all pods": () => first(pods().watch({ signal })),
      "watch a node's pods": () => first(pods().watch({ signal, fieldSelector: `spec.nodeName=${node}` })),
      "create a pod": () => pods().create(makeWhole(podKind, { ...wholePod, metadata: { name: "forged", namespace: "default" } })),
      "update a pod": () => pods().update(wholePod),
      "update a pod's status": () => pods().updateStatus(wholePod),
      "patch a pod": () => pods().patch(podKey, "merge", { metadata: { labels: { forged: "yes" } } }),
      "delete a pod": () => pods().delete(podKey, { options: { gracePeriodSeconds: 0 } }),
      "delete all pods": () =>
        client()
          .raw(ResourcesService, "unary")
          .deleteCollection(DeleteCollectionRequest.fromPartial({ type: { version: "v1", resource: "pods" } })),
      "bind a pod": () => client().bind(wholePod, node),
      "read a log": () => first(client().raw(PodsService, "bulk").logs(LogsRequest.fromPartial(podKey))),
      "get a node": () => client().of(nodeKind).get(nodeKey),
      "list nodes": () => client().of(nodeKind).list(),
      "update a node": () => client().of(nodeKind).update(wholeNode),
      "update a node's status": () => client().of(nodeKind).updateStatus(wholeNode),
      "delete a node": () => client().of(nodeKind).delete(nodeKey),
      "get a lease": () => client().of(leaseKind).get(leaseKey),
      "take a lease": () =>
        client()
          .of(leaseKind)
          .patch(leaseKey, "merge", { spec: { holderIdentity: "forged" } }),
      "take a leader's lease": () =>
        client()
          .of(leaseKind)
          .patch({ namespace: "kube-system", name: "controllers" }, "merge", { spec: { holderIdentity: "forged" } }),
      "list events": () => client().of(eventKind).list(),
      "forge an event of a pod": () =>
        client()
          .of(eventKind)
          .create(event("Pod", { name: pod })),
      "forge an event of a node": () =>
        client()
          .of(eventKind)
          .create(event("Node", { name: node })),
      "list deployments": () => client().of(deploymentKind).list(),
      "create a namespace": () =>
        client()
          .of(namespaceKind)
          .create(makeWhole(namespaceKind, { metadata: { name: "forged" } })),
      "make a join token": () => nodes().createJoinToken({ nodeName: "", lifetimeSeconds: 0 }),
      "report as a node": () =>
        first(
          client()
            .raw(NodesService, "watch")
            .report(once(ReportRequest.fromPartial({ sequence: 1, message: { $case: "hello", value: { nodeName: node } } }))),
        ),
      "open a tunnel as a node": () =>
        first(
          client()
            .raw(NodesService, "watch")
            .tunnel(once({ nodeName: node })),
        ),
    };
  };

  /** What must be as it was, whatever is tried. Controllers judge the nodes meanwhile: statuses are theirs. */
  const state = async (): Promise<unknown> => {
    const [pods, nodes, leases, namespaces, events] = await Promise.all([
      admin.of(podKind).list(),
      admin.of(nodeKind).list(),
      admin.of(leaseKind).list(),
      admin.of(namespaceKind).list(),
      admin.of(eventKind).list({ fieldSelector: "reason=Forged" }),
    ]);
    return {
      pods: pods.items.map(({ metadata: { name, uid, labels, deletionTimestamp }, spec }) => ({
        name,
        uid,
        labels,
        deletionTimestamp,
        spec,
      })),
      nodes: nodes.items.map(({ metadata: { name, uid, deletionTimestamp }, spec }) => ({
        name,
        uid,
        deletionTimestamp,
        unschedulable: spec.unschedulable,
      })),
      leases: leases.items.map(({ metadata: { name, uid }, spec }) => ({ name, uid, holder: spec.holderIdentity })),
      namespaces: namespaces.items.map(({ metadata }) => metadata.name),
      events: events.items.length,
    };
  };

  describe("among nodes and tokens", () => {
    before(async () => {
      for (const name of ["a", "b"]) {
        await admin.of(nodeKind).create(makeWhole(nodeKind, { metadata: { name } }));
        await admin
          .of(leaseKind)
          .create(makeWhole(leaseKind, { metadata: { name, namespace: "kube-node-lease" }, spec: { holderIdentity: name } }));
        const spec = { containers: [{ name: "c", image: "busybox:1", env: [{ name: "SECRET", value: "hunter2" }] }] };
        const pod = await admin.of(podKind).create(makeWhole(podKind, { metadata: { name: `on-${name}`, namespace: "default" }, spec }));
        await admin.bind(pod, name);
      }
    });

    describe("a join token's certificate", () => {
      let token: RemoteApiClient;
      before(async () => {
        const { token: text } = await admin.raw(NodesService, "unary").createJoinToken({ nodeName: "", lifetimeSeconds: 0 });
        token = connect(parseJoinToken(text));
      });

      it("is refused everything but Join, and none of it happens", async () => {
        const before = await state();
        const all = {
          ...attempts(() => token, { node: "a", pod: "on-a" }),
          "open a session": () =>
            first(token.raw(NodesService, "bulk").openSession(once<OpenSessionRequest>({ message: { $case: "sessionId", value: "x" } }))),
        };
        for (const [what, attempt] of Object.entries(all)) {
          const refusal = await refusalOf(attempt());
          expect(refusal, what).to.satisfy(isForbidden);
          expect(refusal.message, what).not.to.match(/hunter2|busybox|10\.2\d\d\./);
        }
        expect(await state()).to.deep.equal(before);
      });

      it("still works, once, for a node whose request names somebody else", async () => {
        const { request, key } = await createCertificateRequest("admin");
        const answer = await token.raw(NodesService, "unary").join({ nodeName: "c", certificateSigningRequest: request });
        const node = connect({ ca: answer.caCertificate.toString(), cert: answer.certificate.toString(), key });

        expect(await refusalOf(node.of(nodeKind).list()))
          .to.have.property("message")
          .that.includes('User "system:node:c" cannot list');
        const again = token.raw(NodesService, "unary").join({ nodeName: "d", certificateSigningRequest: request });
        expect(await refusalOf(again)).to.satisfy(isForbidden);
      });
    });

    describe("a node", () => {
      let node: RemoteApiClient;
      before(async () => {
        node = await certified("system:node:a", "system:nodes");
      });

      it("reads what is its own", async () => {
        expect(
          (await node.of(podKind).list({ fieldSelector: "spec.nodeName=a" })).items.map(({ metadata }) => metadata.name),
        ).to.deep.equal(["on-a"]);
        expect((await node.of(podKind).get({ namespace: "default", name: "on-a" })).spec.nodeName).to.equal("a");
        expect((await node.of(nodeKind).get({ namespace: "", name: "a" })).metadata.name).to.equal("a");
        expect((await node.of(leaseKind).get({ namespace: "kube-node-lease", name: "a" })).spec.holderIdentity).to.equal("a");
      });

      it("is refused what is another's, and none of it happens", async () => {
        const before = await state();
        for (const [what, attempt] of Object.entries(attempts(() => node, { node: "b", pod: "on-b" }))) {
          const refusal = await refusalOf(attempt());
          expect(refusal, what).to.satisfy(isForbidden);
          expect(refusal.message, what).not.to.match(/hunter2|busybox|10\.2\d\d\./);
        }
        expect(await state()).to.deep.equal(before);
      });

      it("changes of its own Node the status alone, and of its pods nothing", async () => {
        const own = attempts(() => node, { node: "a", pod: "on-a" });
        for (const what of ["update a node", "delete a node", "update a pod", "update a pod's status", "patch a pod", "bind a pod"])
          expect(await refusalOf(own[what]?.() ?? Promise.resolve()), what).to.satisfy(isForbidden);
      });
    });
  });
});
