import { type FilterPlugin, fits, rejects } from "../framework.js";

/**
 * Keeps pods off nodes that are not Ready.
 * Unlike Kubernetes: a filter of its own, because the taint that says the same is written a moment later, and a pod
 * must not be lost to a dead node in between.
 */
export const nodeReady: FilterPlugin = {
  name: "NodeReady",
  filter: ({ node }) => {
    const ready = node.node.status.conditions.find(({ type }) => type === "Ready");
    return ready?.status === "True" ? fits : rejects("node(s) were not ready");
  },
};
