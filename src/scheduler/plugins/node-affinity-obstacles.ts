import type { Whole } from "../../api/object.js";
import { controllerOf } from "../../api/owner-reference.js";
import { compileNodeSelector, type NodeTest } from "../../api/scheduling/node-selection.js";
import { formatLabelSelector } from "../../api/selectors/label-selector.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from "../../gen/howbernetes/core/v1/scheduling.js";
import { jsonPointer } from "../framework/json-pointer.js";
import type { Obstacle, Remedy, SpecChange } from "../framework/refusal.js";

const requiredPath = ["spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"] as const;

/** A node beside what a pod, or the scheduler's configuration, wants of its labels. */
export interface AffinityQuestion {
  readonly plugin: string;
  readonly pod: Whole<Pod>;
  /** What the configuration wants of every pod's node. */
  readonly added: NodeAffinity | undefined;
  readonly node: Whole<Node>;
}

/** What a node lacks, in a filter's words for it. */
type Cause = Pick<Obstacle, "plugin" | "reason">;

/** What of a pod's nodeSelector and required node affinity a node does not meet. */
export function affinityObstacles(question: AffinityQuestion, reason: string): readonly Obstacle[] {
  const { plugin, pod, node } = question;
  const { spec } = pod;
  const { labels } = node.metadata;
  const cause: Cause = { plugin, reason };
  const unmet = Object.entries(spec.nodeSelector).filter(([key, value]) => labels[key] !== value);
  const bySelector = unmet.map(([key, value]) => ({
    ...cause,
    detail: `nodeSelector wants ${key}=${value}, ${Object.hasOwn(labels, key) ? `it has ${key}=${labels[key]}` : `it has no label ${key}`}`,
    remedies: [dropSelector(key, value), ...labelling(question, [{ key, operator: "In", values: [value] }])],
  }));
  const required = requiredOf(spec.affinity?.nodeAffinity);
  if (required === undefined || compileNodeSelector(required)(node)) return bySelector;
  const { nodeSelectorTerms: terms } = required;
  const remedies = isMadeForAnother(pod, terms, node) ? [] : [...dropRequirements(terms, node), ...labellingForTerms(question, terms)];
  return [...bySelector, { ...cause, detail: requiredText(terms), remedies }];
}

/** Whether a DaemonSet has made a pod for another node: its template does not say which, and this node gets one of its own. */
function isMadeForAnother(pod: Whole<Pod>, terms: readonly NodeSelectorTerm[], node: Whole<Node>): boolean {
  return controllerOf(pod)?.kind === "DaemonSet" && terms.every((term) => unmetOf(term, node).some(({ list }) => list === "matchFields"));
}

/** What of the affinity that the scheduler adds to each pod's a node does not meet. */
export function addedAffinityObstacles(question: AffinityQuestion, reason: string): readonly Obstacle[] {
  const { plugin, added, node } = question;
  const required = requiredOf(added);
  if (required === undefined || compileNodeSelector(required)(node)) return [];
  const { nodeSelectorTerms: terms } = required;
  const detail = `the scheduler's configuration wants ${terms.map(termText).join("; or ")}`;
  return [{ plugin, reason, detail, remedies: labellingForTerms(question, terms) }];
}

const requiredOf = (affinity: NodeAffinity | undefined): NodeSelector | undefined =>
  affinity?.requiredDuringSchedulingIgnoredDuringExecution;

function requiredText(terms: readonly NodeSelectorTerm[]): string {
  if (terms.length === 1) return `the required node affinity wants ${terms.map(termText).join()}`;
  return `none of the ${terms.length} terms of the required node affinity holds: ${terms.map(termText).join("; or ")}`;
}

const dropSelector = (key: string, value: string): Remedy => ({
  text: `drop nodeSelector ${key}=${value}`,
  change: { kind: "pod", patch: [{ op: "remove", path: jsonPointer("spec", "nodeSelector", key) }] },
});

/** Drops what does not hold of the term that lacks least; all of the requirement if nothing else would be left of that term. */
function dropRequirements(terms: readonly NodeSelectorTerm[], node: Whole<Node>): readonly Remedy[] {
  const candidates = terms.map((term, index) => ({ term, index, unmet: unmetOf(term, node) }));
  const meant = candidates.filter(({ term, unmet }) => unmet.length < term.matchExpressions.length + term.matchFields.length);
  const [nearest] = meant.sort((a, b) => a.unmet.length - b.unmet.length);
  if (nearest === undefined) {
    const patch: SpecChange[] = [{ op: "remove", path: jsonPointer(...requiredPath) }];
    return [{ text: "drop the required node affinity", change: { kind: "pod", patch } }];
  }
  const { unmet, index } = nearest;
  // From behind: what is removed moves those after it.
  const patch = [...unmet]
    .reverse()
    .map(({ list, at }): SpecChange => ({ op: "remove", path: jsonPointer(...requiredPath, "nodeSelectorTerms", index, list, at) }));
  const what = unmet.map(({ requirement }) => requirementText(requirement)).join(" and ");
  return [{ text: `drop ${what} from the required node affinity`, change: { kind: "pod", patch } }];
}

