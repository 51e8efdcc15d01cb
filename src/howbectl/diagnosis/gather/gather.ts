import { cronJobKind } from "../../../api/kinds/cronjob/kind.js";
import { daemonSetKind } from "../../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import { eventKind } from "../../../api/kinds/event/kind.js";
import { kinds } from "../../../api/kinds/index.js";
import { jobKind } from "../../../api/kinds/job/kind.js";
import type { Kind } from "../../../api/kinds/kind.js";
import { limitRangeKind } from "../../../api/kinds/limitrange/kind.js";
import { namespaceKind } from "../../../api/kinds/namespace/kind.js";
import { nodeKind } from "../../../api/kinds/node/kind.js";
import { podKind } from "../../../api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../../api/kinds/poddisruptionbudget/kind.js";
import { replicaSetKind } from "../../../api/kinds/replicaset/kind.js";
import { resourceQuotaKind } from "../../../api/kinds/resourcequota/kind.js";
import { statefulSetKind } from "../../../api/kinds/statefulset/kind.js";
import type { Whole } from "../../../api/object.js";
import { formatLabelSelector } from "../../../api/selectors/label-selector.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { PodDisruptionBudget } from "../../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import type { KindObject } from "../../printers/object-format.js";
import { eventsInOrder } from "../../resources/events-in-order.js";
import type { ObjectFacts } from "../facts.js";
import { podState } from "../pod-state.js";
import { gatherPod } from "./gather-pod.js";
import { controlledBy, controllersOf, eventsAbout, type ReadDeps, readAll } from "./readings.js";

/** Of how many pods at most all is read: one of each state that there is. */
const maxExamined = 5;

/** What a kind controls between itself and its pods. */
const intermediate: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  [deploymentKind.typeName, replicaSetKind as unknown as Kind],
  [cronJobKind.typeName, jobKind as unknown as Kind],
]);

const podOwners: ReadonlySet<string> = new Set(
  [deploymentKind, replicaSetKind, statefulSetKind, daemonSetKind, jobKind, cronJobKind].map(({ typeName }) => typeName),
);

/** Reads all that says why an object is as it is. Changes nothing. */
export async function gather(subject: KindObject, deps: ReadDeps): Promise<ObjectFacts> {
  const controlled = await controlledObjectsOf(subject, deps);
  const [events, pods, allowances, nodes, related] = await Promise.all([
    eventsOf(subject, controlled, deps),
    podsOf(subject, controlled, deps),
    allowancesOf(subject, deps),
    subject.kind.typeName === daemonSetKind.typeName ? readAll(nodeKind, {}, deps) : [],
    relatedTo(subject, deps),
  ]);
  const examined = await Promise.all(worthExamining(subject, pods).map((pod) => gatherPod(pod, deps)));
  return { subject, events, controlled, pods, examined, allowances, nodes, related };
}

async function controlledObjectsOf({ kind, object }: KindObject, deps: ReadDeps): Promise<readonly KindObject[]> {
  const between = intermediate.get(kind.typeName);
  if (between === undefined) return [];
  return (await controlledBy(object, between, deps)).map((each) => ({ kind: between, object: each }));
}

async function eventsOf(subject: KindObject, controlled: readonly KindObject[], deps: ReadDeps): Promise<ObjectFacts["events"]> {
  const told = await Promise.all([subject, ...controlled].map((item) => eventsAbout(item, deps)));
  return eventsInOrder(told.flat());
}

async function podsOf({ kind, object }: KindObject, controlled: readonly KindObject[], deps: ReadDeps): Promise<readonly Whole<Pod>[]> {
  const { namespace, name } = object.metadata;
  if (kind.typeName === podKind.typeName) return [object as unknown as Whole<Pod>];
  if (kind.typeName === nodeKind.typeName) return await readAll(podKind, { fieldSelector: `spec.nodeName=${name}` }, deps);
  if (kind.typeName === namespaceKind.typeName) return await readAll(podKind, { namespace: name }, deps);
  if (kind.typeName === podDisruptionBudgetKind.typeName) {
    const { selector } = (object as unknown as Whole<PodDisruptionBudget>).spec;
    return selector === undefined ? [] : await readAll(podKind, { namespace, labelSelector: formatLabelSelector(selector) }, deps);
  }
  if (!podOwners.has(kind.typeName)) return [];
  const owners = new Set(
    (intermediate.has(kind.typeName) ? controlled.map((each) => each.object) : [object]).map(({ metadata }) => metadata.uid),
  );
  const all = await readAll(podKind, { namespace }, deps);
  return all.filter(({ metadata }) => metadata.ownerReferences.some(({ controller, uid }) => controller === true && owners.has(uid ?? "")));
}

/** The pod itself; of many one of each state, without those that are well. */
function worthExamining({ kind }: KindObject, pods: readonly Whole<Pod>[]): readonly Whole<Pod>[] {
  if (kind.typeName === podKind.typeName) return pods;
  if (kind.typeName === nodeKind.typeName || kind.typeName === namespaceKind.typeName) return [];
  const states = new Map<string, Whole<Pod>>();
  for (const pod of pods) {
    const state = podState(pod);
    if (state !== undefined && !states.has(state)) states.set(state, pod);
  }
  return [...states.values()].slice(0, maxExamined);
}

async function allowancesOf({ kind, object }: KindObject, deps: ReadDeps): Promise<ObjectFacts["allowances"]> {
  const isNamespace = kind.typeName === namespaceKind.typeName;
  if (!isNamespace && !podOwners.has(kind.typeName)) return { quotas: [], ranges: [] };
  const namespace = isNamespace ? object.metadata.name : object.metadata.namespace;
  const [quotas, ranges] = await Promise.all([
    readAll(resourceQuotaKind, { namespace }, deps),
    readAll(limitRangeKind, { namespace }, deps),
  ]);
  return { quotas, ranges };
}

/** What controls the object; or, of a namespace that is to go, what is left in it. */
async function relatedTo({ kind, object }: KindObject, deps: ReadDeps): Promise<readonly KindObject[]> {
  if (kind.typeName !== namespaceKind.typeName) return await controllersOf(object, deps);
  if (object.metadata.deletionTimestamp === undefined) return [];
  const inside = kinds.filter((each) => each.namespaced && each.typeName !== eventKind.typeName);
  const lists = inside.map(async (each) =>
    (await readAll(each, { namespace: object.metadata.name }, deps)).map((found) => ({ kind: each, object: found })),
  );
  return (await Promise.all(lists)).flat();
}
