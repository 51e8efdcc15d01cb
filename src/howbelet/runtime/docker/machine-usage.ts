import { readFile, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { FileSystemUsage, MachineUsage } from "../container-statistics.js";

/** The kernel counts processor time in hundredths of a second, whatever its own clock. */
const tickMicroseconds = 10_000;

/** The files of the kernel that tell how a machine is, as they were read; "" for one that is not there. */
export interface MachineFiles {
  /** /proc/stat */
  readonly stat: string;
  /** /proc/meminfo */
  readonly meminfo: string;
  /** /proc/loadavg */
  readonly loadavg: string;
  /** /proc/sys/kernel/pid_max and /proc/sys/kernel/threads-max */
  readonly pidMax: string;
  readonly threadsMax: string;
  /** The bound that all of this is under when the machine is itself a container; "" or "max" for none. */
  readonly memoryLimit: string;
  readonly memoryUsed: string;
  readonly memoryStat: string;
}

type KernelUsage = Omit<MachineUsage, "imageFileSystem" | "nodeFileSystem">;

/** What they mean; undefined when they are not as expected. */
export function readMachine(files: MachineFiles): KernelUsage | undefined {
  const cpu = /^cpu +([\d ]+)$/m.exec(files.stat)?.[1]?.split(" ").map(Number);
  const [total, available] = [kibibytes(files.meminfo, "MemTotal"), kibibytes(files.meminfo, "MemAvailable")];
  const pids = /\/(\d+) /.exec(files.loadavg)?.[1];
  if (cpu === undefined || total === undefined || available === undefined || pids === undefined) return undefined;
  // Idle, and waiting for a disk, is no work. Guests' time is counted in the user's already.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = cpu;
  const [pidMax, threadsMax] = [Number(files.pidMax.trim()) || Infinity, Number(files.threadsMax.trim()) || Infinity];
  const pidsMax = Math.min(pidMax, threadsMax);
  return {
    cpuMicroseconds: (user + nice + system + irq + softirq + steal) * tickMicroseconds,
    ...withinLimit({ total, available }, files),
    pidsMax: Number.isFinite(pidsMax) ? pidsMax : 0,
    pids: Number(pids),
  };
}

function withinLimit(
  { total, available }: { readonly total: number; readonly available: number },
  { memoryLimit, memoryUsed, memoryStat }: MachineFiles,
): Pick<KernelUsage, "memoryCapacityBytes" | "memoryAvailableBytes"> {
  const limit = Number(memoryLimit.trim() || Number.NaN);
  if (!(limit < total)) return { memoryCapacityBytes: total, memoryAvailableBytes: available };
  const inactive = Number(/^(?:total_)?inactive_file (\d+)$/m.exec(memoryStat)?.[1] ?? 0);
  const left = Math.max(0, limit - Math.max(0, Number(memoryUsed.trim()) - inactive));
  return { memoryCapacityBytes: limit, memoryAvailableBytes: Math.min(available, left) };
}

function kibibytes(meminfo: string, name: string): number | undefined {
  const [, amount] = new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(meminfo) ?? [];
  return amount === undefined ? undefined : Number(amount) * 1024;
}

/** How this machine is; undefined where the kernel does not tell. */
export async function machineUsage(imageFolder: string, nodeFolder: string | undefined): Promise<MachineUsage | undefined> {
  const [stat, meminfo, loadavg, pidMax, threadsMax] = await Promise.all([
    contentOf("/proc/stat"),
    contentOf("/proc/meminfo"),
    contentOf("/proc/loadavg"),
    contentOf("/proc/sys/kernel/pid_max"),
    contentOf("/proc/sys/kernel/threads-max"),
  ]);
  const [memoryLimit, memoryUsed, memoryStat] = await Promise.all([
    firstContentOf("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    firstContentOf("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    firstContentOf("/sys/fs/cgroup/memory.stat", "/sys/fs/cgroup/memory/memory.stat"),
  ]);
  const kernel = readMachine({ stat, meminfo, loadavg, pidMax, threadsMax, memoryLimit, memoryUsed, memoryStat });
  if (kernel === undefined) return undefined;
  const imageFileSystem = await fileSystemUsage(imageFolder);
  const nodeFileSystem = nodeFolder === undefined ? imageFileSystem : await futureFileSystemUsage(nodeFolder);
  return { ...kernel, imageFileSystem, nodeFileSystem };
}

/** How full the file system is that a folder is on; undefined when the folder is not in sight, as from within a container. */
async function fileSystemUsage(folder: string): Promise<FileSystemUsage | undefined> {
  try {
    const { blocks, bavail, bsize, files, ffree } = await statfs(folder);
    return { capacityBytes: blocks * bsize, availableBytes: bavail * bsize, inodes: files, inodesFree: ffree };
  } catch (_notHere: unknown) {
    return undefined;
  }
}

/** As `fileSystemUsage`, for a folder that may still have to be made. */
async function futureFileSystemUsage(folder: string): Promise<FileSystemUsage | undefined> {
  const parent = dirname(folder);
  return (await fileSystemUsage(folder)) ?? (parent === folder ? undefined : futureFileSystemUsage(parent));
}

async function firstContentOf(...paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const content = await contentOf(path);
    if (content !== "") return content;
  }
  return "";
}

async function contentOf(path: string): Promise<string> {
  return readFile(path, "utf8").catch((_absent: unknown) => "");
}
