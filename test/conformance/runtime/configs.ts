import type { Confinement } from "../../../src/howbelet/runtime/confinement.js";
import type { ContainerConfig, ContainerIdentity, SandboxConfig } from "../../../src/howbelet/runtime/interface.js";

/** Who a container of a pod "web" is, with a pod's uid and what a test wants otherwise. */
export function identityOf(podUid: string, overrides: Partial<ContainerIdentity> = {}): ContainerIdentity {
  return {
    podUid,
    podNamespace: "default",
    podName: "web",
    container: "web",
    kind: "app",
    specHash: "1",
    attempt: 0,
    ...overrides,
  };
}

/** The plainest sandbox. */
export function sandboxConfig(podUid: string): SandboxConfig {
  return {
    identity: identityOf(podUid, { container: "POD", kind: "sandbox" }),
    hostname: "web",
    domainName: "",
    hostNetwork: false,
    ports: [],
    dns: { extendsMachine: true, servers: [], searches: [], options: [] },
    extraHosts: [],
    ipc: "pod",
    sysctls: {},
  };
}

/** What a container of a pod may that says nothing about it. */
export const usualConfinement: Confinement = {
  user: "",
  groups: [],
  capabilities: { add: [], drop: [] },
  isPrivileged: false,
  hasReadOnlyRoot: false,
  mayGainPrivileges: true,
  seccomp: { type: "default" },
  appArmor: { type: "any" },
  seLinux: undefined,
  processes: { type: "own" },
  ipc: "pod",
  oomScoreAdjustment: 1000,
  maxProcesses: undefined,
};

/** A container in a sandbox, of the pod that the identity names. */
export function containerConfig(
  made: Pick<ContainerConfig, "image" | "sandboxId" | "command" | "identity">,
  overrides: Partial<ContainerConfig> = {},
): ContainerConfig {
  return {
    ...made,
    args: [],
    env: [],
    workingDir: "",
    stopSignal: "",
    mounts: [],
    stdin: false,
    stdinOnce: false,
    tty: false,
    cpuLimitMilli: undefined,
    cpuRequestMilli: undefined,
    memoryLimitBytes: undefined,
    confinement: usualConfinement,
    ...overrides,
  };
}
