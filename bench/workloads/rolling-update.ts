import type { Whole } from "../../src/api/object.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { type Engine, serviceLabels } from "../harness/engine.js";
import { alternate, timed } from "../harness/measurement.js";
import { running, type Subject } from "../harness/subject.js";
import type { Workload } from "./workload.js";

const replicas = 20;
/** 25 % of the replicas. */
const surge = 5;
const rounds = 5;

type Pods = ReadonlyMap<string, Whole<Pod>>;

const isReady = ({ status, metadata }: Whole<Pod>): boolean =>
  metadata.deletionTimestamp === undefined && status.conditions.some((each) => each.type === "Ready" && each.status === "True");

const ready = (pods: Pods): number => [...pods.values()].filter(isReady).length;

const podLabels = ({ cluster }: Subject, kind: string): readonly string[] => [
  `howbernetes.dev/node=${cluster.nodeName}`,
  `howbernetes.dev/container-kind=${kind}`,
];

/** @throws Error when there ever were fewer ready pods than desired: what was measured was then no rolling update */
async function ours(subject: Subject, engine: Engine, round: number): Promise<number> {
  const app = `b4-${round}`;
  const up = subject.watchPods(app, (pods) => ready(pods) === replicas);
  await up.ready;
  await subject.createDeployment(app, replicas, { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } });
  await up.reached;

  const least = { ready: replicas };
  const isNew = ({ metadata }: Whole<Pod>): boolean => metadata.annotations["bench/round"] === "new";
  const rolled = subject.watchPods(app, (pods) => {
    least.ready = Math.min(least.ready, ready(pods));
    return [...pods.values()].filter((pod) => isNew(pod) && isReady(pod)).length === replicas;
  });
  // The end is the same for both: all new ones run, and the last old one has died.
  const ended = engine.countDeaths(podLabels(subject, "app"), replicas);
  await Promise.all([rolled.ready, ended.ready]);
  const ms = await timed(async () => {
    await subject.annotateTemplate(app, { "bench/round": "new" });
    await Promise.all([rolled.reached, ended.reached]);
  });
  if (least.ready < replicas) throw new Error(`there were but ${least.ready} ready pods of ${replicas}`);
  const gone = subject.watchPods(app, (pods) => pods.size === 0);
  await gone.ready;
  await subject.deleteDeployment(app);
  await gone.reached;
  return ms;
}

async function swarm(engine: Engine, round: number): Promise<number> {
  const name = `b4-${round}`;
  await engine.startService(name, replicas, { update: { Parallelism: surge, Order: "start-first" } });
  const [started, ended] = [engine.countStarts(name, replicas), engine.countDeaths(serviceLabels(name), replicas)];
  await Promise.all([started.ready, ended.ready]);
  const ms = await timed(async () => {
    await engine.updateService(name);
    await Promise.all([started.reached, ended.reached]);
  });
  await engine.removeService(name);
  return ms;
}

/** All pods of a Deployment are replaced, without ever having fewer ready ones than desired. */
export const rollingUpdate: Workload = {
  id: "B4",
  title: `rolling update of ${replicas}, ${surge} at a time`,
  needsSwarm: true,
  async run({ subject, engine }) {
    const warm = subject.watchPods("b4-warm", running(1));
    await warm.ready;
    await subject.createDeployment("b4-warm", 1);
    await warm.reached;
    await subject.deleteDeployment("b4-warm");
    const samples = await alternate(
      rounds,
      (round) => ours(subject, engine, round),
      (round) => swarm(engine, round),
    );
    return [{ name: "B4", unit: "ms", peer: "Swarm", ours: samples.ours, peers: samples.theirs, aim: 0.7 }];
  },
};
