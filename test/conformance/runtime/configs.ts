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
    dns: { servers: [], searches: [], options: [] },
    extraHosts: [],
  };
}

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
    stdin: false,
    stdinOnce: false,
    tty: false,
    cpuLimitMilli: undefined,
    cpuRequestMilli: undefined,
    memoryLimitBytes: undefined,
    ...overrides,
  };
}
