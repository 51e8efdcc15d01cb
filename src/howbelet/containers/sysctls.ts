import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";

/** What a pod may set for itself without harm to others, by Kubernetes' list. */
const safe: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

/** The names that a namespace of the kernel's has its own values of; all others are the machine's. */
const namespaced = /^(kernel\.(shm|msg)|kernel\.sem$|fs\.mqueue\.|net\.)/;

/** The kernel's settings of a pod, by their names with dots. */
export function sysctlsOf({ securityContext }: PodSpec): Readonly<Record<string, string>> {
  const sysctls = securityContext?.sysctls ?? [];
  return Object.fromEntries(sysctls.map(({ name = "", value = "" }) => [withDots(name), value]));
}

/** Why a node does not take a pod, for its status. */
export interface SysctlRefusal {
  readonly reason: "SysctlForbidden";
  readonly message: string;
}

/**
 * Whether a node refuses a pod for the kernel's settings that it asks for. `allowed` are the names that the node's
 * administrator lets pods set besides the safe ones; a "*" at the end stands for every ending.
 */
export function refuseSysctls(spec: PodSpec, allowed: readonly string[]): SysctlRefusal | undefined {
  const name = Object.keys(sysctlsOf(spec)).find((each) => !isAllowed(each, allowed));
  return name === undefined ? undefined : { reason: "SysctlForbidden", message: `forbidden sysctl: "${name}" not allowlisted` };
}

/** The names, or beginnings of names, that a command line gives. @throws Error naming one that no pod can have its own value of */
export function parseAllowedSysctls(text: string): string[] {
  const names = text
    .split(",")
    .map((name) => withDots(name.trim()))
    .filter((name) => name !== "");
  const wrong = names.find((name) => !namespaced.test(name));
  if (wrong === undefined) return names;
  throw new Error(`"${wrong}" cannot be set for a pod alone: only kernel.shm*, kernel.msg*, kernel.sem, fs.mqueue.* and net.* can`);
}

function isAllowed(name: string, allowed: readonly string[]): boolean {
  if (safe.has(name)) return true;
  return allowed.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

/** The kernel's own tools take both; a slash may stand for a dot only where no name of an interface holds one. */
function withDots(name: string): string {
  const separator = /[./]/.exec(name)?.[0];
  return separator === "/" ? name.replace(/[./]/g, (each) => (each === "/" ? "." : "/")) : name;
}
