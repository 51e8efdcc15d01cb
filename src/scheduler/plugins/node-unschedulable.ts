import type { Whole } from "../../api/object.js";
import { tolerates, unschedulableTaint } from "../../api/scheduling/toleration.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Taint } from "../../gen/howbernetes/core/v1/scheduling.js";
import type { FilterPlugin } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";
import { toleration, uncordon } from "./taint-remedies.js";

const name = "NodeUnschedulable";
const reason = "node(s) were unschedulable";
const cordoned: Taint = { key: unschedulableTaint, effect: "NoSchedule", timeAdded: undefined };
const refused = lastingRefusal(name, reason);

const isCordoned = ({ spec }: Whole<Node>): boolean => spec.unschedulable === true;

/** Keeps pods off cordoned nodes, except those that tolerate it. */
export const nodeUnschedulable: FilterPlugin = {
  name,
  scope: "node",
  prepareFilter: ({ pod }) => {
    if (pod.spec.tolerations.some((each) => tolerates(each, cordoned))) return undefined;
    return {
      check: ({ node }) => (isCordoned(node) ? refused : undefined),
      explain: (node) =>
        isCordoned(node.node)
          ? [{ plugin: name, reason, detail: "the node is cordoned", remedies: [uncordon(node.name), toleration(cordoned, pod)] }]
          : [],
    };
  },
  wakes: {
    nodeAdded: ({ node }) => !isCordoned(node),
    nodeUpdated: ({ node, previous }) => isCordoned(previous) && !isCordoned(node),
  },
};
