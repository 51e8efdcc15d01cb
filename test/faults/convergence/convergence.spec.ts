import { expect } from "chai";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { createLog } from "../../../src/base/log.js";
import { runControllers } from "../../../src/controllers/manager.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { namespace } from "../../builders/index.js";
import { PodBounds } from "../pod-bounds.js";
import { factor, seed, seededRandom } from "../seed.js";
import { Wire } from "../wire.js";
import { changeSomething, converge, moods, resize, type Scene } from "./random-changes.js";
import { deploymentSubject, replicaSetSubject, type WorkloadSubject } from "./workload-subject.js";

const sequences = 6 * factor;
const changesEach = 12;

const subjects = { Deployment: deploymentSubject, ReplicaSet: replicaSetSubject };

describe("convergence: a workload under random changes", function () {
  this.timeout(120_000 * factor);
  const wire = new Wire();
  const running = new AbortController();
  let cluster: TestCluster;
  let ended: Promise<void>;

  before(async () => {
    cluster = await startCluster({ nodes: 3, controllers: [] });
    const client = wire.wrap(cluster.connect("controllers"));
    ended = runControllers({ client, clock: cluster.clock, log: createLog("test", "silent") }, running.signal);
  });
  after(async () => {
    wire.speak();
    running.abort();
    await ended;
    await cluster.stop();
  });

  for (const [kind, createSubject] of Object.entries(subjects)) {
    it(`brings a ${kind} to what was wanted last, never out of bounds on the way`, async () => {
      const log: string[] = [];
      const at = `random-${kind.toLowerCase()}`;
      await cluster.client.of(namespaceKind).create(namespace({ name: at, resourceVersion: "", uid: "" }));
      const bounds = new PodBounds(cluster.connect("test"), at, cluster.clock);
      const subject: WorkloadSubject = createSubject({ cluster, namespace: at, bounds });
      const scene: Scene = { cluster, namespace: at, wire, bounds, subject, random: seededRandom(seed), log };
      try {
        await subject.create();
        await converge(scene);
        for (let sequence = 1; sequence <= sequences; sequence += 1) {
          const mood = moods[sequence % moods.length] ?? [];
          await resize(scene);
          for (let change = 1; change <= changesEach; change += 1) await changeSomething(scene, mood);
          await converge(scene);
          expect(bounds.violations.join()).to.equal("");
        }
      } catch (cause: unknown) {
        // What was before has been looked at when it had settled.
        const since = log.slice(-2 * changesEach);
        throw new Error(`HOWBERNETES_SEED=${seed}, after\n  ${since.join("\n  ")}\n${await podsOf(cluster, at)}`, { cause });
      } finally {
        await bounds.stop();
      }
    });
  }
});

async function podsOf({ client }: TestCluster, at: string): Promise<string> {
  const { items } = await client.of(podKind).list({ namespace: at });
  const lines = items.map(({ metadata, spec, status }) => {
    const ready = status.conditions.find(({ type }) => type === "Ready");
    const container = JSON.stringify(status.containerStatuses[0]?.state);
    const going = metadata.deletionTimestamp === undefined ? "" : " going";
    return `  ${metadata.name} on ${spec.nodeName}: ${status.phase}, ready ${ready?.status} ${ready?.reason}${going} ${container}`;
  });
  return ["pods:", ...lines].join("\n");
}
