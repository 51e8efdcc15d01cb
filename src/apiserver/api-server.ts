import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { checkWire } from "../api/codec/wire-check.js";
import { kinds } from "../api/kinds/index.js";
import { nodeKind } from "../api/kinds/node/kind.js";
import { abortable } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import { type HealthCheck, runChecks } from "../base/health-checks.js";
import type { Log } from "../base/log.js";
import type { Metrics } from "../base/metrics.js";
import { packageVersion } from "../base/package-version.js";
import type { KeyPair, TlsMaterial } from "../base/tls/certificate.js";
import { HealthService } from "../gen/grpc/health/v1/health.js";
import { DiscoveryService } from "../gen/howbernetes/api/v1/discovery.js";
import { MetricsService } from "../gen/howbernetes/api/v1/metrics.js";
import { NodesService } from "../gen/howbernetes/api/v1/nodes.js";
import { PodsService } from "../gen/howbernetes/api/v1/pods.js";
import { SchedulingService } from "../gen/howbernetes/api/v1/scheduling.js";
import { descriptorImage } from "../gen/image.js";
import type { ChannelSettings, RpcChannel } from "../rpc/channel.js";
import type { Handlers } from "../rpc/contracts.js";
import { createRpcServer, type RpcServer } from "../rpc/server.js";
import { createWatchCaches, type WatchCaches } from "../storage/cacher/watch-caches.js";
import type { Store } from "../storage/interface.js";
import { createMeteredStore } from "../storage/metered-store.js";
import { Announcement } from "./announcement/announcement.js";
import type { AuditLog } from "./audit/audit-log.js";
import { authorize, authorizeAbsent } from "./auth/authorize.js";
import { createCallMetrics } from "./call-metrics.js";
import { createFlowControl, defaultMaxRequestsInFlight } from "./flow-control/flow-control.js";
import { Maintenance } from "./maintenance/maintenance.js";
import { SessionBroker } from "./nodes/session-broker.js";
import type { ObjectStore } from "./object-store.js";
import { createObjectStore } from "./objects/stored-objects.js";
import { DescriptorFiles } from "./reflection/descriptor-files.js";
import { SchedulerBroker } from "./scheduling/scheduler-broker.js";
import { serverChecks } from "./server-checks.js";
import { auditNodes, auditPods, auditResources } from "./services/audit-requests.js";
import { type PodHandlers, withBindMany } from "./services/bind-many.js";
import { createDiscoveryService } from "./services/discovery.js";
import { createHealthService } from "./services/health.js";
import { limitMetrics, limitNodes, limitPods, limitResources, limitScheduling } from "./services/limit-requests.js";
import { createMetricsService } from "./services/metrics.js";
import { createNodesService } from "./services/nodes.js";
import { createPodsService } from "./services/pods.js";
import { createReflectionService, oldReflectionDefinition, reflectionDefinition } from "./services/reflection.js";
import { countRequests } from "./services/request-metrics.js";
import { createResourcesService, type ResourcesDefinition, resourcesDefinition } from "./services/resources.js";
import { createSchedulingService } from "./services/scheduling.js";
import { StatisticsReader } from "./statistics/node-statistics.js";
import { ensureSystemNamespaces } from "./system-namespaces.js";
import { ensureSystemPriorityClasses } from "./system-priority-classes.js";

export interface ApiServerOptions {
  /** Stays the caller's to close, after `stop`. */
  readonly store: Store;
  /** The server's own certificate, and the CA that every caller's must be signed by. */
  readonly tls: TlsMaterial;
  /** `host:port`; port 0 chooses one. */
  readonly listen: string;
  /** Signs the certificates of nodes that join. */
  readonly certificateAuthority: KeyPair;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where nodes reach it, `host:port`: announced to them while it serves. Not announced by default. */
  readonly advertise?: string;
  /** Range from which each node has a /24 for its pods; see the Nodes service. */
  readonly podCidr?: string;
  /** How many requests run at once, as seats of all priority levels; 400 by default, 0 for no limit. */
  readonly maxRequestsInFlight?: number;
  /** Where writes are recorded; nowhere by default. Stays the caller's to close, after `stop`. */
  readonly audit?: AuditLog;
  /** Spreads the ends of watches; Math.random by default. */
  readonly random?: () => number;
}

/** The server through which everything goes. Many may run over one store. */
export interface ApiServer {
  /** What must hold for it to serve. */
  readonly checks: readonly HealthCheck[];
  /**
   * Reads the store into its caches, then listens. Called once; waits as long as the store cannot be reached.
   * @throws Error when the address cannot be had; an abort error when stopped meanwhile
   */
  start(): Promise<{ readonly host: string; readonly port: number }>;
  /**
   * A way in for callers in this process, who are whom their certificate names, just as over the network. Opened at any
   * time; calls succeed while the server listens.
   */
  dial(settings: Pick<ChannelSettings, "tls">): RpcChannel;
  /** Refuses new calls, lets those under way end for a few seconds, and resolves when nothing runs any more. */
  stop(): Promise<void>;
}

// Unary calls last milliseconds; five seconds let even one that waits for a slow store end by itself.
const stopGraceMs = 5_000;

/** Full names of the services that are offered, for health and reflection. */
const serviceNames: readonly string[] = [
  "howbernetes.api.v1.Resources",
  "howbernetes.api.v1.Nodes",
  "howbernetes.api.v1.Pods",
  "howbernetes.api.v1.Discovery",
  "howbernetes.api.v1.Metrics",
  "howbernetes.api.v1.Scheduling",
  "grpc.health.v1.Health",
  "grpc.reflection.v1.ServerReflection",
];

