import { formatKey, keyOf, type Whole } from "../../api/object.js";
import { type HostPort, portsConflict } from "../../api/scheduling/host-ports.js";
import type { ContainerPort } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { NodeInfo } from "../cluster/cluster-view.js";
import { always } from "../framework/cluster-event.js";
import { jsonPointer } from "../framework/json-pointer.js";
import type { FilterPlugin } from "../framework/plugin.js";
import { type Obstacle, type Remedy, refusal, type SpecChange } from "../framework/refusal.js";

const name = "NodePorts";
const reason = "node(s) didn't have free ports for the requested pod ports";
const refused = refusal(name, reason);
const highestPort = 65_535;
const anyAddress = "0.0.0.0";
const addressOf = ({ hostIP = "" }: ContainerPort): string => (hostIP === "" ? anyAddress : hostIP);

/** Keeps pods off nodes where another pod has a host port that they need. */
export const nodePorts: FilterPlugin = {
  name,
  scope: "node",
  prepareFilter: ({ hostPorts: wanted, pod }) => {
    if (wanted.length === 0) return undefined;
    return {
      check: ({ hostPorts }) => (hostPorts.length > 0 && conflict(wanted, hostPorts) ? refused : undefined),
      explain: (node) => {
        // So that two ports are not told to become the same one.
        const spoken = new Set(wanted.map(({ port }) => port));
        return wanted.filter((port) => conflict([port], node.hostPorts)).map((port) => obstacleOf(port, node, pod, spoken));
      },
    };
  },
  wakes: {
    nodeAdded: always,
    podGone: ({ pod: gone }, { hostPorts }) => conflict(hostPorts, gone.hostPorts),
  },
};

function conflict(wanted: readonly HostPort[], taken: readonly HostPort[]): boolean {
  for (const port of wanted) for (const other of taken) if (portsConflict(port, other)) return true;
  return false;
}

function obstacleOf(port: HostPort, node: NodeInfo, pod: Whole<Pod>, spoken: Set<number>): Obstacle {
  const holders = [...node.pods.values()].filter(({ hostPorts }) => conflict([port], hostPorts));
  const names = holders.map((holder) => formatKey(keyOf(holder.pod)));
  const address = port.ip === anyAddress ? `${port.port}` : `${port.ip}:${port.port}`;
  const remove: Remedy = {
    text: `remove ${names.length === 1 ? "pod" : "pods"} ${names.join(" and ")} from ${node.name}`,
    change: { kind: "pods", node: node.name, remove: names },
  };
  return {
    plugin: name,
    reason,
    detail: `host port ${address}/${port.protocol} is taken by ${names.join(" and ")}`,
    remedies: [...otherPort(port, node, pod, spoken), remove],
  };
}

/** The next port that neither the node nor the pod uses; it is spoken for then. */
function otherPort(port: HostPort, node: NodeInfo, { spec }: Whole<Pod>, spoken: Set<number>): readonly Remedy[] {
  // On the node's own network a process listens on the port itself: to tell it another is not ours.
  if (spec.hostNetwork === true) return [];
  const places = (["initContainers", "containers"] as const).flatMap((list) =>
    spec[list].flatMap(({ ports }, container) => ports.map((each, index) => ({ path: [list, container, "ports", index], each }))),
  );
  const isFree = (candidate: number): boolean => !spoken.has(candidate) && !conflict([{ ...port, port: candidate }], node.hostPorts);
  let free = port.port + 1;
  while (free <= highestPort && !isFree(free)) free++;
  if (free > highestPort) return [];
  spoken.add(free);
  const patch = places
    .filter(({ each }) => each.hostPort === port.port && (each.protocol ?? "TCP") === port.protocol && addressOf(each) === port.ip)
    .map(({ path }): SpecChange => ({ op: "replace", path: jsonPointer("spec", ...path, "hostPort"), value: free }));
  return [{ text: `use another host port than ${port.port}, as ${free}`, change: { kind: "pod", patch } }];
}
