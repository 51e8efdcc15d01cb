import { repellingEffects, untoleratedTaint } from "../../api/scheduling/toleration.js";
import type { Taint } from "../../gen/howbernetes/core/v1/scheduling.js";
import type { NodeInfo } from "../cluster/cluster-view.js";
import { always } from "../framework/cluster-event.js";
import type { FilterPlugin } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";

const name = "TaintToleration";
const reasonOf = ({ key = "", value = "" }: Taint): string => `node(s) had untolerated taint {${key}: ${value}}`;

/** Keeps pods off nodes with a NoSchedule or NoExecute taint that they do not tolerate. */
export const taintToleration: FilterPlugin = {
  name,
  scope: "node",
  prepareFilter: ({ pod }) => {
    const untolerated = ({ node }: NodeInfo): Taint | undefined =>
      node.spec.taints.length === 0 ? undefined : untoleratedTaint(node.spec.taints, pod.spec.tolerations, repellingEffects);
    return {
      check: (node) => {
        const taint = untolerated(node);
        return taint === undefined ? undefined : lastingRefusal(name, reasonOf(taint));
      },
      explain: (node) => {
        const taint = untolerated(node);
        return taint === undefined ? [] : [{ plugin: name, reason: reasonOf(taint), detail: "the taint is not tolerated", remedies: [] }];
      },
    };
  },
  wakes: { nodeAdded: always, nodeUpdated: always },
};
