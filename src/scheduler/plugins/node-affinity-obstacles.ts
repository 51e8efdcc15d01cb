import type { Whole } from "../../api/object.js";
import { compileNodeSelector } from "../../api/scheduling/node-selection.js";
import { formatLabelSelector } from "../../api/selectors/label-selector.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm } from "../../gen/howbernetes/core/v1/scheduling.js";
import { jsonPointer } from "../framework/json-pointer.js";
import type { Obstacle, Remedy, SpecChange } from "../framework/refusal.js";

type Cause = Pick<Obstacle, "plugin" | "reason">;

const requiredPath = ["spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"] as const;

/** What of a pod's nodeSelector and required node affinity a node does not meet. */
export function affinityObstacles(cause: Cause, { nodeSelector, affinity }: PodSpec, node: Whole<Node>): readonly Obstacle[] {
  const { labels } = node.metadata;
  const unmet = Object.entries(nodeSelector).filter(([key, value]) => !Object.hasOwn(labels, key) || labels[key] !== value);
  const bySelector = unmet.map(([key, value]) => ({
    ...cause,
    detail: `nodeSelector wants ${key}=${value}, ${Object.hasOwn(labels, key) ? `it has ${key}=${labels[key]}` : `it has no label ${key}`}`,
    remedies: [dropSelector(key, value), ...labelling(node, [{ key, operator: "In", values: [value] }])],
  }));
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined || compileNodeSelector(required)(node)) return bySelector;
  const terms = required.nodeSelectorTerms;
  const detail = `none of the ${terms.length} terms of the required node affinity holds: ${terms.map(termText).join("; or ")}`;
  const single = `the required node affinity wants ${terms.map(termText).join()}`;
  return [
    ...bySelector,
    {
      ...cause,
      detail: terms.length === 1 ? single : detail,
      remedies: [...dropRequirements(terms, node), ...labellingForTerms(terms, node)],
    },
  ];
}

/** What of the affinity that the scheduler adds to each pod's a node does not meet. */
export function addedAffinityObstacles(cause: Cause, added: NodeAffinity | undefined, node: Whole<Node>): readonly Obstacle[] {
  const required = added?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined || compileNodeSelector(required)(node)) return [];
  const terms = required.nodeSelectorTerms;
  const detail = `the scheduler's configuration wants ${terms.map(termText).join("; or ")}`;
  return [{ ...cause, detail, remedies: labellingForTerms(terms, node) }];
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
    term[list].flatMap((requirement, at) => {
      const alone: NodeSelectorTerm = { matchExpressions: [], matchFields: [], [list]: [requirement] };
      return compileNodeSelector({ nodeSelectorTerms: [alone] })(node) ? [] : [{ list, at, requirement }];
    });
  return [...inList("matchExpressions"), ...inList("matchFields")];
}

/** Labels with which a term would hold: for each term for which there are some, the fewest first. */
function labellingForTerms(terms: readonly NodeSelectorTerm[], node: Whole<Node>): readonly Remedy[] {
  const remedies = terms.flatMap((term) => {
    const unmet = unmetOf(term, node);
    if (unmet.length === 0 || unmet.some(({ list }) => list === "matchFields")) return [];
    return labelling(
      node,
      unmet.map(({ requirement }) => requirement),
    ).map((remedy) => ({ remedy, count: unmet.length }));
  });
  return remedies.sort((a, b) => a.count - b.count).map(({ remedy }) => remedy);
}

// The node tells these of itself, at each start: another value would not stay, or not be true.
const ownLabels: ReadonlySet<string> = new Set(["kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch"]);

/** The command that labels a node so that requirements hold which do not; none where no label could. */
function labelling(node: Whole<Node>, requirements: readonly NodeSelectorRequirement[]): readonly Remedy[] {
  const words: string[] = [];
  for (const requirement of requirements) {
    const word = ownLabels.has(requirement.key ?? "") ? undefined : labelWord(requirement);
    if (word === undefined) return [];
    words.push(word);
  }
  // Two requirements for one label might want two values.
  if (new Set(requirements.map(({ key }) => key)).size < words.length) return [];
  const { name, labels } = node.metadata;
  const overwrites = requirements.some(
    ({ key = "", operator }) => operator !== "NotIn" && operator !== "DoesNotExist" && Object.hasOwn(labels, key),
  );
  const command = ["label", "node", name, ...words, ...(overwrites ? ["--overwrite"] : [])];
  return [{ text: command.join(" "), change: { kind: "node", node: name, command } }];
}

/** How `howbectl label` is told to make a requirement hold; undefined when no label does. */
function labelWord({ key = "", operator, values: [value] }: NodeSelectorRequirement): string | undefined {
  switch (operator) {
    case "In":
      return value === undefined ? undefined : `${key}=${value}`;
    case "Exists":
      return `${key}=`;
    case "NotIn":
    case "DoesNotExist":
      return `${key}-`;
    case "Gt":
      return `${key}=${Number(value) + 1}`;
    case "Lt":
      return `${key}=${Number(value) - 1}`;
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
