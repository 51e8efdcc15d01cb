/** Which system calls a container's programs may make. */
export type SeccompSetting =
  /** Those of the runtime's own profile. */
  | { readonly type: "default" }
  | { readonly type: "unconfined" }
  /** Those of a profile, in the JSON that runtimes read. */
  | { readonly type: "profile"; readonly json: string };

/** What programs may do by AppArmor's rules. */
export type AppArmorSetting =
  /** Whatever the runtime does when nobody asks. */
  | { readonly type: "any" }
  /** The runtime's own profile, or a failure where there is no AppArmor. */
  | { readonly type: "default" }
  | { readonly type: "unconfined" }
  /** A profile that the machine's administrator has loaded. */
  | { readonly type: "profile"; readonly name: string };

/** An SELinux context; parts that are "" are the runtime's to choose. */
export interface SeLinuxSetting {
  readonly user: string;
  readonly role: string;
  readonly type: string;
  readonly level: string;
}

/** Whose processes a container's programs see, and may signal. */
export type ProcessView =
  | { readonly type: "own" }
  /** All containers of the pod together, the sandbox's program being process 1. */
  | { readonly type: "pod" }
  /** The machine's. */
  | { readonly type: "host" }
  /** Another container's of the same pod, by its id. */
  | { readonly type: "container"; readonly id: string };

/** What a container's programs may do, and what they see of others. */
export interface Confinement {
  /** As the image's user is written, "1000", "web" or "1000:2000"; "" for the image's own. */
  readonly user: string;
  /** Further groups, beside those that the image gives to the user. */
  readonly groups: readonly number[];
  /** Capabilities beside the runtime's usual ones, and those of them to be taken away; "ALL" is all there are. */
  readonly capabilities: { readonly add: readonly string[]; readonly drop: readonly string[] };
  /** All rights of root on the machine. */
  readonly isPrivileged: boolean;
  readonly hasReadOnlyRoot: boolean;
  /** Whether a program may have more rights than what started it, as by a setuid file. */
  readonly mayGainPrivileges: boolean;
  readonly seccomp: SeccompSetting;
  readonly appArmor: AppArmorSetting;
  /** Undefined leaves it to the runtime. */
  readonly seLinux: SeLinuxSetting | undefined;
  readonly processes: ProcessView;
  /** Shared memory and message queues: the pod's own, or the machine's. */
  readonly ipc: "pod" | "host";
  /** How readily the kernel picks it when memory is short: -1000 never, 1000 first. */
  readonly oomScoreAdjustment: number;
  /** Undefined is no limit but the machine's. */
  readonly maxProcesses: number | undefined;
}
