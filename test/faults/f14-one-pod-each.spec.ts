import { expect } from "chai";
import { daemonSetKind } from "../../src/api/kinds/daemonset/kind.js";
import { kinds } from "../../src/api/kinds/index.js";
import { jobKind } from "../../src/api/kinds/job/kind.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import { namespaceKind } from "../../src/api/kinds/namespace/kind.js";
import { nodeKind } from "../../src/api/kinds/node/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { statefulSetKind } from "../../src/api/kinds/statefulset/kind.js";
import type { Whole } from "../../src/api/object.js";
import { createLog } from "../../src/base/log.js";
import { runControllers } from "../../src/controllers/manager.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../src/testing/index.js";
import { daemonSet, job, namespace, statefulSet } from "../builders/index.js";
import { deleteAPod } from "./delete-a-pod.js";
import { PodSlots } from "./pod-slots.js";
import { seed, seededRandom } from "./seed.js";
import { Wire } from "./wire.js";

const anyKinds = (...frozen: readonly unknown[]): readonly Kind[] => frozen as readonly Kind[];
const freezes: readonly { readonly what: string; readonly kinds: readonly Kind[] }[] = [
  { what: "all caches", kinds },
  { what: "the cache of pods", kinds: anyKinds(podKind) },
  { what: "all caches but that of pods", kinds: kinds.filter(({ typeName }) => typeName !== podKind.typeName) },
];

