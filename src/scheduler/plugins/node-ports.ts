import { portsConflict } from "../../api/scheduling/host-ports.js";
import type { NodeInfo } from "../cluster/cluster-view.js";
import { always } from "../framework/cluster-event.js";
import type { FilterPlugin } from "../framework/plugin.js";
import { refusal } from "../framework/refusal.js";

const name = "NodePorts";
const reason = "node(s) didn't have free ports for the requested pod ports";
const refused = refusal(name, reason);

/** Keeps pods off nodes where another pod has a host port that they need. */
export const nodePorts: FilterPlugin = {
  name,
  scope: "node",
  prepareFilter: ({ hostPorts: wanted }) => {
    if (wanted.length === 0) return undefined;
    const isTaken = ({ hostPorts }: NodeInfo): boolean => wanted.some((port) => hostPorts.some((used) => portsConflict(port, used)));
    return {
      check: (node) => (isTaken(node) ? refused : undefined),
      explain: (node) => (isTaken(node) ? [{ plugin: name, reason, detail: "a port is taken", remedies: [] }] : []),
    };
  },
  wakes: { nodeAdded: always, podGone: always },
};
