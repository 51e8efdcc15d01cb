import { load } from "../harness/callers.js";
import { alternate, type Comparison } from "../harness/measurement.js";
import { PeerProcess } from "../harness/peer-process.js";
import { withServedEtcd } from "../harness/served-etcd.js";
import { proxyCalls, serverCalls } from "./point-calls.js";
import type { ServerWorkload } from "./workload.js";

const rounds = 8;
const objects = 500;
/** Time is the inverse of rate: 0.9 and 1.2 of the peer's are the same as 1.11 and 0.83 of its time. */
const sizes = [
  { callers: 1, count: 600, aim: 1.11 },
  { callers: 64, count: 12_000, aim: 0.83 },
] as const;

/** Linearizable reads of single objects, against a bare proxy doing a linearizable range. */
export const getObjects: ServerWorkload = {
  id: "B7",
  title: "get an object",
  run: () =>
    withServedEtcd(0, async ({ etcd, server }) => {
      const proxy = await PeerProcess.start("etcd-proxy.ts", etcd.endpoint);
      try {
        const ours = serverCalls(await server.connect());
        const theirs = proxyCalls(proxy.connect());
        for (const side of [ours, theirs]) {
          await load(32, objects, (index) => side.create(index));
          await load(64, 4_000, (index) => side.get(index % objects));
        }
        const comparisons: Comparison[] = [];
        for (const { callers, count, aim } of sizes) {
          const read = async (side: typeof ours): Promise<number> => (await load(callers, count, (index) => side.get(index % objects))).ms;
          const samples = await alternate(
            rounds,
            () => read(ours),
            () => read(theirs),
          );
          const name = `B7 ${callers} ${callers === 1 ? "caller" : "callers"}`;
          comparisons.push({ name, unit: "ms", peer: "bare proxy", ours: samples.ours, peers: samples.theirs, aim });
        }
        return comparisons;
      } finally {
        await proxy.stop();
      }
    }),
};
