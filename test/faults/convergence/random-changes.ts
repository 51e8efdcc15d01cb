import { isNotFound } from "../../../src/api/errors.js";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../../src/api/kinds/replicaset/kind.js";
import { keyOf, type Whole } from "../../../src/api/object.js";
import type { Node } from "../../../src/gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import type { TestCluster, TestNode } from "../../../src/testing/index.js";
import type { PodBounds } from "../pod-bounds.js";
import { pick } from "../seed.js";
import type { Wire } from "../wire.js";
import type { WorkloadSubject } from "./workload-subject.js";

/** What changes are made to. */
export interface Scene {
  readonly cluster: TestCluster;
  readonly namespace: string;
  /** The controllers'. */
  readonly wire: Wire;
  readonly bounds: PodBounds;
  readonly subject: WorkloadSubject;
  readonly random: () => number;
  /** What was done, for a failure's message. */
  readonly log: string[];
}

const maxReplicas = 8;
const fewestNodes = 2;
// Longer than a node's broken stream is waited for.
const breakMs = 6_000;
// Longer than any container is held back, and than pods stay on a node that is lost.
const longMs = 310_000;

const caches = [podKind, replicaSetKind, deploymentKind, nodeKind] as readonly unknown[] as readonly Kind[];

type Change = (scene: Scene) => Promise<string>;

