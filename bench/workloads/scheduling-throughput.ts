import { withLag } from "../harness/event-loop-lag.js";
import type { Comparison } from "../harness/measurement.js";
import { namespaces, SchedulingCluster } from "../scheduling/scheduling-cluster.js";
import { defaultPod } from "../scheduling/templates.js";
import type { ServerWorkload } from "./workload.js";

const nodes = 5_000;
const setupPods = 1_000;
const pods = 10_000;
const rounds = 3;
/** Of the rate of compare-and-swaps, of which each pod takes three: its creation, its binding and its Event. */
const etcdAim = 0.3;
/** Kubernetes' own measurement of this case fails below so many pods a second. */
const threshold = 680;

/** scheduler_perf's SchedulingBasic, 5000Nodes_10000Pods: through api-server and etcd, each in a process of its own. */
export const schedulingThroughput: ServerWorkload = {
  id: "B11",
  title: `scheduling of ${pods} pods on ${nodes} nodes`,
  async run() {
    const samples: (readonly Comparison[])[] = [];
    for (let round = 0; round < rounds; round++) samples.push(await sample());
    return (samples[0] ?? []).map((first, row) => ({
      ...first,
      ours: samples.flatMap((round) => round[row]?.ours ?? []),
      peers: samples.flatMap((round) => round[row]?.peers ?? []),
    }));
  },
};

async function sample(): Promise<readonly Comparison[]> {
  const cluster = await SchedulingCluster.start({ nodes });
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
