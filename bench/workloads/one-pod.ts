import { alternate, timed } from "../harness/measurement.js";
import { quantile } from "../harness/statistics.js";
import { running } from "../harness/subject.js";
import type { Workload } from "./workload.js";

const pods = 30;
/** Kubernetes' objective for the start of a pod, at the 99th percentile. */
const objectiveMs = 5_000;

/** One pod at a time: from the create call until a watch shows it running. */
export const onePod: Workload = {
  id: "B3",
  title: "one pod at a time",
  needsSwarm: false,
  async run({ subject, engine }) {
    const ours = async (round: number): Promise<number> => {
      const app = `b3-${round}`;
      const runs = subject.watchPods(app, running(1));
      await runs.ready;
      const ms = await timed(async () => {
        await subject.createPods([app], app);
        await runs.reached;
      });
      await subject.deletePods(app);
      return ms;
    };
    const bare = async (): Promise<number> => {
      const ms = await timed(() => engine.startContainers(1, 1));
      await engine.removeContainers();
      return ms;
    };
    const samples = await alternate(pods, ours, bare);
    return [
      { name: "B3 p50", unit: "ms", peer: "create + start", ours: samples.ours, peers: samples.theirs, aim: 1.6 },
      { name: "B3 p99", unit: "ms", peer: "Kubernetes' objective", ours: [quantile(samples.ours, 0.99)], peers: [objectiveMs], aim: 0.1 },
    ];
  },
};
