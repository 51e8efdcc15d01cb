import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Kind } from "../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../api/object.js";
import { type ApiServer, createApiServer } from "../apiserver/api-server.js";
import { createLog, type Log, type LogLevel } from "../base/log.js";
import { createMetrics, type Metrics } from "../base/metrics.js";
import type { Runnable } from "../base/runnable.js";
import type { KeyPair, TlsMaterial } from "../base/tls/certificate.js";
import { createCertificateAuthority } from "../base/tls/certificate-authority.js";
import { createApiClient, type RemoteApiClient } from "../client/client.js";
import { createNodeMetricsSource } from "../controllers/horizontal-pod-autoscaler/node-metrics-source.js";
import { controllers as allControllers, type ListedController } from "../controllers/list.js";
import { runControllers } from "../controllers/manager.js";
import { createHowbelet } from "../howbelet/howbelet.js";
import { defaultNodeSettings } from "../howbelet/resources/node-settings.js";
import { type HollowOptions, HollowRuntime } from "../howbelet/runtime/hollow/hollow-runtime.js";
import { removeVolumes } from "../howbelet/volumes/node-volumes.js";
import type { Dial } from "../rpc/channel.js";
import { readSchedulerConfiguration } from "../scheduler/configuration/read-configuration.js";
import { createScheduler } from "../scheduler/scheduler.js";
import { nodeReady } from "../standalone/node-ready.js";
import { clientCertificate, identities, serverCertificate } from "../standalone/pki.js";
import { openEmbeddedStore } from "../storage/embedded/index.js";
import type { Store } from "../storage/interface.js";
import { MovableClock } from "./movable-clock.js";
import { RunningParts } from "./running-parts.js";
import type { JoiningNode, NodeInvitation, TestCluster, TestNode, WaitOptions } from "./test-cluster.js";
import { onlyOne, waitFor } from "./wait.js";

export interface TestClusterOptions {
  /** How many nodes it has at the start, 1 by default: "node-1" and so on. */
  readonly nodes?: number;
  /** How containers behave; all run quietly by default. */
  readonly behaviour?: HollowOptions["behaviour"];
  /** Those that run; all of them by default. They run without election: a test of leadership starts managers of its own. */
  readonly controllers?: readonly ListedController[];
  /** False leaves pods without a node. */
  readonly scheduler?: boolean;
  /** How pods are placed: a KubeSchedulerConfiguration in YAML; as Kubernetes places them by default. */
  readonly schedulerConfiguration?: string;
  /** What components write to standard error; "silent" by default. */
  readonly logLevel?: LogLevel;
}

/**
 * Starts a cluster in this process: api-server on an embedded store in a temporary directory, without flushing it to the
 * disk; scheduler, controllers, and nodes whose containers are hollow. Stop it when done.
 */
export async function startCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const directory = await mkdtemp(join(tmpdir(), "howbernetes-testing-"));
  const clock = new MovableClock();
  const log = createLog("testing", options.logLevel ?? "silent");
  const ca = await createCertificateAuthority("howbernetes-testing");
  const store = await openEmbeddedStore({ directory: join(directory, "store"), sync: false, clock, log });
  const metrics = createMetrics({ process: false });
  const tls = await serverCertificate(ca, []);
  const server = createApiServer({ store, tls, listen: "127.0.0.1:0", certificateAuthority: ca, clock, log, metrics });
  const admin = await clientCertificate(ca, identities.admin);
  const cluster = new InProcessCluster({ options, directory, clock, log, ca, store, metrics, server, admin });
  try {
    await cluster.start();
  } catch (error: unknown) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

interface ClusterParts {
  readonly options: TestClusterOptions;
  readonly directory: string;
  readonly clock: MovableClock;
  readonly log: Log;
  readonly ca: KeyPair;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly server: ApiServer;
  readonly admin: TlsMaterial;
}

class InProcessCluster implements TestCluster {
  readonly client: RemoteApiClient;
  readonly clock: MovableClock;
  private readonly running = new RunningParts();
  private readonly clients: RemoteApiClient[] = [];
  private readonly started = new Map<string, TestNode>();
  private readonly nodeDirectories = new Set<string>();
  private nodesMade = 0;
  private address = "";

  constructor(private readonly parts: ClusterParts) {
    this.clock = parts.clock;
    this.client = this.connect("test");
  }

  get nodes(): readonly TestNode[] {
    return [...this.started.values()];
  }

