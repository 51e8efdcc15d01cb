import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { NodeAffinity, NodeSelector, NodeSelectorTerm } from "../../gen/howbernetes/core/v1/scheduling.js";
import type { Whole } from "../object.js";
import { compileLabelSelector } from "../selectors/label-selector.js";

/** The one field of a node that `matchFields` can ask for. */
export const nodeNameField = "metadata.name";

/** Says of a node whether it is chosen. */
export type NodeTest = (node: Whole<Node>) => boolean;

/** Whether a pod may go to a node as far as its nodeSelector and the required part of its node affinity say. */
export function admitsNode(spec: PodSpec, node: Whole<Node>): boolean {
  return compileAdmission(spec)?.(node) ?? true;
}

/** As `admitsNode`, made ready to be asked of many nodes; undefined when it admits all of them. */
export function compileAdmission({ nodeSelector, affinity }: PodSpec): NodeTest | undefined {
  const wanted = Object.entries(nodeSelector);
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const byTerms = required === undefined ? undefined : compileNodeSelector(required);
  if (wanted.length === 0) return byTerms;
  const byLabels: NodeTest = ({ metadata: { labels } }) => {
    // Whatever an object inherits is no text, and so equals no value.
    for (const [key, value] of wanted) if (labels[key] !== value) return false;
    return true;
  };
  return byTerms === undefined ? byLabels : (node) => byLabels(node) && byTerms(node);
}

/** Chooses nodes by terms of which one must hold; no terms choose nothing. */
export function compileNodeSelector({ nodeSelectorTerms }: NodeSelector): NodeTest {
  const tests = nodeSelectorTerms.map(compileTerm);
  return (node) => tests.some((holds) => holds(node));
}

/** Adds up the weights of the preferred terms that match a node; undefined when there are none that could. */
export function compilePreference(affinity: NodeAffinity | undefined): ((node: Whole<Node>) => number) | undefined {
  const weighted = (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ weight = 0, preference }) =>
    preference === undefined || weight === 0 ? [] : [{ weight, holds: compileTerm(preference) }],
  );
  if (weighted.length === 0) return undefined;
  return (node) => weighted.reduce((sum, { weight, holds }) => (holds(node) ? sum + weight : sum), 0);
}

/** All that a term says must hold; one that says nothing chooses no node. */
function compileTerm({ matchExpressions, matchFields }: NodeSelectorTerm): NodeTest {
  if (matchExpressions.length === 0 && matchFields.length === 0) return () => false;
  const onLabels = compileLabelSelector({ matchLabels: {}, matchExpressions });
  if (matchFields.length === 0) return ({ metadata }) => onLabels.matches(metadata.labels);
  const onFields = compileLabelSelector({ matchLabels: {}, matchExpressions: matchFields });
  return ({ metadata }) => onFields.matches({ [nodeNameField]: metadata.name }) && onLabels.matches(metadata.labels);
}
