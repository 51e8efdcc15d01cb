import { ChildProgram } from "../harness/child-program.js";
import { withLag } from "../harness/event-loop-lag.js";
import type { Comparison } from "../harness/measurement.js";
import type { CoreResult, CoreSettings } from "../scheduling/core-run.js";
import { namespaces, SchedulingCluster } from "../scheduling/scheduling-cluster.js";
import { defaultPod } from "../scheduling/templates.js";
import type { ServerWorkload } from "./workload.js";

const nodes = 5_000;
const setupPods = 1_000;
const pods = 10_000;
const rounds = 3;
/** Of the rate of compare-and-swaps, of which each pod takes two: its creation, and its binding with its Event. */
const etcdAim = 0.3;
/** Kubernetes' own measurement of this case fails below so many pods a second. */
const threshold = 680;
/** What the core alone is to do. */
const coreRate = 3_000;
/** What the core may hold of a large cluster, and how many pods that has. */
const [memoryMb, clusterPods] = [1_500, 150_000];

/**
 * scheduler_perf's SchedulingBasic, 5000Nodes_10000Pods: through api-server and etcd, each with a process of its own; and
 * the scheduler's core alone, with what it takes of memory.
 */
export const schedulingThroughput: ServerWorkload = {
  id: "B11",
  title: `scheduling of ${pods} pods on ${nodes} nodes`,
  async run() {
    const samples: (readonly Comparison[])[] = [];
    for (let round = 0; round < rounds; round++) samples.push([...(await throughApiServer()), ...(await coreAlone())]);
    const merged = (samples[0] ?? []).map((first, row) => ({
      ...first,
      ours: samples.flatMap((round) => round[row]?.ours ?? []),
      peers: samples.flatMap((round) => round[row]?.peers ?? []),
    }));
    return [...merged, await memory()];
  },
};

async function throughApiServer(): Promise<readonly Comparison[]> {
  const cluster = await SchedulingCluster.start(nodes);
  try {
    await cluster.startScheduler();
    await cluster.schedule(setupPods, namespaces.setup, defaultPod);
    const rate = await cluster.schedule(pods, namespaces.measured, defaultPod);
    await cluster.stopScheduler();
    const backlogRate = await cluster.scheduleBacklog(pods, namespaces.churn, defaultPod);
    const swaps = await cluster.compareAndSwap();
    const row = { unit: "pods/s", isRate: true } as const;
    const kubernetes = { ...row, peer: "Kubernetes' threshold", peers: [threshold] };
    const rows: Comparison[] = [
      { ...kubernetes, name: "B11 through api-server and etcd", ours: [rate], aim: 1 },
      { ...row, name: "B11 by etcd's rate", peer: "compare-and-swaps", ours: [rate], peers: [swaps], aim: etcdAim },
      { ...kubernetes, name: "B11 created beforehand", ours: [backlogRate] },
    ];
    return await withLag(rows, cluster.httpAddress);
  } finally {
    await cluster.stop();
  }
}

async function coreAlone(): Promise<readonly Comparison[]> {
  const large = await runCore({ nodes, warm: setupPods, pods });
  const small = await runCore({ nodes: nodes / 10, warm: setupPods, pods });
  return [
    { name: "B11 core alone", unit: "pods/s", isRate: true, peer: "bound", ours: [large.podsPerSecond], peers: [coreRate], aim: 1 },
    {
      name: `B11 core alone, a pod on ${nodes} nodes`,
      unit: "ms",
      peer: `on ${nodes / 10}`,
      ours: [1_000 / large.podsPerSecond],
      peers: [1_000 / small.podsPerSecond],
      aim: 2,
    },
  ];
}

async function memory(): Promise<Comparison> {
  const { heapBytes } = await runCore({ nodes, warm: clusterPods, pods: 0 });
  const name = `B11 memory for ${clusterPods} pods`;
  return { name, unit: "MB", peer: "bound", ours: [heapBytes / 1e6], peers: [memoryMb], aim: 1 };
}

async function runCore(settings: CoreSettings): Promise<CoreResult> {
  const { child, ready } = await ChildProgram.start("programs/scheduler-core.ts", settings);
  await child.stop();
  return ready as CoreResult;
}
