import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { isUnavailable } from "../../src/api/errors.js";
import { leaseKind } from "../../src/api/kinds/lease/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { type ApiServer, createApiServer } from "../../src/apiserver/api-server.js";
import { systemClock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import { createMetrics } from "../../src/base/metrics.js";
import type { KeyPair } from "../../src/base/tls/certificate.js";
import { createCertificateAuthority } from "../../src/base/tls/certificate-authority.js";
import { createApiClient, type RemoteApiClient } from "../../src/client/client.js";
import { createPodStreams } from "../../src/client/pod-streams.js";
import { LogsRequest, PodsService } from "../../src/gen/howbernetes/api/v1/pods.js";
import { createHowbelet } from "../../src/howbelet/howbelet.js";
import { HollowRuntime } from "../../src/howbelet/runtime/hollow/hollow-runtime.js";
import { clientCertificate, identities, serverCertificate } from "../../src/standalone/pki.js";
import { openEmbeddedStore } from "../../src/storage/embedded/index.js";
import type { Store } from "../../src/storage/interface.js";
import { onlyOne, waitFor } from "../../src/testing/wait.js";
import { pod } from "../builders/index.js";
import { eventually } from "../eventually.js";

const log = createLog("test", "silent");

/** A port that nobody has: an api-server must know the address that it announces before it listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

describe("several api-servers on one store", function () {
  this.timeout(60_000);
  const key = { namespace: "default", name: "web" };
  const closers: (() => Promise<unknown>)[] = [];
  let directory: string;
  let store: Store;
  let ca: KeyPair;
  let first: RemoteApiClient;

  const startServer = async (): Promise<{ readonly server: ApiServer; readonly address: string; readonly client: RemoteApiClient }> => {
    const address = `127.0.0.1:${await freePort()}`;
    const tls = await serverCertificate(ca, []);
    const metrics = createMetrics({ process: false });
    const options = { store, tls, listen: address, advertise: address, certificateAuthority: ca, clock: systemClock, log, metrics };
    const server = createApiServer(options);
    await server.start();
    closers.push(() => server.stop());
    const client = createApiClient({ address, tls: await clientCertificate(ca, identities.admin), log, retryForMs: 0 });
    closers.push(() => client.close());
    return { server, address, client };
  };

  const logOf = async (client: RemoteApiClient): Promise<string> => {
    const pieces: Buffer[] = [];
    for await (const { data } of client.raw(PodsService, "bulk").logs(LogsRequest.fromPartial(key))) pieces.push(data);
    return Buffer.concat(pieces).toString();
  };

  const echoed = async (client: RemoteApiClient): Promise<string> => {
    const process = await createPodStreams(client).exec(key, { command: ["tell"] });
    let text = "";
    for await (const { data } of process.output) text += data.toString();
    return text;
  };

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "several-"));
    store = await openEmbeddedStore({ directory: join(directory, "store"), sync: false, log });
    ca = await createCertificateAuthority("test");
    const one = await startServer();
    first = one.client;
    const runtime = new HollowRuntime({
      clock: systemClock,
      behaviour: () => ({ output: "from the log\n", exec: (command) => ({ output: command.join(" "), exitCode: 0 }) }),
    });
    const tls = await clientCertificate(ca, { commonName: "system:node:n1", organizations: ["system:nodes"] });
    const stop = new AbortController();
    const dataDir = join(directory, "node");
    const running = createHowbelet({ server: one.address, tls, nodeName: "n1", dataDir, runtime, clock: systemClock, log }).run(
      stop.signal,
    );
    closers.push(async () => {
      stop.abort();
      await running;
    });
    const { metadata, spec } = pod({ ...key, nodeName: "n1", uid: "", resourceVersion: "" });
    await eventually(async () => {
      await first.of(podKind).create({ metadata, spec, status: undefined });
    });
    await waitFor(first, podKind, onlyOne(key), ([web]) => web?.status.phase === "Running");
  });

  after(async () => {
    for (const close of closers.reverse()) await close();
    await store?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("each reach a node that was told of one, as long as they are announced", async () => {
    const second = await startServer();
    // Until the node has heard of it and dialed, it counts as not connected.
    await eventually(async () => expect(await echoed(second.client)).to.equal("tell"));

    expect(await logOf(second.client)).to.equal("from the log\n");
    expect(await echoed(first)).to.equal("tell");
    expect(await logOf(first)).to.equal("from the log\n");
    const { items } = await first.of(leaseKind).list({ namespace: "kube-system", labelSelector: "apiserver.kubernetes.io/identity" });
    expect(items).to.have.length(2);

    const process = await createPodStreams(second.client).exec(key, { command: ["wait"], stdin: true });
    await second.server.stop();
    const broken = process.output[Symbol.asyncIterator]().next();
    expect(await broken.catch((error: unknown) => error)).to.satisfy(isUnavailable);
    await waitFor(
      first,
      leaseKind,
      { namespace: "kube-system" },
      (leases) => leases.filter(({ metadata }) => metadata.name.startsWith("apiserver-")).length === 1,
    );
    expect(await echoed(second.client).catch((error: unknown) => error)).to.satisfy(isUnavailable);
    expect(await echoed(first)).to.equal("tell");
  });
});
