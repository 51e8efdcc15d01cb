import type { Whole } from "../../api/object.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";

/** Kubernetes' rates: a node every ten seconds; in a large zone of which most has failed, one every hundred. */
const usualIntervalMs = 10_000;
const partialIntervalMs = 100_000;
/** A zone of more nodes than this goes on, if slowly, when most of it has failed; a smaller one waits. */
const largeZoneNodes = 50;
/** The share of failed nodes from which it is likelier the zone, or our way to it, that has failed. */
const unhealthyShare = 0.55;

/** How a zone fares. */
export type ZoneState = "normal" | "partial disruption" | "full disruption";

/** The nodes of a failure domain. */
export interface Zone {
  readonly ready: number;
  readonly notReady: number;
}

/** How often the nodes of a zone may begin to evict their pods: one each interval, or none at all. */
export type EvictionPace = { readonly intervalMs: number } | "halted" | "called off";

/** The failure domain that a node is in, by its labels; nodes without them share one. */
export function zoneOf({ metadata: { labels } }: Whole<Node>): string {
  const region = labels["topology.kubernetes.io/region"] ?? "";
  const zone = labels["topology.kubernetes.io/zone"] ?? "";
  return `${region}/${zone}`;
}

/** Counts the nodes of each failure domain. */
export function zonesOf(nodes: readonly Whole<Node>[], isReady: (node: Whole<Node>) => boolean): ReadonlyMap<string, Zone> {
  const zones = new Map<string, { ready: number; notReady: number }>();
  for (const node of nodes) {
    const name = zoneOf(node);
    const zone = zones.get(name) ?? { ready: 0, notReady: 0 };
    zone[isReady(node) ? "ready" : "notReady"] += 1;
    zones.set(name, zone);
  }
  return zones;
}

/** Kubernetes' rule: all failed; most failed, and more than two; or else normal. */
export function zoneStateOf({ ready, notReady }: Zone): ZoneState {
  if (ready === 0 && notReady > 0) return "full disruption";
  return notReady > 2 && notReady / (ready + notReady) >= unhealthyShare ? "partial disruption" : "normal";
}

/**
 * How fast a zone's nodes may begin to evict. Where every zone has failed it is likelier ourselves that have: evictions
 * that have begun are called off.
 */
export function evictionPaceOf(name: string, zones: ReadonlyMap<string, Zone>): EvictionPace {
  const zone = zones.get(name) ?? { ready: 0, notReady: 0 };
  if ([...zones.values()].every((each) => zoneStateOf(each) === "full disruption")) return "called off";
  if (zoneStateOf(zone) !== "partial disruption") return { intervalMs: usualIntervalMs };
  return zone.ready + zone.notReady > largeZoneNodes ? { intervalMs: partialIntervalMs } : "halted";
}
