import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { abortable, deferred, isAbort, sharedSignal } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { Runnable } from "../base/runnable.js";
import type { TlsMaterial } from "../base/tls/certificate.js";
import { followAnnouncedServers } from "../client/announced-servers.js";
import { createApiClient, type RemoteApiClient } from "../client/client.js";
import { type ServerLink, ServerLinks } from "../client/server-links.js";
import { NodesService, type ReportResponse_Session } from "../gen/howbernetes/api/v1/nodes.js";
import type { Dial } from "../rpc/channel.js";
import { howbeletVersion } from "./howbelet-version.js";
import { machineAddress } from "./machine-address.js";
import { machineIds } from "./machine-ids.js";
import { loadIdentity, type NodeIdentity, saveIdentity } from "./node-identity.js";
import { NodeReporter } from "./node-reporter.js";
import { PodAgent } from "./pod-agent.js";
import { createPodSource, type PodSource } from "./pod-source.js";
import { defaultNodeSettings, type NodeSettings } from "./resources/node-settings.js";
import { createDockerRuntime } from "./runtime/docker/docker-runtime.js";
import type { PodNetworkChoice } from "./runtime/docker/network/choose-network.js";
import type { Runtime } from "./runtime/interface.js";
import { LogSource } from "./server/log-source.js";
import { ReportLink } from "./server/report-link.js";
import { ReportQueue } from "./server/report-queue.js";
import { workOf } from "./server/session-work.js";
import { Tunnel, type TunnelDeps } from "./server/tunnel.js";
import { UsageSampler } from "./statistics/usage-sampler.js";
import { volumesDirectory } from "./volumes/node-volumes.js";

/** What a node agent needs. */
export interface HowbeletOptions {
  /** The api-server, `host:port`. */
  readonly server: string;
  /** Another way to it than over the network. */
  readonly dial?: Dial;
  /** The node's certificate, and the cluster's CA. */
  readonly tls: TlsMaterial;
  readonly nodeName: string;
  /** Checkpoints, and the node's place in its cluster. One agent at a time. */
  readonly dataDir: string;
  /** Docker by default. Closed at the end. */
  readonly runtime?: Runtime;
  /** As in DOCKER_HOST, its default. */
  readonly dockerHost?: string;
  /** Who connects pods to their network: by default "direct", the agent itself, where that is possible; else Docker. */
  readonly podNetwork?: PodNetworkChoice | undefined;
  /** What the node keeps of its machine, and when it evicts; by default as `defaultNodeSettings`. */
  readonly settings?: NodeSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once, when the node is registered and its runtime answers. */
  readonly onReady?: () => void;
}

/**
 * Creates the agent that runs a node's pods. Its containers go on when it stops, and are taken up again by the next
 * one with the same data directory. It rejects when it may not go on: its Node was deleted (its containers are then
 * removed first), another agent serves the node, or the server is another cluster's.
 */
export function createHowbelet(options: HowbeletOptions): Runnable {
  // What is mounted into containers is named to the engine, which knows no working directory.
  return new Howbelet({ ...options, dataDir: resolve(options.dataDir) });
}

class Howbelet implements Runnable {
  readonly name = "howbelet";
  private readonly queue: ReportQueue;
  private readonly runtime: Runtime;
  private readonly client: RemoteApiClient;
  private readonly bootId = randomUUID();
  private readonly identified = deferred<NodeIdentity>();
  private readonly firstSession = deferred();
  private identity: NodeIdentity | undefined;
  private agent: PodAgent | undefined;

  constructor(private readonly options: HowbeletOptions) {
    const { server, dial, tls, clock, log } = options;
    this.queue = new ReportQueue(clock);
    const { dockerHost: host, podNetwork, dataDir } = options;
    this.runtime = options.runtime ?? createDockerRuntime({ host, podNetwork, directory: join(dataDir, "sandboxes"), log });
    this.client = createApiClient({ address: server, tls, log, clock, fieldManager: "howbelet", ...(dial === undefined ? {} : { dial }) });
  }

  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const either = sharedSignal(AbortSignal.any([signal, stop.signal]));
    this.identity = await loadIdentity(this.options.dataDir);
    if (this.identity !== undefined) this.identified.resolve(this.identity);

