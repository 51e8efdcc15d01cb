import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeWhole } from "../../src/api/codec/whole.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import { type ApiServer, createApiServer } from "../../src/apiserver/api-server.js";
import { systemClock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import { createMetrics } from "../../src/base/metrics.js";
import type { KeyPair, TlsMaterial } from "../../src/base/tls/certificate.js";
import { createCertificateAuthority, issueCertificate } from "../../src/base/tls/certificate-authority.js";
import { createApiClient, type RemoteApiClient } from "../../src/client/client.js";
import { NodesService, ReportRequest, type ReportResponse } from "../../src/gen/howbernetes/api/v1/nodes.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { openEmbeddedStore } from "../../src/storage/embedded/index.js";
import type { Store } from "../../src/storage/interface.js";
import { Outbox } from "./outbox.js";

const log = createLog("test", "silent");

/** What a node, or the api-server, says in a report stream. */
type Sent = NonNullable<ReportRequest["message"]>;
type Received = NonNullable<ReportResponse["message"]>["value"];

/** A node's report stream, its Hello sent and its Session received. */
export interface ReportStream {
  readonly session: Received;
  readonly send: (message: Sent) => void;
  readonly receive: () => Promise<Received>;
  readonly stop: AbortController;
  readonly outbox: Outbox<ReportRequest>;
}

/** An api-server of its own, over real connections, and clients as whoever a test needs. */
export class NodesOverRpc {
  private readonly clients: RemoteApiClient[] = [];

  private constructor(
    readonly store: Store,
    readonly ca: KeyPair,
    private readonly server: ApiServer,
    private readonly address: string,
    private readonly directory: string,
  ) {}

  static async start(): Promise<NodesOverRpc> {
    const directory = await mkdtemp(join(tmpdir(), "nodes-service-"));
    const store = await openEmbeddedStore({ directory, sync: false, log });
    const ca = await createCertificateAuthority("test");
    const own = await issueCertificate(ca, {
      commonName: "howbernetes-apiserver",
      organizations: [],
      usage: "server",
      dnsNames: ["howbernetes-apiserver"],
    });
    const server = createApiServer({
      store,
      tls: { ca: ca.certificate, cert: own.certificate, key: own.key },
      listen: "127.0.0.1:0",
      certificateAuthority: ca,
      clock: systemClock,
      log,
      metrics: createMetrics({ process: false }),
    });
    const { host, port } = await server.start();
    return new NodesOverRpc(store, ca, server, `${host}:${port}`, directory);
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await this.server.stop();
    await this.store.close();
    await rm(this.directory, { recursive: true });
  }

  connect(tls: TlsMaterial): RemoteApiClient {
    const client = createApiClient({ address: this.address, tls, log, retryForMs: 0 });
    this.clients.push(client);
    return client;
  }

  async certified(commonName: string, organization: string): Promise<TlsMaterial> {
    const { certificate, key } = await issueCertificate(this.ca, { commonName, organizations: [organization], usage: "client" });
    return { ca: this.ca.certificate, cert: certificate, key };
  }

  async adminClient(): Promise<RemoteApiClient> {
    return this.connect(await this.certified("admin", "system:masters"));
  }

  async nodeClient(name: string): Promise<RemoteApiClient> {
    return this.connect(await this.certified(`system:node:${name}`, "system:nodes"));
  }
}

/** Opens a node's report stream. */
export async function openReport(name: string, client: RemoteApiClient, nodeUid = ""): Promise<ReportStream> {
  const outbox = new Outbox<ReportRequest>();
  const stop = new AbortController();
  const responses = client.raw(NodesService, "watch").report(outbox, { signal: stop.signal })[Symbol.asyncIterator]();
  let sequence = 0;
  const send = (message: Sent): void => {
    sequence += 1;
    outbox.send({ sequence, message });
  };
  const receive = async (): Promise<Received> => {
    const { value, done } = await responses.next();
    if (done === true || value.message === undefined) throw new Error("the report stream ended");
    return value.message.value;
  };
  send({ $case: "hello", value: { nodeName: name, nodeUid, bootId: "b" } });
  return { session: await receive(), send, receive, stop, outbox };
}

/** Creates a pod and binds it. @returns it as it was created */
export async function podOn(admin: RemoteApiClient, nodeName: string, name: string): Promise<Whole<Pod>> {
  const pod = makeWhole(podKind, {
    metadata: { name, namespace: "default" },
    spec: { containers: [{ name: "c", image: "busybox:1" }] },
  });
  const created = await admin.of(podKind).create(pod);
  await admin.bind(created, nodeName);
  return created;
}

/** What a node says of a pod's status. */
export function podReport(pod: Whole<Pod>, status: object, finished = false): Sent {
  const { namespace, name, uid } = pod.metadata;
  const request = ReportRequest.fromPartial({ message: { $case: "pod", value: { namespace, name, uid, status, finished } } });
  if (request.message === undefined) throw new Error("no message");
  return request.message;
}

/** What `work` fails with; undefined when it does not. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}
