import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { NodeSelectorTerm } from "../../gen/howbernetes/core/v1/scheduling.js";
import type { Whole } from "../object.js";
import { compileLabelSelector } from "../selectors/label-selector.js";

/** The one field of a node that `matchFields` can ask for. */
export const nodeNameField = "metadata.name";

/** Whether a pod may go to a node as far as its nodeSelector and the required part of its node affinity say. */
export function admitsNode({ nodeSelector, affinity }: PodSpec, node: Whole<Node>): boolean {
  const { labels } = node.metadata;
  if (!Object.entries(nodeSelector).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** How well a node suits what a pod would like, from 0 to 1: the share of the weights whose terms match. 0 when it has no wish. */
export function nodePreference({ affinity }: PodSpec, node: Whole<Node>): number {
  let total = 0;
  let matched = 0;
  for (const { weight = 0, preference } of affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
    total += weight;
    if (preference !== undefined && matchesTerm(preference, node)) matched += weight;
  }
  return total === 0 ? 0 : matched / total;
}

/** All that a term says must hold; one that says nothing chooses no node. */
function matchesTerm({ matchExpressions, matchFields }: NodeSelectorTerm, { metadata }: Whole<Node>): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const onFields = compileLabelSelector({ matchLabels: {}, matchExpressions: matchFields });
  const onLabels = compileLabelSelector({ matchLabels: {}, matchExpressions });
  return onFields.matches({ [nodeNameField]: metadata.name }) && onLabels.matches(metadata.labels);
}
