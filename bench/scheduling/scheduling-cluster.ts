import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeWhole } from "../../src/api/codec/whole.js";
import { namespaceKind } from "../../src/api/kinds/namespace/kind.js";
import { priorityClassKind } from "../../src/api/kinds/priorityclass/kind.js";
import { createLog } from "../../src/base/log.js";
import { createApiClient, type RemoteApiClient } from "../../src/client/index.js";
import { ApiServerProcess } from "../harness/api-server-process.js";
import { EtcdPeer } from "../harness/etcd-peer.js";
import { BoundWatch } from "./bound-watch.js";
import { boundPod, nodeEntry, nodeName, podEntry, readyNode } from "./entries.js";
import { PodWriter } from "./pod-writer.js";
import { SchedulerProcess } from "./scheduler-process.js";
import { defaultPod, highPriority, type PodTemplate } from "./templates.js";

/** The namespaces that workloads use: for what is there before, for what warms up, for what is measured, and for what disturbs. */
export const namespaces = { setup: "sched-setup", warmUp: "sched-warm-up", measured: "sched-measured", churn: "sched-churn" };

const casCallers = 64;
const casCount = 10_000;

/**
 * What scheduling is measured on, each in a process of its own: etcd, the api-server, the scheduler, who creates the pods,
 * and this one, which watches. Nodes are objects that say they are ready; no agents take part, as in Kubernetes' own
 * measurement.
 */
export class SchedulingCluster {
  private scheduler: SchedulerProcess | undefined;

  private constructor(
    private readonly etcd: EtcdPeer,
    private readonly server: ApiServerProcess,
    private readonly client: RemoteApiClient,
    private readonly writer: PodWriter,
  ) {}

  static async start(nodes: number): Promise<SchedulingCluster> {
    const etcd = await EtcdPeer.start();
    await etcd.createMany(nodes, (index) => nodeEntry(readyNode(index)));
    const server = await ApiServerProcess.start(etcd.endpoint, mkdtempSync(join(tmpdir(), "howbernetes-bench-")));
    const { server: address, tls } = await server.credentials();
    const client = createApiClient({ address, tls, log: createLog("bench", "error"), fieldManager: "bench" });
    for (const name of Object.values(namespaces)) await client.of(namespaceKind).create(makeWhole(namespaceKind, { metadata: { name } }));
    const { name, value } = highPriority;
    await client.of(priorityClassKind).create(makeWhole(priorityClassKind, { metadata: { name }, value }));
    return new SchedulingCluster(etcd, server, client, await PodWriter.start({ address, tls }));
  }

  async startScheduler(): Promise<void> {
    this.scheduler = await SchedulerProcess.start(this.server.configFile);
  }

  async stopScheduler(): Promise<void> {
    await this.scheduler?.stop();
    this.scheduler = undefined;
  }

  /** Has pods created in a namespace where there were none, and waits until all of them have nodes. @returns pods a second, from the first one's creation */
  async schedule(count: number, namespace: string, template: PodTemplate): Promise<number> {
    const watch = new BoundWatch(await this.server.connect(), namespace);
    try {
      const began = this.writer.create(count, namespace, template);
      const boundMs = await watch.bound(count);
      return (count * 1_000) / (boundMs - (await began));
    } finally {
      watch.stop();
    }
  }

  /**
   * Has pods created before there is a scheduler, and then starts one.
   * @returns pods a second, from the first that was bound
   */
  async scheduleBacklog(count: number, namespace: string, template: PodTemplate): Promise<number> {
    await this.writer.create(count, namespace, template);
    const watch = new BoundWatch(await this.server.connect(), namespace);
    try {
      const first = watch.bound(1);
      await this.startScheduler();
      const firstMs = await first;
      return ((count - 1) * 1_000) / ((await watch.bound(count)) - firstMs);
    } finally {
      watch.stop();
    }
  }

  /** From now on a pod comes every so many milliseconds; others are created by `schedule` meanwhile. */
  async churn(everyMs: number, template: PodTemplate): Promise<() => Promise<void>> {
    const { server: address, tls } = await this.server.credentials();
    const writer = await PodWriter.start({ address, tls });
    await writer.keepCreating(everyMs, namespaces.churn, template);
    return () => writer.stop();
  }

  /** Compare-and-swaps of a pod that etcd makes in a second, with 64 callers and nothing else to do. */
  async compareAndSwap(): Promise<number> {
    const { value } = podEntry(boundPod(defaultPod, namespaces.setup, 0, nodeName(0)));
    return await this.etcd.swapMany(casCallers, casCount, value);
  }

  /** Where the api-server's metrics are. */
  get httpAddress(): string {
    return this.server.httpAddress;
  }

  async stop(): Promise<void> {
    await this.writer.stop();
    await this.client.close();
    await this.stopScheduler();
    await this.server.stop();
    await this.etcd.stop();
  }
}