describe("F14: informers that stand still for 30 s while controllers run that keep one pod of each kind", function () {
  this.timeout(60_000);
  const wire = new Wire();
  const running = new AbortController();
  let cluster: TestCluster;
  let ended: Promise<void>;
  let slots: PodSlots;
  /** Containers that start from now on end well at once. */
  let endsAtOnce: boolean;
  let namespaces = 0;
  let at: string;

  before(async () => {
    const behaviour = () => (endsAtOnce ? { exit: { afterMs: 0, code: 0 } } : {});
    cluster = await startCluster({ nodes: 3, controllers: [], behaviour });
    const client = wire.wrap(cluster.connect("controllers"));
    ended = runControllers({ client, clock: cluster.clock, log: createLog("test", "silent") }, running.signal);
  });
  after(async () => {
    running.abort();
    await ended;
    await cluster.stop();
  });
  beforeEach(async () => {
    endsAtOnce = false;
    at = `each-${++namespaces}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: at, resourceVersion: "", uid: "" }));
  });
  afterEach(async () => {
    wire.speak();
    await slots.stop();
  });

  const watchSlots = (slotOf: (pod: Whole<Pod>) => string | undefined): void => {
    slots = new PodSlots(cluster.connect("test"), at, cluster.clock, slotOf);
  };

  async function meanwhile(): Promise<void> {
    for (let call = 0; call < 20; call += 1) await cluster.client.of(podKind).list({ namespace: at });
    cluster.clock.advance(5_000);
    for (let call = 0; call < 20; call += 1) await cluster.client.of(podKind).list({ namespace: at });
  }

  /** Makes changes of which the controllers see nothing, or half; then lets them see all. */
  async function unseen(frozen: readonly Kind[], changes: readonly (() => Promise<unknown>)[]): Promise<void> {
    wire.silence(frozen);
    for (const change of changes) {
      await change();
      await meanwhile();
    }
    wire.speak();
  }

  const deleteOne = (random: () => number): Promise<void> => deleteAPod(cluster.client, at, random);

  /** Ends a running container, as by itself. */
  async function end(exitCode: number, pods?: readonly Whole<Pod>[]): Promise<void> {
    const { items } = pods === undefined ? await cluster.client.of(podKind).list({ namespace: at }) : { items: pods };
    const pod = items.find(({ status }) => status.phase === "Running");
    const node = cluster.nodes.find(({ name }) => name === pod?.spec.nodeName);
    const id = pod?.status.containerStatuses[0]?.containerID?.replace(/^.*:\/\//, "") ?? "";
    if ((await node?.runtime.inspect(id, running.signal)) !== undefined) node?.runtime.crash(id, exitCode);
  }

  const expectNoDoubles = (): Chai.Assertion => expect(slots.doubles, `HOWBERNETES_SEED=${seed}`).to.deep.equal([]);

  for (const { what, kinds: frozen } of freezes) {
    it(`does not make two pods of a Job's index when ${what} stood still`, async () => {
      const random = seededRandom(seed);
      const key = { namespace: at, name: "work" };
      const jobs = cluster.client.of(jobKind);
      watchSlots(({ metadata }) => metadata.annotations["batch.kubernetes.io/job-completion-index"]);
      const { spec } = job({ ...key, completions: 12, parallelism: 4, spec: { completionMode: "Indexed", backoffLimit: 20 } });
      const unborn = { ...spec, selector: undefined, template: { ...spec.template, metadata: undefined } };
      await jobs.create(jobKind.message.fromPartial({ metadata: key, spec: unborn }));
      await cluster.until(jobKind, key, ({ status }) => status.ready === 4, { what: "four at work" });

      const parallel = (parallelism: number) => jobs.patch(key, "merge", { spec: { parallelism } });
      await unseen(frozen, [
        () => end(0),
        () => parallel(6),
        () => end(1),
        () => deleteOne(random),
        () => parallel(2),
        () => end(0),
        () => parallel(5),
      ]);
      endsAtOnce = true;
      slots.whenRunning((pod) => void end(0, [pod]));
      const { status } = await cluster.until(jobKind, key, (object) => object.status.completionTime !== undefined, {
        what: "all indexes done",
      });

      expect([status.succeeded, status.completedIndexes]).to.deep.equal([12, "0-11"]);
      expectNoDoubles();
    });

    it(`does not make two pods of a DaemonSet on a node when ${what} stood still`, async () => {
      const random = seededRandom(seed);
      const key = { namespace: at, name: "agent" };
      const daemonSets = cluster.client.of(daemonSetKind);
      watchSlots(({ spec }) => {
        const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
        return terms[0]?.matchFields[0]?.values[0];
      });
      const label = (node: string, labels: object) =>
        cluster.client.of(nodeKind).patch({ namespace: "", name: node }, "merge", { metadata: { labels } });
      for (const [node, agent] of [
        ["node-1", "yes"],
        ["node-2", "yes"],
        ["node-3", null],
      ] as const)
        await label(node, { agent });
      const template = { nodeSelector: { agent: "yes" } };
      await daemonSets.create(daemonSet({ ...key, template, resourceVersion: "", uid: "" }));
      const isComplete = (nodes: number) =>
        cluster.until(
          daemonSetKind,
          key,
          ({ metadata, status }) =>
            status.observedGeneration === metadata.generation &&
            [status.desiredNumberScheduled, status.updatedNumberScheduled, status.numberAvailable].every((count) => count === nodes),
          { what: `an available and updated pod on each of ${nodes} nodes` },
        );
      await isComplete(2);

      const image = (name: string) => [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: name }];
      await unseen(frozen, [
        () => deleteOne(random),
        () => label("node-3", { agent: "yes" }),
        () => label("node-1", { look: "again" }),
        () => daemonSets.patch(key, "json", image("two")),
        () => deleteOne(random),
        () => label("node-2", { look: "again" }),
      ]);
      await isComplete(3);

      expectNoDoubles();
    });

    it(`does not make more pods of a StatefulSet than it has ordinals when ${what} stood still`, async () => {
      const random = seededRandom(seed);
      const key = { namespace: at, name: "db" };
      const statefulSets = cluster.client.of(statefulSetKind);
      // A name is taken once at most: what could go wrong is an ordinal that there is not.
      watchSlots(({ metadata }) => (/^db-[0-4]$/.test(metadata.name) ? metadata.name : "none"));
      await statefulSets.create(statefulSet({ ...key, replicas: 3, resourceVersion: "", uid: "" }));
      const isComplete = (replicas: number) =>
        cluster.until(
          statefulSetKind,
          key,
          ({ metadata, status }) =>
            status.observedGeneration === metadata.generation &&
            [status.replicas, status.updatedReplicas, status.availableReplicas].every((count) => count === replicas),
          { what: `${replicas} available and updated replicas` },
        );
      await isComplete(3);

      const scale = (replicas: number) => statefulSets.patch(key, "merge", { spec: { replicas } });
      const roll = (image: string) =>
        statefulSets.patch(key, "strategic", { spec: { template: { spec: { containers: [{ name: "main", image }] } } } });
      await unseen(frozen, [
        () => scale(5),
        () => deleteOne(random),
        () => roll("two"),
        () => scale(1),
        () => deleteOne(random),
        () => scale(4),
      ]);
      await isComplete(4);

      expectNoDoubles();
      const { items } = await cluster.client.of(podKind).list({ namespace: at });
      expect(items.map(({ metadata }) => metadata.name)).to.deep.equal(["db-0", "db-1", "db-2", "db-3"]);
    });
  }
});
