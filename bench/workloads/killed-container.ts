import { timeToMs } from "../../src/api/values/time.js";
import { containersOf } from "../../test/e2e/harness/containers.js";
import type { Engine } from "../harness/engine.js";
import { alternate, timed } from "../harness/measurement.js";
import { running, type Subject } from "../harness/subject.js";
import type { Workload } from "./workload.js";

const rounds = 5;

async function ours(subject: Subject, engine: Engine, round: number): Promise<number> {
  const app = `b5-${round}`;
  const up = subject.watchPods(app, running(1));
  await up.ready;
  await subject.createDeployment(app, 1);
  await up.reached;
  const victim = (await containersOf(subject.cluster.nodeName)).find(({ pod, isSandbox }) => pod.startsWith(app) && !isSandbox);
  const again = subject.watchPods(app, (pods) =>
    [...pods.values()].some(({ status }) => {
      const [container] = status.containerStatuses;
      return (container?.restartCount ?? 0) > 0 && timeToMs(container?.state?.running?.startedAt) !== undefined;
    }),
  );
  await again.ready;
  const ms = await timed(async () => {
    await engine.kill(victim?.id ?? "");
    await again.reached;
  });
  await subject.deleteDeployment(app);
  return ms;
}

async function swarm(engine: Engine, name: string, restartDelayMs: number | undefined): Promise<number> {
  await engine.startService(name, 1, { restartDelayMs });
  const [victim = ""] = await engine.serviceContainers(name);
  const again = engine.countStarts(name, 1);
  await again.ready;
  const ms = await timed(async () => {
    await engine.kill(victim);
    await again.reached;
  });
  await engine.removeService(name);
  return ms;
}

/** A container of a Deployment is killed: until it, or one in its place, runs. */
export const killedContainer: Workload = {
  id: "B5",
  title: "a killed container runs again",
  needsSwarm: true,
  async run({ subject, engine }) {
    const undelayed = await alternate(
      rounds,
      (round) => ours(subject, engine, round),
      (round) => swarm(engine, `b5-${round}`, 0),
    );
    const byDefault = await alternate(
      rounds,
      (round) => ours(subject, engine, rounds + round),
      (round) => swarm(engine, `b5-${rounds + round}`, undefined),
    );
    return [
      { name: "B5 without delay", unit: "ms", peer: "Swarm, delay 0 s", ours: undelayed.ours, peers: undelayed.theirs, aim: 1.0 },
      { name: "B5 by default", unit: "ms", peer: "Swarm", ours: byDefault.ours, peers: byDefault.theirs, aim: 0.2 },
    ];
  },
};
