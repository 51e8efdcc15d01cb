import { makeWhole } from "../../src/api/codec/whole.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../src/api/kinds/replicaset/kind.js";
import { startCluster } from "../../src/testing/start-cluster.js";
import type { TestCluster } from "../../src/testing/test-cluster.js";
import { alternate, timed } from "../harness/measurement.js";
import { metricValue } from "../harness/metric-value.js";
import type { ServerWorkload } from "./workload.js";

const [many, few] = [5_000, 500];
/** Of 110 pods each. */
const nodes = 50;
const rounds = 3;
/** Longer than any of it takes: a guard against hanging. */
const timeoutMs = 600_000;

/** What one ReplicaSet's life cost: milliseconds a pod, and the longest queue of any controller. */
interface Life {
  readonly create: number;
  readonly shrink: number;
  readonly remove: number;
  readonly reconcile: number;
  readonly depth: number;
}

/** A ReplicaSet of 5,000 on hollow nodes, made, scaled to a fifth and deleted, against one of 500: what a pod costs must not grow. */
export const largeReplicaSet: ServerWorkload = {
  id: "S2",
  title: `a ReplicaSet of ${many} on ${nodes} hollow nodes`,
  async run() {
    const cluster = await startCluster({ nodes });
    try {
      const samples = await alternate(
        rounds,
        () => live(cluster, many),
        () => live(cluster, few),
      );
      const row = (name: string, key: keyof Life, unit: "ms" | "keys", aim?: number) => ({
        name: `S2 ${name}`,
        unit,
        peer: `of ${few}`,
        ours: samples.ours.map((sample) => sample[key]),
        peers: samples.theirs.map((sample) => sample[key]),
        ...(aim === undefined ? {} : { aim }),
      });
      return [
        row("create, a pod", "create", "ms", 1),
        row("scale to a fifth, a pod", "shrink", "ms", 1),
        row("delete, a pod", "remove", "ms", 1),
        row("reconcile time, a pod", "reconcile", "ms", 1),
        row("longest queue", "depth", "keys"),
      ];
    } finally {
      await cluster.stop();
    }
  },
};

async function live(cluster: TestCluster, size: number): Promise<Life> {
  const key = { namespace: "default", name: `s2-${size}` };
  const reconciled = (): Promise<number> =>
    metricValue(cluster, 'howbernetes_reconcile_duration_seconds_sum{controller="replicaset"', (values) => sum(values) * 1000);
  const before = await reconciled();
  const queues = watchQueues(cluster);
  const labels = { app: key.name };
  const template = { metadata: { labels }, spec: { containers: [{ name: "main", image: "hollow" }], terminationGracePeriodSeconds: 1 } };
  const replicaSets = cluster.client.of(replicaSetKind);

  const reached = (count: number): Promise<unknown> =>
    cluster.until(replicaSetKind, key, ({ status }) => status.readyReplicas === count && status.replicas === count, { timeoutMs });
  const create = await timed(async () => {
    await replicaSets.create(
      makeWhole(replicaSetKind, { metadata: key, spec: { replicas: size, selector: { matchLabels: labels }, template } }),
    );
    await reached(size);
  });
  const kept = size / 5;
  const present = (count: number): Promise<unknown> =>
    cluster.untilAll(podKind, key.namespace, (pods) => pods.length === count, { timeoutMs });
  const shrink = await timed(async () => {
    await replicaSets.patch(key, "merge", { spec: { replicas: kept } });
    await present(kept);
  });
  const remove = await timed(async () => {
    await replicaSets.delete(key);
    await present(0);
  });
  const depth = await queues.stop();
  const gone = size - kept;
  return { create: create / size, shrink: shrink / gone, remove: remove / kept, reconcile: ((await reconciled()) - before) / size, depth };
}

/** Looks at the controllers' queues ten times a second. `stop` gives the longest that was seen. */
function watchQueues(cluster: TestCluster): { readonly stop: () => Promise<number> } {
  const stopping = new AbortController();
  let longest = 0;
  const look = async (): Promise<void> => {
    longest = Math.max(longest, await metricValue(cluster, "howbernetes_workqueue_depth{", (values) => Math.max(0, ...values)));
  };
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await watching;
      return longest;
    },
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
