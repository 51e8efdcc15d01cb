import { admitsNode, nodePreference } from "../../api/scheduling/node-selection.js";
import { type FilterPlugin, fits, maxScore, rejects, type ScorePlugin } from "../framework.js";

/**
 * Keeps pods to the nodes that their nodeSelector and required node affinity choose, and prefers those that they would
 * like. Unlike Kubernetes, where the best node there is always has the full score: a node is measured by the wishes.
 */
export const nodeAffinity: FilterPlugin & ScorePlugin = {
  name: "NodeAffinity",
  weight: 2,
  filter: ({ pod, node }) => (admitsNode(pod.pod.spec, node.node) ? fits : rejects("node(s) didn't match Pod's node affinity/selector")),
  score: ({ pod, node }) => maxScore * nodePreference(pod.pod.spec, node.node),
};
