import { expect } from "chai";
import { deploymentKind } from "../../src/api/kinds/deployment/kind.js";
import { kinds } from "../../src/api/kinds/index.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import { namespaceKind } from "../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../src/api/kinds/replicaset/kind.js";
import { keyOf } from "../../src/api/object.js";
import { createLog } from "../../src/base/log.js";
import { runControllers } from "../../src/controllers/manager.js";
import { startCluster, type TestCluster } from "../../src/testing/index.js";
import { deployment, namespace, replicaSet } from "../builders/index.js";
import { deleteAPod } from "./delete-a-pod.js";
import { type Bounds, PodBounds } from "./pod-bounds.js";
import { factor, pick, seed, seededRandom } from "./seed.js";
import { Wire } from "./wire.js";

const watches = (...frozen: readonly unknown[]): readonly Kind[] => frozen as readonly Kind[];
/** Which caches stand still: all, as when the process lost its connection, or one before the others, as can always be. */
const freezes: readonly { readonly what: string; readonly kinds: readonly Kind[] }[] = [
  { what: "all caches", kinds },
  { what: "the cache of pods", kinds: watches(podKind) },
  { what: "the cache of ReplicaSets", kinds: watches(replicaSetKind) },
  { what: "the cache of Deployments", kinds: watches(deploymentKind) },
  { what: "the caches of pods and ReplicaSets", kinds: watches(podKind, replicaSetKind) },
];

describe("F14: informers that stand still for 30 s while controllers run", function () {
  this.timeout(60_000 * factor);
  const wire = new Wire();
  const running = new AbortController();
  let cluster: TestCluster;
  let ended: Promise<void>;
  let bounds: PodBounds;
  let namespaces = 0;
  let at: string;

  before(async () => {
    cluster = await startCluster({ nodes: 2, controllers: [] });
    const client = wire.wrap(cluster.connect("controllers"));
    ended = runControllers({ client, clock: cluster.clock, log: createLog("test", "silent") }, running.signal);
  });
  after(async () => {
    running.abort();
    await ended;
    await cluster.stop();
  });
  beforeEach(async () => {
    at = `f14-${++namespaces}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: at, resourceVersion: "", uid: "" }));
    bounds = new PodBounds(cluster.connect("test"), at, cluster.clock);
  });
  afterEach(async () => {
    wire.speak();
    await bounds.stop();
  });

  /** Time for the controllers to do what they are not kept from: as many calls as theirs would take. */
  async function meanwhile(): Promise<void> {
    for (let call = 0; call < 20; call += 1) await cluster.client.of(podKind).list({ namespace: at });
    cluster.clock.advance(5_000);
    for (let call = 0; call < 20; call += 1) await cluster.client.of(podKind).list({ namespace: at });
  }

  const deleteOne = (random: () => number): Promise<void> => deleteAPod(cluster.client, at, random, (pod) => bounds.willDelete(pod));

  /** What came to pass is in the bounds' view, and none of it was out of bounds. */
  async function expectBounds(): Promise<void> {
    const { items } = await cluster.client.of(podKind).list({ namespace: at });
    const last = await cluster.client.of(podKind).patch(
      keyOf(
        pick(
          items.filter(({ metadata }) => metadata.deletionTimestamp === undefined),
          () => 0,
        ),
      ),
      "merge",
      { metadata: { annotations: { last: "yes" } } },
    );
    await bounds.reached(last.metadata.resourceVersion);
    expect(bounds.violations, `HOWBERNETES_SEED=${seed}`).to.deep.equal([]);
  }

  for (const { what, kinds: frozen } of freezes) {
    it(`does not make a Deployment surge beyond its bounds when ${what} stood still`, async () => {
      const random = seededRandom(seed);
      const key = { namespace: at, name: "web" };
      const deployments = cluster.client.of(deploymentKind);
      const [maxSurge, maxUnavailable] = [2, 1];
      const allow = (replicas: number): void => bounds.allow({ maxTotal: replicas + maxSurge, minAvailable: replicas - maxUnavailable });
      const scale = async (replicas: number): Promise<void> => {
        allow(replicas);
        await deployments.patch(key, "merge", { spec: { replicas } });
      };
      const roll = (image: string) =>
        deployments.patch(key, "json", [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: image }]);

      allow(6);
      await deployments.create(deployment({ namespace: at, replicas: 6, maxSurge, maxUnavailable, resourceVersion: "", uid: "" }));
      await cluster.until(deploymentKind, key, ({ status }) => status.availableReplicas === 6, { what: "6 available pods" });

      wire.silence(frozen);
      for (const change of [
        () => roll("two"),
        () => deleteOne(random),
        () => scale(4),
        () => roll("three"),
        () => deleteOne(random),
        () => scale(6),
      ]) {
        await change();
        await meanwhile();
      }
      wire.speak();
      await cluster.until(
        deploymentKind,
        key,
        ({ metadata, status }) =>
          status.observedGeneration === metadata.generation &&
          [status.replicas, status.updatedReplicas, status.availableReplicas].every((count) => count === 6),
        { what: "6 available pods of the last template" },
      );

      await expectBounds();
    });

    it(`does not make a ReplicaSet's pods twice when ${what} stood still`, async () => {
      const random = seededRandom(seed);
      const key = { namespace: at, name: "set" };
      const exactly = (replicas: number): Bounds => ({ maxTotal: replicas, minAvailable: replicas });
      const scale = async (replicas: number): Promise<void> => {
        bounds.allow(exactly(replicas));
        await cluster.client.of(replicaSetKind).patch(key, "merge", { spec: { replicas } });
      };
      bounds.allow(exactly(8));
      await cluster.client.of(replicaSetKind).create(replicaSet({ ...key, replicas: 8, resourceVersion: "", uid: "" }));
      await cluster.until(replicaSetKind, key, ({ status }) => status.availableReplicas === 8, { what: "8 available pods" });

      wire.silence(frozen);
      for (const change of [
        () => scale(4),
        () => scale(10),
        () => deleteOne(random),
        () => scale(3),
        () => deleteOne(random),
        () => scale(9),
      ]) {
        await change();
        await meanwhile();
      }
      wire.speak();
      await cluster.until(
        replicaSetKind,
        key,
        ({ metadata, status }) =>
          status.observedGeneration === metadata.generation && status.replicas === 9 && status.availableReplicas === 9,
        { what: "9 available pods" },
      );

      await expectBounds();
    });
  }
});