  async start(): Promise<void> {
    const { server, options, clock, log, metrics } = this.parts;
    const { host, port } = await server.start();
    this.address = `${host}:${port}`;
    const deps = { clock, log, metrics };
    const listed = options.controllers ?? allControllers;
    const controllers: Runnable = { name: "controllers", run: (signal) => this.runControllers(listed, signal) };
    if (listed.length > 0) this.running.run(controllers);
    const { schedulerConfiguration: text } = options;
    const configuration = text === undefined ? undefined : readSchedulerConfiguration(text);
    const servers = { configured: [this.address], connect: () => this.connect("howbernetes-scheduler") };
    if (options.scheduler !== false)
      this.running.run(createScheduler({ client: this.connect("howbernetes-scheduler"), servers, configuration, ...deps }));
    await Promise.all(Array.from({ length: options.nodes ?? 1 }, () => this.addNode()));
  }

  private async runControllers(listed: readonly ListedController[], signal: AbortSignal): Promise<void> {
    const { clock, log, metrics } = this.parts;
    const client = this.connect("howbernetes-controllers");
    await runControllers({ client, clock, log, metrics, podMetrics: createNodeMetricsSource(client) }, signal, listed);
  }

  metrics(): Promise<string> {
    return this.parts.metrics.render();
  }

  connect(fieldManager: string): RemoteApiClient {
    const { clock, log, admin } = this.parts;
    const client = createApiClient({ address: "127.0.0.1:0", dial: this.dial, tls: admin, clock, log, fieldManager });
    this.clients.push(client);
    return client;
  }

  async addNode(name = `node-${++this.nodesMade}`): Promise<TestNode> {
    const { clock, directory, options } = this.parts;
    const runtime = new HollowRuntime({ clock, ...(options.behaviour === undefined ? {} : { behaviour: options.behaviour }) });
    const dataDir = join(directory, "nodes", name);
    this.nodeDirectories.add(dataDir);
    const joined = await this.join({ name, runtime, dataDir });
    const stop = async (): Promise<void> => {
      this.started.delete(name);
      await joined.stop();
    };
    const node = { name, runtime, stop };
    this.started.set(name, node);
    return node;
  }

  async join({ name: nodeName, runtime, dataDir, settings = defaultNodeSettings }: JoiningNode): Promise<Omit<TestNode, "runtime">> {
    const { clock, log } = this.parts;
    const { server, tls } = await this.invite(nodeName);
    const howbelet = createHowbelet({ server, dial: this.dial, tls, nodeName, dataDir, runtime, settings, clock, log });
    const stop = this.running.run(howbelet);
    await nodeReady(this.client, nodeName, AbortSignal.timeout(30_000));
    return { name: nodeName, stop };
  }

  async invite(nodeName: string): Promise<NodeInvitation> {
    const tls = await clientCertificate(this.parts.ca, { commonName: `system:node:${nodeName}`, organizations: ["system:nodes"] });
    return { server: this.address, tls };
  }

  async until<T extends ApiObject>(
    kind: Kind<T>,
    key: ObjectKey,
    predicate: (object: Whole<T>) => boolean,
    options?: WaitOptions,
  ): Promise<Whole<T>> {
    const found = (objects: readonly Whole<T>[]): boolean => objects.some(predicate);
    const [object] = await waitFor(this.client, kind, onlyOne(key), found, options);
    if (object === undefined) throw new Error("a wait for one object ended with none");
    return object;
  }

  async untilAll<T extends ApiObject>(
    kind: Kind<T>,
    namespace: string,
    predicate: (objects: readonly Whole<T>[]) => boolean,
    options?: WaitOptions,
  ): Promise<readonly Whole<T>[]> {
    return await waitFor(this.client, kind, { namespace }, predicate, options);
  }

  async gone<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, options?: WaitOptions): Promise<void> {
    await waitFor(this.client, kind, onlyOne(key), (objects) => objects.length === 0, options);
  }

  async stop(): Promise<void> {
    const { server, store, directory } = this.parts;
    try {
      await this.running.stop();
    } finally {
      // What has failed must not leave the rest running: the test's process would never end.
      await Promise.all(this.clients.map((client) => client.close()));
      await server.stop();
      await store.close();
      for (const dataDir of this.nodeDirectories) await removeVolumes(dataDir, this.parts.log);
      await rm(directory, { recursive: true, force: true });
    }
  }

  private readonly dial: Dial = (settings) => this.parts.server.dial(settings);
}
