import type { Comparison } from "../harness/measurement.js";
import { namespaces, SchedulingCluster } from "../scheduling/scheduling-cluster.js";
import {
  antiAffinityPod,
  defaultPod,
  highPriorityPod,
  lowPriorityPod,
  type PodTemplate,
  spreadPod,
  tooLargePod,
} from "../scheduling/templates.js";
import type { ServerWorkload } from "./workload.js";

const nodes = 5_000;

/** One of scheduler_perf's cases, with its own numbers. */
interface Case {
  readonly name: string;
  /** Kubernetes' own threshold for it, as a share of that for SchedulingBasic. */
  readonly aim: number;
  /** What is there before. */
  readonly setup?: { readonly count: number; readonly template: PodTemplate };
  /** One of these comes five times a second meanwhile. */
  readonly churn?: PodTemplate;
  readonly measured: { readonly count: number; readonly template: PodTemplate };
}

/**
 * What comes before each measurement, with whatever disturbs it: processes that have just started are slow, and slow again
 * when requests of another sort come for the first time.
 */
const warmUp = { count: 1_000, template: defaultPod };

const basic: Case = {
  name: "B12 basic",
  aim: 1,
  measured: { count: 10_000, template: defaultPod },
};
const keptApart = antiAffinityPod([namespaces.setup, namespaces.measured]);
const churnEveryMs = 200;

/** SchedulingPodAntiAffinity, TopologySpreading, PreemptionAsync and Unschedulable, each at 5,000 nodes. */
const cases: readonly Case[] = [
  {
    name: "B12 required anti-affinity",
    aim: 0.09,
    setup: { count: 1_000, template: keptApart },
    measured: { count: 2_000, template: keptApart },
  },
  {
    name: "B12 topology spreading",
    aim: 0.68,
    setup: { count: 5_000, template: defaultPod },
    measured: { count: 5_000, template: spreadPod },
  },
  {
    name: "B12 preemption",
    aim: 0.84,
    // They fill the nodes, so that others have to give way.
    setup: { count: 20_000, template: lowPriorityPod },
    churn: highPriorityPod,
    measured: { count: 5_000, template: defaultPod },
  },
  {
    name: "B12 unschedulable pods",
    aim: 0.87,
    churn: tooLargePod,
    measured: { count: 10_000, template: defaultPod },
  },
];

/** The hard cases of scheduler_perf, as shares of the easy one in the same run. */
export const hardScheduling: ServerWorkload = {
  id: "B12",
  title: `hard cases of scheduling on ${nodes} nodes`,
  async run() {
    const comparisons: Comparison[] = [];
    for (const each of cases) {
      const { name, aim } = each;
      // Each beside one of its own: a machine's speed changes within minutes.
      const peers = [await rateOf(basic)];
      comparisons.push({ name, unit: "pods/s", isRate: true, peer: "basic", ours: [await rateOf(each)], peers, aim });
    }
    return comparisons;
  },
};

async function rateOf({ setup, churn, measured }: Case): Promise<number> {
  const cluster = await SchedulingCluster.start(nodes);
  try {
    await cluster.startScheduler();
    if (setup !== undefined) await cluster.schedule(setup.count, namespaces.setup, setup.template);
    const stopChurn = churn === undefined ? undefined : await cluster.churn(churnEveryMs, churn);
    await cluster.schedule(warmUp.count, namespaces.warmUp, warmUp.template);
    const rate = await cluster.schedule(measured.count, namespaces.measured, measured.template);
    await stopChurn?.();
    return rate;
  } finally {
    await cluster.stop();
  }
}
