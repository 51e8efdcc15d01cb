/** Where the kernel tells what a container uses. */
export interface ControlGroup {
  readonly version: 1 | 2;
  /** Folders. With version 2 all are the same. */
  readonly cpu: string;
  readonly memory: string;
  readonly pids: string;
}

/**
 * A process' control group, from /proc/PID/cgroup and /proc/self/mountinfo; undefined when it is not in sight from here.
 * Where both versions are in use, whichever has the memory counts.
 */
export function findControlGroup(processGroups: string, mountInfo: string): ControlGroup | undefined {
  const groups = processGroups.split("\n").flatMap(parseGroup);
  const mounts = mountInfo.split("\n").flatMap(parseMount);
  const folderOf = (controller: string): string | undefined => {
    const group = groups.find(({ controllers }) => controllers.includes(controller));
    const mount = mounts.find(({ type, controllers }) => type === "cgroup" && controllers.includes(controller));
    return group === undefined || mount === undefined ? undefined : join(mount.folder, group.path);
  };
  const [cpu, memory, pids] = [folderOf("cpuacct"), folderOf("memory"), folderOf("pids")];
  if (cpu !== undefined && memory !== undefined) return { version: 1, cpu, memory, pids: pids ?? "" };

  const unified = groups.find(({ hierarchy }) => hierarchy === "0");
  const mount = mounts.find(({ type }) => type === "cgroup2");
  if (unified === undefined || mount === undefined) return undefined;
  const folder = join(mount.folder, unified.path);
  return { version: 2, cpu: folder, memory: folder, pids: folder };
}

function parseGroup(line: string): { readonly hierarchy: string; readonly controllers: readonly string[]; readonly path: string }[] {
  const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
  return hierarchy === undefined ? [] : [{ hierarchy, controllers: (controllers ?? "").split(","), path: path ?? "" }];
}

/** Only mounts of a whole hierarchy: of a part of one, paths mean something else. */
function parseMount(line: string): { readonly type: string; readonly folder: string; readonly controllers: readonly string[] }[] {
  const [mount = "", source = ""] = line.split(" - ");
  const [, , , root, folder] = mount.split(" ");
  const [type, , options = ""] = source.split(" ");
  if (root !== "/" || folder === undefined || (type !== "cgroup" && type !== "cgroup2")) return [];
  return [{ type, folder, controllers: options.split(",") }];
}

const join = (folder: string, path: string): string => `${folder}${path === "/" ? "" : path}`;

/** What the files of a control group say, as they were read; "" for a file that is not there. */
export interface ControlGroupFiles {
  /** cpuacct.usage, or cpu.stat. */
  readonly cpu: string;
  /** memory.usage_in_bytes, or memory.current. */
  readonly memory: string;
  readonly memoryStat: string;
  readonly pids: string;
}

/** The names of these files. */
export const controlGroupFileNames: Readonly<Record<ControlGroup["version"], ControlGroupFiles>> = {
  1: { cpu: "cpuacct.usage", memory: "memory.usage_in_bytes", memoryStat: "memory.stat", pids: "pids.current" },
  2: { cpu: "cpu.stat", memory: "memory.current", memoryStat: "memory.stat", pids: "pids.current" },
};

/** What they mean; undefined when they are not as expected. */
export function readControlGroup(
  version: ControlGroup["version"],
  files: ControlGroupFiles,
): { readonly cpuMicroseconds: number; readonly workingSetBytes: number; readonly pids: number } | undefined {
  const cpu = version === 1 ? Number(files.cpu.trim() || Number.NaN) / 1_000 : statistic(files.cpu, "usage_usec");
  const used = Number(files.memory.trim() || Number.NaN);
  const inactive = statistic(files.memoryStat, version === 1 ? "total_inactive_file" : "inactive_file") ?? 0;
  if (cpu === undefined || Number.isNaN(cpu) || Number.isNaN(used)) return undefined;
  return {
    cpuMicroseconds: Math.floor(cpu),
    workingSetBytes: Math.max(0, used - inactive),
    pids: Number(files.pids.trim()) || 0,
  };
}

function statistic(text: string, name: string): number | undefined {
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
