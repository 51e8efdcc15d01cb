import { type Load, load } from "../harness/callers.js";
import { alternate, type Comparison } from "../harness/measurement.js";
import { PeerProcess } from "../harness/peer-process.js";
import { withServedEtcd } from "../harness/served-etcd.js";
import { quantile } from "../harness/statistics.js";
import { type PointCalls, proxyCalls, serverCalls } from "./point-calls.js";
import type { ServerWorkload } from "./workload.js";

const rounds = 6;
/** Time is the inverse of rate: 0.75 of the peer's are the same as 1.33 of its time. */
const timeAim = 1.33;
const tailAim = 1.5;
const peer = "bare proxy";
const sizes = [
  { callers: 1, count: 400 },
  { callers: 64, count: 6_000 },
] as const;

/** Creations and updates of a ConfigMap of a kilobyte, against a bare proxy that does the same compare-and-swap on etcd. */
export const writeObjects: ServerWorkload = {
  id: "B6",
  title: "create and update an object",
  run: () =>
    withServedEtcd(0, async ({ etcd, server }) => {
      const proxy = await PeerProcess.start("etcd-proxy.ts", etcd.endpoint);
      try {
        const ours = new Writer(serverCalls(await server.connect()));
        const theirs = new Writer(proxyCalls(proxy.connect()));
        for (const side of [ours, theirs]) await side.warmUp();
        return await compare(ours, theirs);
      } finally {
        await proxy.stop();
      }
    }),
};

async function compare(ours: Writer, theirs: Writer): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const { callers, count } of sizes) {
    for (const verb of ["create", "update"] as const) {
      const name = `B6 ${verb}, ${callers} ${callers === 1 ? "caller" : "callers"}`;
      const samples = await alternate(
        rounds,
        () => ours[verb](callers, count),
        () => theirs[verb](callers, count),
      );
      const of = (measure: (sample: Load) => number) => ({ ours: samples.ours.map(measure), peers: samples.theirs.map(measure) });
      comparisons.push({ name, unit: "ms", peer, ...of(({ ms }) => ms), aim: timeAim });
      comparisons.push({ name: `${name}, p99`, unit: "ms", peer, ...of(({ latencies }) => quantile(latencies, 0.99)), aim: tailAim });
    }
  }
  return comparisons;
}

/** Writes on one side, with what it must remember of what it wrote. */
class Writer {
  private readonly revisions: number[] = [];

  constructor(private readonly calls: PointCalls) {}

  async warmUp(): Promise<void> {
    // Lone writes go another way than those that meet.
    for (const callers of [64, 1]) {
      await this.create(callers, callers === 1 ? 800 : 3_000);
      await this.update(callers, callers === 1 ? 800 : 3_000);
    }
  }

  /** Makes objects that were not there before. */
  create(callers: number, count: number): Promise<Load> {
    const first = this.revisions.length;
    return load(callers, count, async (index) => {
      this.revisions[first + index] = await this.calls.create(first + index);
    });
  }

  /** Replaces the first objects, each as it was written last. */
  update(callers: number, count: number): Promise<Load> {
    return load(callers, count, async (index) => {
      const object = index % this.revisions.length;
      this.revisions[object] = await this.calls.update(object, this.revisions[object] ?? 0);
    });
  }
}
