import { tolerates, unschedulableTaint } from "../../api/scheduling/toleration.js";
import type { Taint } from "../../gen/howbernetes/core/v1/scheduling.js";
import { type FilterPlugin, fits, rejects } from "../framework.js";

const cordoned: Taint = { key: unschedulableTaint, effect: "NoSchedule", timeAdded: undefined };

/** Keeps pods off cordoned nodes, except those that tolerate it. */
export const nodeUnschedulable: FilterPlugin = {
  name: "NodeUnschedulable",
  filter: ({ pod, node }) => {
    if (node.node.spec.unschedulable !== true) return fits;
    return pod.pod.spec.tolerations.some((toleration) => tolerates(toleration, cordoned)) ? fits : rejects("node(s) were unschedulable");
  },
};
