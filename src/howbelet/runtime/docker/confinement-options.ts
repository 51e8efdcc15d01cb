import type { HostConfig } from "dockerode";
import type { Confinement, ProcessView } from "../confinement.js";
import { RuntimeError } from "../errors.js";

/** What an engine can do to confine containers. */
export interface EngineAbilities {
  readonly hasAppArmor: boolean;
  readonly hasSeLinux: boolean;
  /** The lowest adjustment of the kernel's choice that it can make; undefined when it can make none. */
  readonly leastOomScoreAdjustment: number | undefined;
}

/** Docker's own AppArmor profile. */
const defaultAppArmor = "docker-default";

/**
 * What Docker is asked for to confine a container of the sandbox's pod.
 * @throws RuntimeError Misconfigured when the engine would silently leave a wish out
 */
export function confinementOptions(confinement: Confinement, sandboxId: string, abilities: EngineAbilities): HostConfig {
  const { groups, capabilities, isPrivileged, hasReadOnlyRoot, processes, ipc, maxProcesses } = confinement;
  const pidMode = pidModeOf(processes, sandboxId);
  const score = oomScoreOf(confinement, abilities);
  const securityOptions = securityOptionsOf(confinement, abilities);
  return {
    IpcMode: ipc === "host" ? "host" : `container:${sandboxId}`,
    ...(pidMode === undefined ? {} : { PidMode: pidMode }),
    ...(groups.length === 0 ? {} : { GroupAdd: groups.map(String) }),
    ...(capabilities.add.length === 0 ? {} : { CapAdd: [...capabilities.add] }),
    ...(capabilities.drop.length === 0 ? {} : { CapDrop: [...capabilities.drop] }),
    ...(isPrivileged ? { Privileged: true } : {}),
    ...(hasReadOnlyRoot ? { ReadonlyRootfs: true } : {}),
    ...(securityOptions.length === 0 ? {} : { SecurityOpt: securityOptions }),
    ...(score === undefined ? {} : { OomScoreAdj: score }),
    ...(maxProcesses === undefined ? {} : { PidsLimit: maxProcesses }),
  };
}

function pidModeOf(processes: ProcessView, sandboxId: string): string | undefined {
  switch (processes.type) {
    case "own":
      return undefined;
    case "host":
      return "host";
    case "pod":
      return `container:${sandboxId}`;
    case "container":
      return `container:${processes.id}`;
  }
}

/** An engine that is itself confined fails the start of what it is to spare more than itself: then as much as it can. */
function oomScoreOf({ oomScoreAdjustment }: Confinement, { leastOomScoreAdjustment: least }: EngineAbilities): number | undefined {
  return least === undefined ? undefined : Math.max(oomScoreAdjustment, least);
}

function securityOptionsOf(confinement: Confinement, abilities: EngineAbilities): string[] {
  return [
    ...(confinement.mayGainPrivileges ? [] : ["no-new-privileges"]),
    ...seccompOptions(confinement),
    ...appArmorOptions(confinement, abilities),
    ...seLinuxOptions(confinement, abilities),
  ];
}

function seccompOptions({ seccomp }: Confinement): string[] {
  switch (seccomp.type) {
    case "default":
      return [];
    case "unconfined":
      return ["seccomp=unconfined"];
    case "profile":
      return [`seccomp=${seccomp.json}`];
  }
}

function appArmorOptions({ appArmor }: Confinement, { hasAppArmor }: EngineAbilities): string[] {
  if (appArmor.type === "any") return [];
  if (appArmor.type === "unconfined") return hasAppArmor ? ["apparmor=unconfined"] : [];
  if (!hasAppArmor) throw new RuntimeError("Misconfigured", "Cannot enforce AppArmor: AppArmor is not enabled on the host");
  return [`apparmor=${appArmor.type === "default" ? defaultAppArmor : appArmor.name}`];
}

function seLinuxOptions({ seLinux }: Confinement, { hasSeLinux }: EngineAbilities): string[] {
  if (seLinux === undefined) return [];
  const options = Object.entries(seLinux).flatMap(([part, value]) => (value === "" ? [] : [`label=${part}:${value}`]));
  if (options.length === 0 || hasSeLinux) return options;
  throw new RuntimeError("Misconfigured", "Cannot apply seLinuxOptions: the container engine does not use SELinux on this host");
}