interface Unmet {
  readonly list: "matchExpressions" | "matchFields";
  readonly at: number;
  readonly requirement: NodeSelectorRequirement;
}

function unmetOf(term: NodeSelectorTerm, node: Whole<Node>): readonly Unmet[] {
  const inList = (list: Unmet["list"]): Unmet[] =>
    term[list].flatMap((requirement, at) => (isMet(requirement, node, list) ? [] : [{ list, at, requirement }]));
  return [...inList("matchExpressions"), ...inList("matchFields")];
}

function isMet(requirement: NodeSelectorRequirement, node: Whole<Node>, list: Unmet["list"] = "matchExpressions"): boolean {
  const alone: NodeSelectorTerm = { matchExpressions: [], matchFields: [], [list]: [requirement] };
  return compileNodeSelector({ nodeSelectorTerms: [alone] })(node);
}

/** Labels with which a term would hold: for each term for which there are some, the fewest first. */
function labellingForTerms(question: AffinityQuestion, terms: readonly NodeSelectorTerm[]): readonly Remedy[] {
  const remedies = terms.flatMap((term) => {
    const unmet = unmetOf(term, question.node).map(({ requirement }) => requirement);
    const holds = compileNodeSelector({ nodeSelectorTerms: [term] });
    return labelling(question, unmet, holds).map((remedy) => ({ remedy, count: unmet.length }));
  });
  return remedies.sort((a, b) => a.count - b.count).map(({ remedy }) => remedy);
}

/** Whatever of a question a node meets now, and is to meet still. */
function metBy({ pod: { spec }, added, node }: AffinityQuestion): NodeTest {
  const selectors = [requiredOf(spec.affinity?.nodeAffinity), requiredOf(added)].flatMap((required) => required ?? []);
  const pairs = Object.entries(spec.nodeSelector);
  const tests = [
    ...selectors.map(compileNodeSelector),
    ...pairs.map(
      ([key, value]): NodeTest =>
        ({ metadata: { labels } }) =>
          labels[key] === value,
    ),
  ];
  const met = tests.filter((holds) => holds(node));
  return (changed) => met.every((holds) => holds(changed));
}

// The node tells these of itself, at each start: another value would not stay, or not be true.
const ownLabels: ReadonlySet<string> = new Set(["kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch"]);

/** The command that labels a node so that requirements hold which do not; none where no labels do, or undo what holds. */
function labelling(question: AffinityQuestion, requirements: readonly NodeSelectorRequirement[], holds?: NodeTest): readonly Remedy[] {
  const { node } = question;
  const { name, labels: before } = node.metadata;
  const labels = { ...before };
  const changed = { ...node, metadata: { ...node.metadata, labels } };
  for (const requirement of requirements) {
    const { key = "" } = requirement;
    if (isMet(requirement, changed)) continue;
    const value = ownLabels.has(key) ? undefined : labelFor(requirement);
    if (value === undefined) return [];
    if (value === removed) delete labels[key];
    else labels[key] = value;
  }
  if (holds?.(changed) === false || !metBy(question)(changed)) return [];
  const keys = [...new Set(requirements.map(({ key = "" }) => key))];
  const words = keys.map((key) => (Object.hasOwn(labels, key) ? `${key}=${labels[key]}` : `${key}-`));
  const overwrites = keys.some((key) => Object.hasOwn(before, key) && Object.hasOwn(labels, key));
  const command = ["label", "node", name, ...words, ...(overwrites ? ["--overwrite"] : [])];
  return [{ text: command.join(" "), change: { kind: "node", node: name, command } }];
}

const removed = Symbol("removed");

/** What a label has to be so that a requirement holds; undefined when none does. */
function labelFor({ operator, values: [value] }: NodeSelectorRequirement): string | typeof removed | undefined {
  switch (operator) {
    case "In":
      return value;
    case "Exists":
      return "";
    case "NotIn":
    case "DoesNotExist":
      return removed;
    case "Gt":
      return String(Number(value) + 1);
    case "Lt":
      return String(Number(value) - 1);
    default:
      return undefined;
  }
}

const requirementText = (requirement: NodeSelectorRequirement): string =>
  formatLabelSelector({ matchLabels: {}, matchExpressions: [{ ...requirement }] });

function termText({ matchExpressions, matchFields }: NodeSelectorTerm): string {
  const all = [...matchExpressions, ...matchFields];
  return all.length === 0 ? "nothing, as an empty term does" : all.map(requirementText).join(" and ");
}
