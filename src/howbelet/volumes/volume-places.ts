import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, realpath, rm, rmdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { geteuid } from "node:process";
import { ifPresent } from "../../base/if-present.js";
import type { Log } from "../../base/log.js";
import type { Mounter } from "./mounter.js";

/** What statfs says of file systems in memory. */
const memoryFileSystem = 0x01021994;

/** Where Linux has a file system in memory that everybody may write. */
const sharedMemory = "/dev/shm";

export interface VolumePlacesDeps {
  /** Of the node alone. */
  readonly directory: string;
  readonly mounter: Pick<Mounter, "mountMemory" | "unmountBelow">;
  readonly log: Log;
}

/**
 * Where the volumes of a node's pods are: on disk in the node's folder, and what is secret in a file system in memory
 * that is mounted into it while there is something to keep there. One for the whole node: to make a volume then mounts
 * nothing, which would take longer than all else. Without root it is a private folder in the machine's shared memory.
 *
 * An engine that sees the node's folder but not what is mounted there finds nothing at the paths below the mount, and
 * refuses to mount them: a container is never given an empty folder for its secrets.
 */
export class VolumePlaces {
  private readonly disk: string;
  /** Undefined until it is known to be one. */
  private memory: string | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly deps: VolumePlacesDeps) {
    this.disk = join(deps.directory, "disk");
  }

  /** Of volumes that may be on disk. */
  async onDisk(podUid: string): Promise<string> {
    const folder = join(this.disk, podUid);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return realpath(folder);
  }

  /** Of what must not be on disk. @throws Error where memory cannot be had as a file system */
  inMemory(podUid: string): Promise<string> {
    return this.inTurn(async () => {
      const memory = await this.ensureMemory();
      // Looked at each time: what is written next must not be on disk, whoever has unmounted what.
      if (!(await isInMemory(memory))) throw new Error(`${memory} is not in memory`);
      const folder = join(memory, podUid);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return realpath(folder);
    });
  }

  /** The pods of which there is something, by uid. */
  async pods(): Promise<ReadonlySet<string>> {
    const folders = [this.disk, this.mountPoint, this.privateMemory];
    const names = await Promise.all(folders.map((folder) => namesIn(folder)));
    return new Set(names.flat());
  }

  /** Removes all that a pod has here, and what is mounted there. Removing what is gone succeeds. */
  async remove(podUid: string): Promise<void> {
    await this.inTurn(async () => {
      for (const parent of [this.mountPoint, this.privateMemory]) await this.removeFolder(join(parent, podUid));
      await this.giveMemoryBack();
    });
    // Not in turn: there may be very many files, for which other pods' volumes need not wait.
    await this.removeFolder(join(this.disk, podUid));
  }

  private get mountPoint(): string {
    return join(this.deps.directory, "memory");
  }

  /** Named for the node's folder: nodes of one machine do not share it. */
  private get privateMemory(): string {
    const name = createHash("sha256").update(this.deps.directory).digest("hex").slice(0, 16);
    return join(sharedMemory, `howbernetes-${geteuid?.() ?? 0}-${name}`);
  }

  private async ensureMemory(): Promise<string> {
    const { mounter, log } = this.deps;
    if (this.memory !== undefined && (await isInMemory(this.memory))) return this.memory;
    await mkdir(this.mountPoint, { recursive: true, mode: 0o700 });
    if (!(await isInMemory(this.mountPoint))) {
      try {
        await mounter.mountMemory(await realpath(this.mountPoint), { mode: 0o700 });
      } catch (error: unknown) {
        const instead = await this.ensurePrivateMemory();
        if (instead === undefined)
          throw new Error(`no file system in memory can be mounted, run howbelet as root: ${messageOf(error)}`, { cause: error });
        if (this.memory === undefined) log.info("secrets are kept in shared memory", { folder: instead });
        this.memory = instead;
        return instead;
      }
    }
    this.memory = this.mountPoint;
    return this.mountPoint;
  }

  /** Anybody may make folders there: only one that is ours, and closed to others, will do. */
  private async ensurePrivateMemory(): Promise<string | undefined> {
    const folder = this.privateMemory;
    try {
      if (!(await isInMemory(sharedMemory))) return undefined;
      await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      });
      const found = await lstat(folder);
      return found.isDirectory() && found.uid === geteuid?.() && (found.mode & 0o077) === 0 ? folder : undefined;
    } catch (_notHere: unknown) {
      return undefined;
    }
  }

  private async removeFolder(folder: string): Promise<void> {
    if ((await ifPresent(stat(folder))) === undefined) return;
    // First of all, and looked at again by the mounter: what is mounted there must not be removed with the rest.
    await this.deps.mounter.unmountBelow(await realpath(folder));
    try {
      await rm(folder, { recursive: true, force: true });
    } catch (error: unknown) {
      const { code } = error as NodeJS.ErrnoException;
      if (geteuid?.() === 0 || (code !== "EACCES" && code !== "EPERM")) throw error;
      // Containers run as root: without being root, what they have written can be neither read nor removed.
      this.deps.log.warn("files of a pod cannot be removed by this user", { folder, error });
    }
  }

  /** Unmounts the memory that nothing is in any more. */
  private async giveMemoryBack(): Promise<void> {
    if ((await namesIn(this.mountPoint)).length > 0) return;
    if ((await ifPresent(stat(this.mountPoint))) !== undefined) {
      await this.deps.mounter.unmountBelow(await realpath(this.mountPoint));
      await rmdir(this.mountPoint);
    }
    if ((await namesIn(this.privateMemory)).length === 0 && (await ifPresent(stat(this.privateMemory))) !== undefined)
      await rmdir(this.privateMemory);
    this.memory = undefined;
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task);
    this.last = result.catch((_seenByCaller: unknown) => undefined);
    return result;
  }
}

async function isInMemory(folder: string): Promise<boolean> {
  try {
    return (await statfs(folder)).type === memoryFileSystem;
  } catch (_missing: unknown) {
    return false;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await ifPresent(readdir(folder))) ?? [];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
