import type { Whole } from "../../api/object.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";

/** Where a node stands, by the well-known labels: nodes of one zone may fail together. */
export function zoneOf({ metadata: { labels } }: Whole<Node>): string {
  return `${labels["topology.kubernetes.io/region"] ?? ""}/${labels["topology.kubernetes.io/zone"] ?? ""}`;
}

/** Nodes of different zones in turns, so that those found first are spread over the zones; as they came within a zone. */
export function byZoneInTurns<T>(nodes: Iterable<T>, zone: (node: T) => string): T[] {
  const zones = new Map<string, T[]>();
  for (const node of nodes) {
    const name = zone(node);
    const members = zones.get(name);
    if (members === undefined) zones.set(name, [node]);
    else members.push(node);
  }
  const lists = [...zones.values()];
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat();
}
