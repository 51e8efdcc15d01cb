import type { Caller } from "../../rpc/contracts.js";

/** The groups that certificates name in O, and what they may do (see `authorize`). */
export const groups = {
  masters: "system:masters",
  components: "system:components",
  nodes: "system:nodes",
  bootstrappers: "system:bootstrappers",
} as const;

const nodePrefix = "system:node:";
const bootstrapPrefix = "system:bootstrap:";

/** The user as which a node's certificate speaks. */
export function nodeUser(nodeName: string): string {
  return nodePrefix + nodeName;
}

/** The user as which a join token's certificate speaks. */
export function bootstrapUser(tokenId: string): string {
  return bootstrapPrefix + tokenId;
}

/** The node that calls, if a node does: the name and the group must both say so. */
export function callingNode(caller: Caller): string | undefined {
  return named(caller, groups.nodes, nodePrefix);
}

/** The join token by whose certificate the caller speaks, if one does. */
export function callingTokenId(caller: Caller): string | undefined {
  return named(caller, groups.bootstrappers, bootstrapPrefix);
}

function named(caller: Caller, group: string, prefix: string): string | undefined {
  if (!caller.groups.includes(group) || !caller.name.startsWith(prefix)) return undefined;
  const name = caller.name.slice(prefix.length);
  return name === "" ? undefined : name;
}
