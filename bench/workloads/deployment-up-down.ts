import { alternate, timed } from "../harness/measurement.js";
import { running } from "../harness/subject.js";
import type { Workload } from "./workload.js";

const replicas = 40;
const rounds = 5;

/** A Deployment from none to forty replicas and away again. */
export const deploymentUpDown: Workload = {
  id: "B2",
  title: "Deployment 0 → 40 → 0",
  needsSwarm: true,
  async run({ subject, engine }) {
    const ours = async (round: number): Promise<{ up: number; down: number }> => {
      const name = `b2-${round}`;
      const all = subject.watchPods(name, running(replicas));
      await all.ready;
      const up = await timed(async () => {
        await subject.createDeployment(name, replicas);
        await all.reached;
      });
      const none = subject.watchPods(name, (pods) => pods.size === 0);
      await none.ready;
      const down = await timed(async () => {
        await subject.deleteDeployment(name);
        await none.reached;
      });
      return { up, down };
    };
    const swarm = async (round: number): Promise<{ up: number; down: number }> => {
      const name = `b2-${round}`;
      const up = await timed(() => engine.startService(name, replicas));
      const down = await timed(() => engine.removeService(name));
      return { up, down };
    };
    const samples = await alternate(rounds, ours, swarm);
    const part = (key: "up" | "down") => ({
      ours: samples.ours.map((sample) => sample[key]),
      peers: samples.theirs.map((sample) => sample[key]),
    });
    return [
      { name: "B2 up", unit: "ms", peer: "Swarm", ...part("up"), aim: 0.45, firstStep: 0.6 },
      { name: "B2 down", unit: "ms", peer: "Swarm", ...part("down"), aim: 0.9 },
    ];
  },
};
