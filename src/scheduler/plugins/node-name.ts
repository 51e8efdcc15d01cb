import { always } from "../framework/cluster-event.js";
import type { FilterPlugin } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";

const name = "NodeName";
const reason = "node(s) didn't match the requested node name";
const refused = lastingRefusal(name, reason);

/**
 * Keeps a pod that names its node to that node. Such a pod is bound already and is not queued; this tells of it when it
 * is asked about all the same. Whoever asks where a bound pod could go instead leaves its nodeName out.
 */
export const nodeName: FilterPlugin = {
  name,
  scope: "node",
  prepareFilter: ({ pod }) => {
    const wanted = pod.spec.nodeName ?? "";
    if (wanted === "") return undefined;
    return {
      onlyNodes: new Set([wanted]),
      check: (node) => (node.name === wanted ? undefined : refused),
      explain: (node) => (node.name === wanted ? [] : [{ plugin: name, reason, detail: `the pod names the node ${wanted}`, remedies: [] }]),
    };
  },
  wakes: { nodeAdded: always },
};
