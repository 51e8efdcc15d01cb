import type { Whole } from "../../api/object.js";
import type { Container, SeccompProfile, SecurityContext } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { AppArmorSetting, Confinement, ProcessView, SeccompSetting, SeLinuxSetting } from "../runtime/confinement.js";
import { RuntimeError } from "../runtime/errors.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { oomScoreAdjustment } from "./oom-score.js";
import { rootProblem, userOf } from "./run-as.js";
import type { SeccompProfiles } from "./seccomp-profiles.js";
import { effectiveSecurity } from "./security-context.js";

export interface ConfinementsDeps {
  readonly profiles: Pick<SeccompProfiles, "read">;
  /** The machine's memory; undefined while that is not known. */
  readonly machineBytes: () => number | undefined;
  /** Most processes that a container may have; undefined is no limit. */
  readonly maxProcesses: number | undefined;
}

/** What of a container's confinement its pod does not say. */
export interface ConfinementFacts {
  /** Who its image's programs run as; asked only when that matters. */
  imageUser(): Promise<string>;
  /** What there is of the pod. */
  readonly snapshots: readonly ContainerSnapshot[];
}

/** Tells what the containers of a node may do, and what they see. */
export class Confinements {
  constructor(private readonly deps: ConfinementsDeps) {}

  /**
   * @throws RuntimeError Misconfigured when the container may not run as it would, or names a profile or a container
   * that is not there
   */
  async of(pod: Whole<Pod>, container: Container, facts: ConfinementFacts): Promise<Confinement> {
    const security = effectiveSecurity(pod, container);
    const imageUser = needsImageUser(security) ? await facts.imageUser() : "";
    const problem = rootProblem(security, imageUser, { pod, container });
    if (problem !== undefined) throw new RuntimeError("Misconfigured", problem);
    return {
      ...rightsOf(pod, security, imageUser),
      seccomp: await this.seccompOf(security.seccompProfile),
      processes: processesOf(pod, container, facts),
      ipc: ipcOf(pod),
      oomScoreAdjustment: oomScoreAdjustment(pod.spec, container, this.deps.machineBytes()),
      maxProcesses: this.deps.maxProcesses,
    };
  }

  /** Unlike Kubernetes: who names no profile gets the runtime's, as where kubelet is told so by `seccompDefault`. */
  private async seccompOf(profile: SeccompProfile | undefined): Promise<SeccompSetting> {
    switch (profile?.type) {
      case "Unconfined":
        return { type: "unconfined" };
      case "Localhost":
        return { type: "profile", json: await this.deps.profiles.read(profile.localhostProfile ?? "") };
      default:
        return { type: "default" };
    }
  }
}

/** Whose shared memory the containers of a pod have. */
export function ipcOf({ spec }: Whole<Pod>): Confinement["ipc"] {
  return spec.hostIPC === true ? "host" : "pod";
}

function needsImageUser({ runAsUser, runAsGroup, runAsNonRoot }: Partial<SecurityContext>): boolean {
  return runAsUser === undefined && (runAsGroup !== undefined || runAsNonRoot === true);
}

type Rights = Omit<Confinement, "seccomp" | "processes" | "ipc" | "oomScoreAdjustment" | "maxProcesses">;

function rightsOf({ spec }: Whole<Pod>, security: Partial<SecurityContext>, imageUser: string): Rights {
  const { supplementalGroups = [], fsGroup } = spec.securityContext ?? {};
  const { capabilities } = security;
  return {
    user: userOf(security, imageUser),
    groups: [...new Set([...supplementalGroups, ...(fsGroup === undefined ? [] : [fsGroup])])],
    capabilities: { add: capabilities?.add ?? [], drop: capabilities?.drop ?? [] },
    isPrivileged: security.privileged ?? false,
    hasReadOnlyRoot: security.readOnlyRootFilesystem ?? false,
    mayGainPrivileges: security.allowPrivilegeEscalation ?? true,
    appArmor: appArmorOf(security),
    seLinux: seLinuxOf(security),
  };
}

function appArmorOf({ appArmorProfile: profile }: Partial<SecurityContext>): AppArmorSetting {
  switch (profile?.type) {
    case "Unconfined":
      return { type: "unconfined" };
    case "RuntimeDefault":
      return { type: "default" };
    case "Localhost":
      return { type: "profile", name: profile.localhostProfile ?? "" };
    default:
      return { type: "any" };
  }
}

function seLinuxOf({ seLinuxOptions: options }: Partial<SecurityContext>): SeLinuxSetting | undefined {
  if (options === undefined) return undefined;
  const { user = "", role = "", type = "", level = "" } = options;
  return { user, role, type, level };
}

function processesOf({ spec }: Whole<Pod>, container: Container, { snapshots }: ConfinementFacts): ProcessView {
  if (spec.hostPID === true) return { type: "host" };
  if (spec.shareProcessNamespace === true) return { type: "pod" };
  const ephemeral = spec.ephemeralContainers.find(({ ephemeralContainerCommon }) => ephemeralContainerCommon?.name === container.name);
  const target = ephemeral?.targetContainerName ?? "";
  if (target === "") return { type: "own" };
  const running = snapshots.find(({ identity, phase }) => identity.container === target && phase === "running");
  if (running !== undefined) return { type: "container", id: running.id };
  throw new RuntimeError("Misconfigured", `unable to find target container ${target}: it does not run`);
}
