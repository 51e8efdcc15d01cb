import { makeWhole } from "../../src/api/codec/whole.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { labelKeys } from "../../src/howbelet/runtime/identity.js";
import { image } from "../../test/e2e/harness/manifests.js";
import type { Engine } from "../harness/engine.js";
import { quantile } from "../harness/statistics.js";
import type { Subject } from "../harness/subject.js";
import type { Workload } from "./workload.js";

const perSecond = 5;
const seconds = 30;
const count = perSecond * seconds;
const app = "b16";
/** The project's own: faster than anybody looks. */
const aimMs = 250;

/** Creates pods whose only container ends as soon as it runs, at an even pace. */
async function createPods(subject: Subject): Promise<void> {
  const pods = subject.client.of(podKind);
  const spec = { restartPolicy: "Never", containers: [{ name: "main", image, command: ["true"] }] };
  const make = (index: number) =>
    pods.create(makeWhole(podKind, { metadata: { name: `${app}-${index}`, namespace: "default", labels: { app } }, spec }));
  const creations: Promise<unknown>[] = [];
  const startMs = performance.now();
  for (let index = 0; index < count; index++) {
    const dueMs = startMs + (index * 1000) / perSecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    creations.push(make(index));
  }
  await Promise.all(creations);
}

/** When each pod was first seen ended, in milliseconds since 1970; resolves when all have been. */
function watchEnds(subject: Subject): { readonly ready: Promise<void>; readonly all: Promise<ReadonlyMap<string, number>> } {
  const ends = new Map<string, number>();
  const { ready, reached } = subject.watchPods(app, (pods) => {
    const nowMs = Date.now();
    for (const [name, { status }] of pods) if (status.phase === "Succeeded" && !ends.has(name)) ends.set(name, nowMs);
    return ends.size >= count;
  });
  return { ready, all: reached.then(() => ends) };
}

async function lags(subject: Subject, engine: Engine): Promise<readonly number[]> {
  const label = `${labelKeys.podNamespace}=default`;
  const deaths = engine.deathTimes([label, `${labelKeys.kind}=app`], labelKeys.podName, count);
  const ends = watchEnds(subject);
  await Promise.all([deaths.ready, ends.ready]);
  await createPods(subject);
  const [seen, died] = await Promise.all([ends.all, deaths.times]);
  await subject.deletePods(app);
  return [...died].map(([name, diedAtMs]) => (seen.get(name) ?? Number.POSITIVE_INFINITY) - diedAtMs);
}

/** Containers that end at once: until a watch shows it, from the engine's own time of it. That none is missed ends the run. */
export const shortLivedContainers: Workload = {
  id: "B16",
  title: `${perSecond} containers a second that end at once, for ${seconds} s`,
  needsSwarm: false,
  async run({ subject, engine }) {
    const samples = await lags(subject, engine);
    return [{ name: "B16 p99", unit: "ms", peer: "aim", ours: [quantile(samples, 0.99)], peers: [aimMs], aim: 1.0 }];
  },
};
