import type { Caller } from "../../rpc/contracts.js";
import type { Verb } from "../auth/authorize.js";
import { callingNode, groups } from "../auth/identity.js";

/** A share of the server, so that no level can keep another from its work. */
export interface PriorityLevel {
  readonly name: PriorityLevelName;
  /** Its part of all seats is this, divided by the sum over all levels. */
  readonly shares: number;
}

export type PriorityLevelName = "leader-election" | "node" | "system" | "workload" | "catch-all";

/**
 * Every level there is. A level's seats are its own: idle ones are not lent, so that a heartbeat never waits for a list
 * to end. Streams that live long (reports, tunnels, logs) are not limited here, nor are health, reflection and discovery.
 *
 * Unlike Kubernetes: members of system:masters are not exempt. They are who everybody is until there are other users.
 */
export const priorityLevels: readonly PriorityLevel[] = [
  // Few and small, and a leader that cannot renew stands down.
  { name: "leader-election", shares: 10 },
  { name: "node", shares: 40 },
  { name: "system", shares: 50 },
  { name: "workload", shares: 95 },
  { name: "catch-all", shares: 5 },
];

/** What a request is, as far as its priority goes. */
export interface RequestTraits {
  readonly verb: Verb;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
}

/** The level at which a caller's request is served. Within it, each user is a flow. */
export function priorityLevelOf(caller: Caller, { group, resource, namespace }: RequestTraits): PriorityLevelName {
  const isLease = group === "coordination.k8s.io" && resource === "leases";
  if (callingNode(caller) !== undefined) return "node";
  if (caller.groups.includes(groups.components)) return isLease && namespace === "kube-system" ? "leader-election" : "system";
  return caller.groups.includes(groups.masters) ? "workload" : "catch-all";
}
