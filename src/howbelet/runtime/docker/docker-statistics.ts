import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ContainerInspectInfo, ContainerStats } from "dockerode";
import type { ContainerStatistics, ContainerStorage, ContainerUsage, MachineUsage } from "../container-statistics.js";
import { isContainerNotFound } from "../errors.js";
import { type ControlGroup, type ControlGroupFiles, controlGroupFileNames, findControlGroup, readControlGroup } from "./control-group.js";
import type { DockerEngine } from "./engine.js";
import { machineUsage } from "./machine-usage.js";

export interface DockerStatisticsOptions {
  /** A folder among the agent's own files. */
  readonly directory: string | undefined;
}

/**
 * What Docker's containers use: from the kernel's own files where the engine is on this machine, which takes the engine
 * no work; else what the engine says.
 */
export class DockerStatistics implements ContainerStatistics {
  /** By container id; undefined when its files are not in sight. */
  private readonly groups = new Map<string, ControlGroup | undefined>();
  private rootFolder: string | undefined;

  constructor(
    private readonly engine: DockerEngine,
    private readonly options: DockerStatisticsOptions,
  ) {}

  async usageOf(id: string, signal: AbortSignal): Promise<ContainerUsage | undefined> {
    if (!this.engine.isLocal) return this.told(id, signal);
    const known = this.groups.get(id);
    const usage = known === undefined ? undefined : await usageIn(known);
    if (usage !== undefined) return usage;
    // Not seen before, or started anew in another group, or gone.
    const info = await this.inspect(id, signal);
    if (info?.State.Running !== true) {
      this.groups.delete(id);
      return undefined;
    }
    if (known === undefined && this.groups.has(id)) return this.told(id, signal);
    const group = await groupOf(id, info.State.Pid);
    this.groups.set(id, group);
    return (group === undefined ? undefined : await usageIn(group)) ?? this.told(id, signal);
  }

  async storageOf(id: string, signal: AbortSignal): Promise<ContainerStorage | undefined> {
    const info = await this.inspect(id, signal, { size: true });
    if (info === undefined) return undefined;
    const { SizeRw: writableBytes = 0, LogPath: logPath = "" } = info as ContainerInspectInfo & { SizeRw?: number; LogPath?: string };
    return { writableBytes, logBytes: this.engine.isLocal && logPath !== "" ? await logBytes(logPath) : 0 };
  }

  async machine(signal: AbortSignal): Promise<MachineUsage | undefined> {
    if (!this.engine.isLocal) return undefined;
    this.rootFolder ??= (await this.engine.call(signal, () => this.engine.docker.info(), 10_000)).DockerRootDir;
    return machineUsage(this.rootFolder ?? "/", this.options.directory);
  }

  /** Ids of the containers of which something is remembered. */
  get known(): readonly string[] {
    return [...this.groups.keys()];
  }

  /** The container is not there any more. */
  forget(id: string): void {
    this.groups.delete(id);
  }

  private async inspect(id: string, signal: AbortSignal, query = {}): Promise<ContainerInspectInfo | undefined> {
    try {
      return await this.engine.call(signal, (abortSignal) => this.engine.docker.getContainer(id).inspect({ ...query, abortSignal }));
    } catch (error: unknown) {
      if (isContainerNotFound(error)) return undefined;
      throw error;
    }
  }

  /** As the engine says, which answers at once when it is not asked for a rate. */
  private async told(id: string, signal: AbortSignal): Promise<ContainerUsage | undefined> {
    // Its types know no signal, and of what may be asked with one, only a stream.
    const query = (abortSignal: AbortSignal) => ({ stream: false, "one-shot": true, abortSignal }) as { readonly stream: false };
    try {
      return usageFrom(await this.engine.call(signal, (abortSignal) => this.engine.docker.getContainer(id).stats(query(abortSignal))));
    } catch (error: unknown) {
      if (isContainerNotFound(error)) return undefined;
      throw error;
    }
  }
}

/** What the engine's answer means; undefined for a container that does not run. */
export function usageFrom({ read, cpu_stats: cpu, memory_stats: memory, pids_stats: pids }: ContainerStats): ContainerUsage | undefined {
  if (memory?.usage === undefined) return undefined;
  const { total_inactive_file: v1, inactive_file: v2 } = (memory.stats ?? {}) as { total_inactive_file?: number; inactive_file?: number };
  return {
    measuredAtMs: Date.parse(read),
    cpuMicroseconds: Math.floor(cpu.cpu_usage.total_usage / 1_000),
    workingSetBytes: Math.max(0, memory.usage - (v1 ?? v2 ?? 0)),
    pids: pids?.current ?? 0,
  };
}

/** The group must name the container: seen from within another container, the number is some other process'. */
async function groupOf(id: string, pid: number): Promise<ControlGroup | undefined> {
  try {
    const [groups, mounts] = await Promise.all([readFile(`/proc/${pid}/cgroup`, "utf8"), readFile("/proc/self/mountinfo", "utf8")]);
    return groups.includes(id) ? findControlGroup(groups, mounts) : undefined;
  } catch (_outOfSight: unknown) {
    return undefined;
  }
}

async function usageIn(group: ControlGroup): Promise<ContainerUsage | undefined> {
  const names = controlGroupFileNames[group.version];
  const read = (folder: string, name: string): Promise<string> => readFile(join(folder, name), "utf8").catch((_gone: unknown) => "");
  const [cpu, memory, memoryStat, pids] = await Promise.all([
    read(group.cpu, names.cpu),
    read(group.memory, names.memory),
    read(group.memory, names.memoryStat),
    read(group.pids, names.pids),
  ]);
  const files: ControlGroupFiles = { cpu, memory, memoryStat, pids };
  const usage = readControlGroup(group.version, files);
  return usage === undefined ? undefined : { measuredAtMs: Date.now(), ...usage };
}

/** A log and those that it was rotated into, which have its name with something behind. */
async function logBytes(path: string): Promise<number> {
  try {
    const names = (await readdir(dirname(path))).filter((name) => name.startsWith(basename(path)));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(dirname(path), name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch (_outOfSight: unknown) {
    return 0;
  }
}