const changes: Readonly<Record<string, Change>> = {
  scale: async ({ subject, random }) => {
    const replicas = Math.floor(random() * (maxReplicas + 1));
    await subject.want({ replicas });
    return String(replicas);
  },
  roll: async ({ subject, random }) => {
    const image = `v${1 + Math.floor(random() * 5)}`;
    await subject.want({ image });
    return image;
  },
  setStrategy: async ({ subject, random }) => {
    const maxSurge = Math.floor(random() * 3);
    const maxUnavailable = maxSurge === 0 ? 1 : Math.floor(random() * 3);
    await subject.want({ maxSurge, maxUnavailable });
    return `surge ${maxSurge}, unavailable ${maxUnavailable}`;
  },
  pauseOrResume: async ({ subject }) => {
    const isPaused = !subject.wanted.isPaused;
    await subject.want({ isPaused });
    return isPaused ? "paused" : "resumed";
  },
  crash: async (scene) => {
    const pod = await anyPod(scene, ({ status }) => status.phase === "Running");
    const node = scene.cluster.nodes.find(({ name }) => name === pod?.spec.nodeName);
    const id = pod?.status.containerStatuses[0]?.containerID?.replace(/^.*:\/\//, "");
    if (node === undefined || id === undefined || !(await runs(node, id))) return "nothing";
    node.runtime.crash(id, 1);
    return pod?.metadata.name ?? "";
  },
  deletePod: async (scene) => {
    const pod = await anyPod(scene, ({ metadata }) => metadata.deletionTimestamp === undefined);
    if (pod === undefined) return "nothing";
    scene.bounds.willDelete(pod);
    const preconditions = { uid: pod.metadata.uid, resourceVersion: undefined };
    await orGone(scene.cluster.client.of(podKind).delete(keyOf(pod), { options: { preconditions } }));
    return pod.metadata.name;
  },
  deleteReplicaSet: async ({ cluster, namespace, bounds, random }) => {
    const { items } = await cluster.client.of(replicaSetKind).list({ namespace });
    const owned = items.filter(({ metadata }) => metadata.ownerReferences.length > 0);
    if (owned.length === 0) return "nothing";
    const replicaSet = pick(owned, random);
    bounds.willAbandon(replicaSet.metadata.uid);
    await orGone(cluster.client.of(replicaSetKind).delete(keyOf(replicaSet)));
    return replicaSet.metadata.name;
  },
  loseNode: async ({ cluster, namespace, bounds, random }) => {
    if (cluster.nodes.length <= fewestNodes) return "nothing";
    const node = pick(cluster.nodes, random);
    await node.stop();
    const { items } = await cluster.client.of(podKind).list({ namespace, fieldSelector: `spec.nodeName=${node.name}` });
    // They may be evicted before they are said not to be ready.
    for (const pod of items) bounds.willDelete(pod);
    cluster.clock.advance(breakMs);
    return node.name;
  },
  returnNodes: async ({ cluster }) => (await returnNodes(cluster)).join(" "),
  silence: async ({ wire, random }) => {
    const silenced = caches.filter(() => random() < 0.4);
    wire.silence(silenced);
    return silenced.map(({ kind }) => kind).join(" ");
  },
  speak: async ({ wire }) => {
    wire.speak();
    return "";
  },
  wait: async ({ cluster, random }) => {
    const seconds = Math.floor(random() * 60);
    cluster.clock.advance(seconds * 1_000);
    return `${seconds} s`;
  },
  waitLong: async ({ cluster }) => {
    cluster.clock.advance(longMs);
    return "";
  },
};

const views = ["silence", "speak", "wait", "waitLong"];
const wishes = ["roll", "pauseOrResume"];
const harms = ["crash", "deletePod", "deleteReplicaSet", "loseNode", "returnNodes"];
const sizes = ["scale", "setStrategy"];

/**
 * What happens in a sequence of changes. The fewer kinds of them, the narrower the bounds: with a size that stays, no pod
 * more than that size allows; without harm, no pod fewer.
 */
export const moods: readonly (readonly string[])[] = [
  [...wishes, ...wishes, ...views],
  [...wishes, ...harms, ...views],
  [...sizes, ...wishes, ...views],
  Object.keys(changes),
];

/** Makes one change of a mood, and leaves the controllers some time, or none, to act on it. */
export async function changeSomething(scene: Scene, mood: readonly string[]): Promise<void> {
  const name = pick(mood, scene.random);
  const detail = await changes[name]?.(scene);
  const calls = pick([0, 0, 2, 10, 30], scene.random);
  scene.log.push(`${name} ${detail}, then ${calls} calls`);
  for (let call = 0; call < calls; call += 1) await scene.cluster.client.of(podKind).list({ namespace: scene.namespace });
}

/** Gives the workload another size and strategy, and waits until it is as wanted. */
export async function resize(scene: Scene): Promise<void> {
  for (const name of sizes) scene.log.push(`${name} ${await changes[name]?.(scene)}`);
  await converge(scene);
}

/** Takes back what keeps a workload from being as wanted, and waits until it is. */
export async function converge({ cluster, wire, subject, bounds, namespace, log }: Scene): Promise<void> {
  log.push("converge");
  wire.speak();
  await subject.want({ isPaused: false });
  await returnNodes(cluster);
  await cluster.untilAll(nodeKind, "", (nodes) => nodes.every(isUntainted), { what: "nodes without taints" });
  cluster.clock.advance(longMs);
  await subject.converged();
  await bounds.reached(await lastRevision(cluster, namespace));
  bounds.settled();
}

async function runs({ runtime }: TestNode, id: string): Promise<boolean> {
  return (await runtime.inspect(id, new AbortController().signal)) !== undefined;
}

async function anyPod({ cluster, namespace, random }: Scene, wanted: (pod: Whole<Pod>) => boolean): Promise<Whole<Pod> | undefined> {
  const { items } = await cluster.client.of(podKind).list({ namespace });
  const pods = items.filter(wanted);
  return pods.length === 0 ? undefined : pick(pods, random);
}

async function returnNodes(cluster: TestCluster): Promise<readonly string[]> {
  const { items } = await cluster.client.of(nodeKind).list();
  const lost = items.map(({ metadata }) => metadata.name).filter((name) => cluster.nodes.every((node) => node.name !== name));
  for (const name of lost) await cluster.addNode(name);
  return lost;
}

const isUntainted = ({ spec }: Whole<Node>): boolean => spec.taints.length === 0;

/** The revision of a pod that nobody else cares for: what came before it has been seen when it has. */
async function lastRevision(cluster: TestCluster, namespace: string): Promise<string> {
  const metadata = { name: "marker", namespace };
  const spec = { containers: [{ name: "main", image: "marker" }], nodeSelector: { "example.com/no": "such" } };
  const pods = cluster.client.of(podKind);
  const made = await pods.create(podKind.message.fromPartial({ metadata, spec }));
  await pods.delete(keyOf(made));
  return made.metadata.resourceVersion;
}

async function orGone(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error: unknown) {
    if (!isNotFound(error)) throw error;
  }
}
