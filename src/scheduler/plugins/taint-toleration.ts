import { repellingEffects, untoleratedTaint } from "../../api/scheduling/toleration.js";
import { type FilterPlugin, fits, rejects } from "../framework.js";

/** Keeps pods off nodes with a NoSchedule or NoExecute taint that they do not tolerate. */
export const taintToleration: FilterPlugin = {
  name: "TaintToleration",
  filter: ({ pod, node }) => {
    const taint = untoleratedTaint(node.node.spec.taints, pod.pod.spec.tolerations, repellingEffects);
    return taint === undefined ? fits : rejects(`node(s) had untolerated taint {${taint.key ?? ""}: ${taint.value ?? ""}}`);
  },
};
