import { always } from "../framework/cluster-event.js";
import type { FilterPlugin } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";

const name = "NodeReady";
const reason = "node(s) were not ready";
const refused = lastingRefusal(name, reason);

/**
 * Keeps pods off nodes that are not Ready.
 * Unlike Kubernetes: a filter of its own, because the taint that says the same is written a moment later, and a pod
 * must not be lost to a dead node in between.
 */
export const nodeReady: FilterPlugin = {
  name,
  scope: "node",
  prepareFilter: () => ({
    check: ({ isReady }) => (isReady ? undefined : refused),
    explain: ({ isReady, node }) => {
      if (isReady) return [];
      const { status = "Unknown", message = "" } = node.status.conditions.find(({ type }) => type === "Ready") ?? {};
      return [{ plugin: name, reason, detail: `its Ready condition is ${status}${message === "" ? "" : `: ${message}`}`, remedies: [] }];
    },
  }),
  wakes: { nodeAdded: always, nodeUpdated: always },
};
