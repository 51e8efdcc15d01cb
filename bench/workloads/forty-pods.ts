import { alternate, timed } from "../harness/measurement.js";
import { running } from "../harness/subject.js";
import type { Workload } from "./workload.js";

const count = 40;
const rounds = 5;
const concurrencies = [2, 4, 8];

/** Forty one-container pods on one node, created at once, until a watch has shown all of them running. */
export const fortyPods: Workload = {
  id: "B1",
  title: "40 pods on one node",
  needsSwarm: false,
  async run({ subject, engine }) {
    const bare = async (atOnce: number): Promise<number> => {
      const ms = await timed(() => engine.startContainers(count, atOnce));
      await engine.removeContainers();
      return ms;
    };
    // The peer gets the concurrency that suits this machine best.
    const trials = [];
    for (const atOnce of concurrencies) trials.push({ atOnce, ms: await bare(atOnce) });
    const best = trials.reduce((a, b) => (a.ms <= b.ms ? a : b)).atOnce;

    const ours = async (round: number): Promise<number> => {
      const app = `b1-${round}`;
      const all = subject.watchPods(app, running(count));
      await all.ready;
      const names = Array.from({ length: count }, (_, index) => `${app}-${index}`);
      const ms = await timed(async () => {
        await subject.createPods(names, app);
        await all.reached;
      });
      await subject.deletePods(app);
      return ms;
    };
    await ours(-1);
    const samples = await alternate(rounds, ours, () => bare(best));
    return [
      {
        name: "B1",
        unit: "ms",
        peer: `bare loop of ${best} at once`,
        ours: samples.ours,
        peers: samples.theirs,
        aim: 1.15,
        firstStep: 1.5,
      },
    ];
  },
};