/** Composes an api-server. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  return new ComposedApiServer({ ...options, store: createMeteredStore(options.store, options) });
}

class ComposedApiServer implements ApiServer {
  readonly checks: readonly HealthCheck[];
  /** Of this api-server, among others. */
  private readonly identity = `${hostname()}_${randomUUID()}`;
  private readonly stopping = new AbortController();
  private readonly caches: WatchCaches;
  private readonly objects: ObjectStore;
  private readonly rpc: RpcServer;
  private readonly maintenance: Maintenance;
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ApiServerOptions) {
    const { store, clock, log, metrics, tls, random = Math.random } = options;
    const files = new DescriptorFiles(descriptorImage);
    this.caches = createWatchCaches({ store, kinds, clock, random, log, metrics });
    this.objects = createObjectStore({ store, caches: this.caches });
    this.rpc = createRpcServer({ tls, log, observer: createCallMetrics(metrics), checkRequest: requestCheck(files) });
    this.checks = serverChecks({ store, caches: this.caches });
    this.maintenance = new Maintenance({ objects: this.objects, store, clock, log, identity: this.identity });
    this.addServices(files);
  }

  async start(): Promise<{ readonly host: string; readonly port: number }> {
    const { signal } = this.stopping;
    const { clock, log, listen } = this.options;
    this.run("watch caches", this.caches.run(signal));
    await this.caches.ready(signal);
    await abortable(ensureSystemNamespaces(this.objects, clock, signal), signal);
    await abortable(ensureSystemPriorityClasses(this.objects, clock, signal), signal);
    const address = await this.rpc.listen(listen);
    this.run("maintenance", this.maintenance.run(signal));
    this.announce(signal);
    log.info("api-server listens", address);
    return address;
  }

  dial({ tls }: Pick<ChannelSettings, "tls">): RpcChannel {
    return this.rpc.connect(tls);
  }

  async stop(): Promise<void> {
    await this.rpc.stop(stopGraceMs);
    this.stopping.abort();
    await this.running;
  }

  private announce(signal: AbortSignal): void {
    const { objects, identity } = this;
    const { advertise: address, clock, log } = this.options;
    if (address === undefined) return;
    this.run("announcement", new Announcement({ objects, clock, log, address, identity }).run(signal));
  }

  private run(name: string, task: Promise<void>): void {
    const ended = task.catch((error: unknown) => {
      // Both handle what can go wrong; what gets here is a broken invariant, with which nothing must go on.
      this.options.log.error("a part of the api-server has failed", { part: name, error });
      throw error;
    });
    this.running = Promise.all([this.running, ended]);
  }

  private addServices(files: DescriptorFiles): void {
    const { objects, caches, rpc } = this;
    const { store, clock, log, metrics, certificateAuthority: ca, podCidr } = this.options;
    const broker = new SessionBroker(clock);
    const nodeDeps = { objects, store, nodeCache: caches.of(nodeKind), broker, ca, clock, log };
    const reflection = createReflectionService(files, serviceNames);
    const resources = createResourcesService({ objects, caches, store, clock, authorize, authorizeAbsent });
    const { maxRequestsInFlight = defaultMaxRequestsInFlight } = this.options;
    const audit = auditing(this.options);
    const limits = { flow: createFlowControl({ maxRequestsInFlight, clock, metrics }), caches, clock };
    rpc.add(resourcesDefinition, countRequests(audit.resources(limitResources(resources, limits)), { metrics, clock }));
    const nodes = createNodesService({ ...nodeDeps, ...(podCidr === undefined ? {} : { podCidr }) });
    rpc.add(NodesService, audit.nodes(limitNodes(nodes, limits)));
    rpc.add(PodsService, withBindMany(audit.pods(limitPods(createPodsService({ objects, broker, clock }), limits))));
    const statistics = new StatisticsReader({ broker, clock });
    rpc.add(MetricsService, limitMetrics(createMetricsService({ objects, statistics }), limits));
    const scheduling = createSchedulingService({ objects, broker: new SchedulerBroker() });
    rpc.add(SchedulingService, limitScheduling(scheduling, limits));
    rpc.add(DiscoveryService, createDiscoveryService(packageVersion()));
    rpc.add(HealthService, createHealthService({ services: serviceNames, isServing: () => allWell(this.checks) }));
    rpc.add(reflectionDefinition, reflection);
    rpc.add(oldReflectionDefinition, reflection);
  }
}

async function allWell(checks: readonly HealthCheck[]): Promise<boolean> {
  return (await runChecks(checks)).every(({ problem }) => problem === undefined);
}

/** Wraps services so that their writes are recorded, if anywhere. */
function auditing({ audit, clock }: ApiServerOptions) {
  const asTheyAre = <H>(handlers: H): H => handlers;
  if (audit === undefined) return { resources: asTheyAre, pods: asTheyAre, nodes: asTheyAre };
  const deps = { audit, clock };
  return {
    resources: (handlers: Handlers<ResourcesDefinition>) => auditResources(handlers, deps),
    pods: (handlers: PodHandlers) => auditPods(handlers, deps),
    nodes: (handlers: Handlers<NodesService>) => auditNodes(handlers, deps),
  };
}

/** Refuses requests of our own services that carry what the decoder would drop or bend without a word. */
function requestCheck(files: DescriptorFiles): (method: string, bytes: Buffer) => void {
  const types = files.requestTypes();
  return (method, bytes) => {
    const type = types.get(method);
    if (type?.startsWith("howbernetes.")) checkWire(type, bytes);
  };
}