    const link = this.createLink().run(either);
    const work = this.work(either);
    try {
      const end = await Promise.race([link, work]);
      if (end === "superseded") throw new Error(`another howbelet serves node "${this.options.nodeName}": this one stops`);
      if (end === "deleted") await this.leave(either);
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      stop.abort();
      await Promise.allSettled([link, work]);
      await this.client.close();
      this.runtime.close();
    }
  }

  private createLink(): ReportLink {
    const { nodeName, clock, log } = this.options;
    return new ReportLink({
      nodes: this.client.raw(NodesService, "watch"),
      queue: this.queue,
      nodeName,
      bootId: this.bootId,
      nodeUid: () => this.identity?.nodeUid ?? "",
      opened: (session) => this.sessionOpened(session),
      clock,
      log,
    });
  }

  private async sessionOpened({ id, clusterUid, nodeUid, podCIDR }: ReportResponse_Session): Promise<void> {
    const { dataDir, nodeName, log } = this.options;
    const before = this.identity;
    if (before !== undefined && before.clusterUid !== clusterUid)
      throw new Error(
        `node "${nodeName}" belongs to the cluster ${before.clusterUid}, but the server is of ${clusterUid}: nothing was changed; ` +
          `to join that cluster, give the howbelet another data directory than ${dataDir}`,
      );
    const identity = { clusterUid, nodeUid, podCidr: podCIDR };
    if (before?.nodeUid !== nodeUid || before.podCidr !== podCIDR) await saveIdentity(dataDir, identity);
    this.identity = identity;
    this.identified.resolve(identity);
    this.firstSession.resolve();
    log.info("report session opened", { node: nodeName, session: id });
  }

  /** Everything but the report session. */
  private async work(signal: AbortSignal): Promise<undefined> {
    const { nodeName, dataDir, settings = defaultNodeSettings, clock, log, onReady } = this.options;
    const { clusterUid } = await abortable(this.identified.promise, signal);
    const address = machineAddress();
    const runtimeReady = deferred();
    const node = new NodeReporter({
      queue: this.queue,
      nodeName,
      version: howbeletVersion(),
      address,
      settings,
      machine: await machineIds(),
      clock,
      onReady: () => runtimeReady.resolve(),
    });
    const agent = new PodAgent({
      runtime: this.runtime,
      scope: { clusterUid, nodeName },
      podCidr: () => this.identity?.podCidr ?? "",
      source: this.podsOnceConnected(),
      client: this.client,
      connected: this.connected,
      reporter: this.queue,
      node,
      settings,
      hostIp: address,
      checkpointDir: join(dataDir, "pods"),
      volumesDir: volumesDirectory(dataDir),
      imagesFile: join(dataDir, "images.json"),
      messagesDir: join(dataDir, "termination-messages"),
      seccompDir: join(dataDir, "seccomp"),
      clock,
      log,
    });
    this.agent = agent;
    Promise.all([runtimeReady.promise, this.firstSession.promise]).then(onReady, (_never: unknown) => undefined);
    await Promise.all([agent.run(signal), this.keepTunnels(agent, signal)]);
    return undefined;
  }

  /** Keeps tunnels to all api-servers, those that are configured and those that announce themselves. */
  private async keepTunnels(agent: PodAgent, signal: AbortSignal): Promise<void> {
    const { server, dial, clock, log } = this.options;
    const { client } = this;
    const workOf = this.sessionWork(agent, signal);
    // Another way than over the network has but one server at its end.
    const configured = dial === undefined ? server.split(",").map((address) => address.trim()) : [server];
    const tunnels = new ServerLinks({ configured, connect: (address) => this.tunnelTo(address, workOf), log });
    try {
      await this.connected(signal);
      await followAnnouncedServers({ client, clock, log }, (addresses) => tunnels.announced(addresses), signal);
    } finally {
      await tunnels.close();
    }
  }

  private tunnelTo(address: string, workOf: TunnelDeps["workOf"]): ServerLink {
    const { server, tls, nodeName, dial, clock, log } = this.options;
    const isShared = address === server;
    // A session must be opened with the very server that has asked for it, so that each has connections of its own.
    const own = { address, tls, log, clock, fieldManager: "howbelet", ...(dial === undefined ? {} : { dial }) };
    const client = isShared ? this.client : createApiClient(own);
    const [nodes, sessions] = [client.raw(NodesService, "watch"), client.raw(NodesService, "bulk")];
    const tunnel = new Tunnel({ nodes, sessions, nodeName, workOf, clock, log });
    return { run: (signal) => tunnel.run(signal), close: async () => (isShared ? undefined : client.close()) };
  }

  private sessionWork(agent: PodAgent, lifetime: AbortSignal): TunnelDeps["workOf"] {
    const { runtime } = this;
    const { clock } = this.options;
    const statusOf = (podUid: string) => agent.statusOf(podUid);
    const sandboxOf = (podUid: string) => agent.sandboxOf(podUid);
    const statistics = new UsageSampler({ statistics: runtime.statistics, containers: () => agent.containers(), clock, lifetime });
    const works = { runtime, logs: new LogSource({ runtime, statusOf, clock }), statusOf, sandboxOf, statistics };
    return (order) => workOf(order, works);
  }

  /** What pods there are, and what configures them, is believed only from a server that has shown itself to be of the node's cluster. */
  private readonly connected = (signal: AbortSignal): Promise<void> => abortable(this.firstSession.promise, signal);

  private podsOnceConnected(): PodSource {
    const { nodeName, clock, log } = this.options;
    const source = createPodSource({ client: this.client, nodeName, clock, log });
    return {
      run: async (handler, signal) => {
        await this.connected(signal);
        await source.run(handler, signal);
      },
    };
  }

  /** The Node was deleted: its pods go too. The next start registers anew. */
  private async leave(signal: AbortSignal): Promise<never> {
    const { dataDir, nodeName, log } = this.options;
    log.warn("node was deleted from the cluster, removing its containers", { node: nodeName });
    if (this.identity !== undefined) await saveIdentity(dataDir, { ...this.identity, nodeUid: "", podCidr: "" });
    await this.agent?.removeAll(signal);
    throw new Error(`node "${nodeName}" was deleted from the cluster: its containers are removed; start howbelet again to register anew`);
  }
}
