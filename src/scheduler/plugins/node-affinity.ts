import { admitsNode, nodePreference } from "../../api/scheduling/node-selection.js";
import { always } from "../framework/cluster-event.js";
import { type FilterPlugin, maxScore, type ScorePlugin } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";

const name = "NodeAffinity";
const reason = "node(s) didn't match Pod's node affinity/selector";
const refused = lastingRefusal(name, reason);

/** Keeps pods to the nodes that their nodeSelector and required node affinity choose, and prefers those that they would like. */
export const nodeAffinity: FilterPlugin & ScorePlugin = {
  name,
  scope: "node",
  prepareFilter: ({ pod: { spec } }) => ({
    check: ({ node }) => (admitsNode(spec, node) ? undefined : refused),
    explain: ({ node }) => (admitsNode(spec, node) ? [] : [{ plugin: name, reason, detail: "its labels do not match", remedies: [] }]),
  }),
  prepareScore: ({ pod: { spec } }) => ({ score: ({ node }) => maxScore * nodePreference(spec, node) }),
  wakes: { nodeAdded: always, nodeUpdated: always },
};
