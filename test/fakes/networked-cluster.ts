import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { type ApiServer, createApiServer } from "../../src/apiserver/api-server.js";
import { systemClock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import { createMetrics } from "../../src/base/metrics.js";
import type { KeyPair } from "../../src/base/tls/certificate.js";
import { createCertificateAuthority } from "../../src/base/tls/certificate-authority.js";
import { createApiClient, type RemoteApiClient } from "../../src/client/client.js";
import { createPodStreams } from "../../src/client/pod-streams.js";
import { createHowbelet } from "../../src/howbelet/howbelet.js";
import { HollowRuntime } from "../../src/howbelet/runtime/hollow/hollow-runtime.js";
import { createScheduler } from "../../src/scheduler/scheduler.js";
import { clientCertificate, identities, serverCertificate } from "../../src/standalone/pki.js";
import { openEmbeddedStore } from "../../src/storage/embedded/index.js";
import type { Store } from "../../src/storage/interface.js";
import { onlyOne, waitFor } from "../../src/testing/wait.js";
import { pod } from "../builders/index.js";
import { eventually } from "../eventually.js";

const log = createLog("test", "silent");

/** An api-server, and its administrator's client. */
export interface NetworkedServer {
  readonly server: ApiServer;
  readonly address: string;
  readonly client: RemoteApiClient;
}

/** Api-servers on one store, and hollow nodes, that talk over the network. */
export class NetworkedCluster {
  private readonly closers: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly directory: string,
    private readonly store: Store,
    private readonly ca: KeyPair,
  ) {}

  static async create(): Promise<NetworkedCluster> {
    const directory = await mkdtemp(join(tmpdir(), "networked-"));
    const store = await openEmbeddedStore({ directory: join(directory, "store"), sync: false, log });
    return new NetworkedCluster(directory, store, await createCertificateAuthority("test"));
  }

  async startServer({ advertises }: { readonly advertises: boolean }): Promise<NetworkedServer> {
    const { store, ca, closers } = this;
    const address = `127.0.0.1:${await freePort()}`;
    const tls = await serverCertificate(ca, []);
    const parts = { store, tls, certificateAuthority: ca, clock: systemClock, log, metrics: createMetrics({ process: false }) };
    const server = createApiServer({ ...parts, listen: address, ...(advertises ? { advertise: address } : {}) });
    await server.start();
    closers.push(() => server.stop());
    const client = createApiClient({ address, tls: await clientCertificate(ca, identities.admin), log, retryForMs: 0 });
    closers.push(() => client.close());
    return { server, address, client };
  }

  /** Starts a node whose programs say their command, and whose containers' log is a line. */
  async startNode(nodeName: string, server: string): Promise<void> {
    const runtime = new HollowRuntime({
      clock: systemClock,
      behaviour: () => ({ output: "from the log\n", exec: (command) => ({ output: command.join(" "), exitCode: 0 }) }),
    });
    const tls = await clientCertificate(this.ca, { commonName: `system:node:${nodeName}`, organizations: ["system:nodes"] });
    const stop = new AbortController();
    const dataDir = join(this.directory, nodeName);
    const running = createHowbelet({ server, tls, nodeName, dataDir, runtime, clock: systemClock, log }).run(stop.signal);
    this.closers.push(async () => {
      stop.abort();
      await running;
    });
  }

  /** A client with a certificate of somebody else than the administrator. */
  async connectAs(who: Parameters<typeof clientCertificate>[1], address: string): Promise<RemoteApiClient> {
    const client = createApiClient({ address, tls: await clientCertificate(this.ca, who), log, retryForMs: 0 });
    this.closers.push(() => client.close());
    return client;
  }

  /** Starts a scheduler that was told of one api-server. @returns what stops it */
  async startScheduler(identity: string, address: string): Promise<() => Promise<void>> {
    const tls = await clientCertificate(this.ca, identities.scheduler);
    const connect = (server: string) => createApiClient({ address: server, tls, log });
    const client = connect(address);
    const servers = { configured: [address], connect };
    const stop = new AbortController();
    const running = createScheduler({ client, clock: systemClock, log, identity, servers }).run(stop.signal);
    const end = async (): Promise<void> => {
      stop.abort();
      await running;
      await client.close();
    };
    this.closers.push(end);
    return end;
  }

  async stop(): Promise<void> {
    for (const close of this.closers.reverse()) await close();
    await this.store.close();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Has a pod run on a node, once that has registered. */
export async function runPod(client: RemoteApiClient, nodeName: string, name: string): Promise<void> {
  const key = { namespace: "default", name };
  const { metadata, spec } = pod({ ...key, nodeName, uid: "", resourceVersion: "" });
  await eventually(async () => {
    await client.of(podKind).create({ metadata, spec, status: undefined });
  });
  await waitFor(client, podKind, onlyOne(key), ([found]) => found?.status.phase === "Running");
}

/** Runs a program in a pod, and reads what it says. */
export async function told(client: RemoteApiClient, name: string, command: readonly string[]): Promise<string> {
  const process = await createPodStreams(client).exec({ namespace: "default", name }, { command });
  let text = "";
  for await (const { data } of process.output) text += data.toString();
  return text;
}

/** A port that nobody has: an api-server must know the address that it announces before it listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
