import { type FilterPlugin, fits, rejects } from "../framework.js";

/** Keeps pods with a nodeSelector to the nodes that carry all of its labels. */
export const nodeAffinity: FilterPlugin = {
  name: "NodeAffinity",
  filter: ({ pod, node }) => {
    const { labels } = node.node.metadata;
    const matches = Object.entries(pod.pod.spec.nodeSelector).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
    return matches ? fits : rejects("node(s) didn't match Pod's node affinity/selector");
  },
};
