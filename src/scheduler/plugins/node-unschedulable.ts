import { tolerates, unschedulableTaint } from "../../api/scheduling/toleration.js";
import type { Taint } from "../../gen/howbernetes/core/v1/scheduling.js";
import { always } from "../framework/cluster-event.js";
import type { FilterPlugin } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";

const name = "NodeUnschedulable";
const cordoned: Taint = { key: unschedulableTaint, effect: "NoSchedule", timeAdded: undefined };
const refused = lastingRefusal(name, "node(s) were unschedulable");

/** Keeps pods off cordoned nodes, except those that tolerate it. */
export const nodeUnschedulable: FilterPlugin = {
  name,
  scope: "node",
  prepareFilter: ({ pod }) => {
    if (pod.spec.tolerations.some((toleration) => tolerates(toleration, cordoned))) return undefined;
    return {
      check: ({ node }) => (node.spec.unschedulable === true ? refused : undefined),
      explain: ({ node, name: nodeName }) =>
        node.spec.unschedulable === true
          ? [
              {
                plugin: name,
                reason: "node(s) were unschedulable",
                detail: "the node is cordoned",
                remedies: [{ text: `uncordon ${nodeName}`, change: { kind: "node", node: nodeName, command: ["uncordon", nodeName] } }],
              },
            ]
          : [],
    };
  },
  wakes: {
    nodeAdded: always,
    nodeUpdated: ({ node, previous }) => previous.spec.unschedulable === true && node.spec.unschedulable !== true,
  },
};
