import type { JsonObject } from "../../api/codec/json-values.js";

/** How one looks: from beside a pod's containers, in a copy of the pod, or at a node. */
export type DebugStyle = "ephemeral" | "copy" | "node";

export const debugProfiles = ["legacy", "general", "baseline", "netadmin", "restricted", "sysadmin"] as const;

/** How much a debugging container may, by kubectl's names. */
export type DebugProfile = (typeof debugProfiles)[number];

/** What a profile makes of the debugging container and its pod. */
export interface ProfileEffect {
  /** Undefined leaves the container's own, if it has one. */
  readonly securityContext: JsonObject | undefined;
  /** The containers of the pod see each other's processes. */
  readonly sharesProcesses: boolean;
  readonly usesHostNamespaces: boolean;
  /** The node's files are at /host. */
  readonly mountsHostFiles: boolean;
}

const nothing: JsonObject = {};
const restricted: JsonObject = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

const rights: Readonly<Record<DebugProfile, (style: DebugStyle) => JsonObject | undefined>> = {
  legacy: () => undefined,
  general: (style) => (style === "node" ? nothing : { capabilities: { add: ["SYS_PTRACE"] } }),
  baseline: () => nothing,
  netadmin: () => ({ capabilities: { add: ["NET_ADMIN", "NET_RAW"] } }),
  restricted: () => restricted,
  sysadmin: () => ({ privileged: true }),
};

/** Those for which looking at a node is to be in it. */
const insideNode: ReadonlySet<DebugProfile> = new Set(["legacy", "general", "netadmin", "sysadmin"]);
const withNodesFiles: ReadonlySet<DebugProfile> = new Set(["legacy", "general", "sysadmin"]);

/** What a profile does, by kubectl's rules. */
export function profileEffect(profile: DebugProfile, style: DebugStyle): ProfileEffect {
  return {
    securityContext: rights[profile](style),
    sharesProcesses: style === "copy" && profile !== "legacy",
    usesHostNamespaces: style === "node" && insideNode.has(profile),
    mountsHostFiles: style === "node" && withNodesFiles.has(profile),
  };
}
