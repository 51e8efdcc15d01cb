import { controllerOf } from "../../api/owner-reference.js";
import { compileAdmission, type NodeTest } from "../../api/scheduling/node-selection.js";
import { repellingEffects, untoleratedTaint } from "../../api/scheduling/toleration.js";
import { compileLabelSelector, formatLabelSelector } from "../../api/selectors/label-selector.js";
import { TopologySpreadConstraint } from "../../gen/howbernetes/core/v1/scheduling.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { landmarkOf } from "../topology/landmark.js";
import { podClassOf } from "../topology/pod-class.js";
import { controllerMark, type PodQuestion } from "../topology/pod-counts.js";

/** How pods are spread that do not say so themselves: Kubernetes' PodTopologySpreadArgs. */
export interface PodTopologySpreadArgs {
  /** "System": evenly over nodes and zones, if it can be; "List": by `defaultConstraints`. */
  readonly defaultingType: "System" | "List";
  /** Without selectors: the pods of one controller are spread. */
  readonly defaultConstraints: readonly TopologySpreadConstraint[];
}

/** A constraint, made ready for one pod. */
export interface SpreadConstraint {
  /** Its place in the pod's list; undefined of a default one. */
  readonly index: number | undefined;
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  /** Which pods are spread. */
  readonly question: PodQuestion;
  /** How people read which pods they are, after "pods": " with app=web". */
  readonly meaning: string;
  /** Whether the pod is one of those itself: 1 or 0. */
  readonly self: number;
  /** Which nodes count, beside those that have the label; undefined for all. Equal keys are equal tests. */
  readonly inclusion: { readonly key: string; readonly test: NodeTest } | undefined;
}

/** All constraints of a pod. */
export interface SpreadConstraints {
  /** Those that must hold. */
  readonly hard: readonly SpreadConstraint[];
  /** Those that should. */
  readonly soft: readonly SpreadConstraint[];
  /** Whether nodes that lack one of the soft ones' labels are the worst: not so by the system's own defaults. */
  readonly needsAllLabels: boolean;
}

const hostname = "kubernetes.io/hostname";

/** Of a label of nodes, whether it is unlike for each node. */
export const isHostname = (topologyKey: string): boolean => topologyKey === hostname;

const systemConstraints: readonly TopologySpreadConstraint[] = [
  { topologyKey: hostname, maxSkew: 3 },
  { topologyKey: "topology.kubernetes.io/zone", maxSkew: 5 },
].map((one) => TopologySpreadConstraint.fromPartial({ ...one, whenUnsatisfiable: "ScheduleAnyway" }));

// Kubernetes spreads by the selectors of ReplicaSets, StatefulSets and Services, not those of Jobs or DaemonSets.
const spreadKinds: readonly (string | undefined)[] = ["ReplicaSet", "StatefulSet", "ReplicationController"];

/** What a pod says of how it is spread, or else what is said for all. */
export function compileSpread(pod: PodInfo, args: PodTopologySpreadArgs): SpreadConstraints {
  const own = pod.pod.spec.topologySpreadConstraints;
  if (own.length > 0) {
    const compiled = own.map((constraint, index) => ({ constraint, ready: compileOwn(pod, constraint, index) }));
    return { ...byAction(compiled), needsAllLabels: true };
  }
  const needsAllLabels = args.defaultingType === "List";
  const controller = controllerOf(pod.pod);
  if (controller === undefined || !spreadKinds.includes(controller.kind)) return { hard: [], soft: [], needsAllLabels };
  const defaults = needsAllLabels ? args.defaultConstraints : systemConstraints;
  const who = { question: siblingsOf(controller.uid ?? ""), meaning: ` of ${controller.kind} ${controller.name}`, self: 1 };
  const compiled = defaults.map((constraint) => ({ constraint, ready: { ...numbersOf(pod, constraint), ...who, index: undefined } }));
  return { ...byAction(compiled), needsAllLabels };
}

interface Compiled {
  readonly constraint: TopologySpreadConstraint;
  readonly ready: SpreadConstraint;
}

function byAction(compiled: readonly Compiled[]): Pick<SpreadConstraints, "hard" | "soft"> {
  const of = (action: string): SpreadConstraint[] =>
    compiled.filter(({ constraint }) => constraint.whenUnsatisfiable === action).map(({ ready }) => ready);
  return { hard: of("DoNotSchedule"), soft: of("ScheduleAnyway") };
}

function compileOwn(pod: PodInfo, constraint: TopologySpreadConstraint, index: number): SpreadConstraint {
  const { namespace, labels } = pod.pod.metadata;
  const selector = compileLabelSelector(constraint.labelSelector);
  const text = formatLabelSelector(constraint.labelSelector);
  const question: PodQuestion = {
    key: `spread;${namespace};${text}`,
    landmark: landmarkOf(constraint.labelSelector),
    asksFor: (pods) => !pods.isTerminating && pods.namespace === namespace && selector.matches(pods.labels),
  };
  const meaning = selector.empty ? "" : ` with ${text}`;
  return { ...numbersOf(pod, constraint), question, meaning, self: selector.matches(labels) ? 1 : 0, index };
}

function siblingsOf(controllerUid: string): PodQuestion {
  return {
    key: `siblings;${controllerUid}`,
    landmark: controllerMark(controllerUid),
    asksFor: (pods) => !pods.isTerminating && pods.controllerUid === controllerUid,
  };
}

function numbersOf(pod: PodInfo, constraint: TopologySpreadConstraint) {
  const { topologyKey = "", maxSkew = 1, minDomains = 1 } = constraint;
  return { topologyKey, maxSkew, minDomains, inclusion: inclusionOf(pod, constraint) };
}

/** By default, nodes count that the pod may go to by its node affinity, whatever their taints. */
function inclusionOf({ pod: { spec } }: PodInfo, constraint: TopologySpreadConstraint): SpreadConstraint["inclusion"] {
  const admits = constraint.nodeAffinityPolicy === "Ignore" ? undefined : compileAdmission(spec);
  const admission = admits && {
    key: JSON.stringify([spec.nodeSelector, spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution]),
    test: admits,
  };
  if (constraint.nodeTaintsPolicy !== "Honor") return admission;
  const { tolerations } = spec;
  const tolerates: NodeTest = (node) => untoleratedTaint(node.spec.taints, tolerations, repellingEffects) === undefined;
  const key = `${JSON.stringify(tolerations)} ${admission?.key ?? ""}`;
  return { key, test: admission === undefined ? tolerates : (node) => admission.test(node) && tolerates(node) };
}

/** Whether a placed pod counts for a constraint. */
export const isSpreadBy = ({ question }: SpreadConstraint, pod: PodInfo): boolean => question.asksFor(podClassOf(pod));
