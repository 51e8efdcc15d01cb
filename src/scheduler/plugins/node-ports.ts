import { portsConflict } from "../../api/scheduling/host-ports.js";
import { type FilterPlugin, fits, rejects } from "../framework.js";

/** Keeps pods off nodes where another pod has a host port that they need. */
export const nodePorts: FilterPlugin = {
  name: "NodePorts",
  filter: ({ pod, node }) => {
    const taken = pod.hostPorts.some((wanted) => node.hostPorts.some((used) => portsConflict(wanted, used)));
    return taken ? rejects("node(s) didn't have free ports for the requested pod ports") : fits;
  },
};
