import { readFile } from "node:fs/promises";
import { runProgram } from "../run-program.js";
import { mountPointsBelow, parseMountPoints } from "./mount-table.js";

/** A file system in memory. */
export interface MemoryOptions {
  /** Undefined: as the kernel has it. */
  readonly sizeBytes?: number | undefined;
  /** Permissions of its root. */
  readonly mode: number;
  /** Group of its root. */
  readonly group?: number | undefined;
}

const never = new AbortController().signal;

/**
 * Mounts and unmounts, one after the other, by the machine's own programs; needs root. What was begun is brought to its
 * end, so that what is mounted is always known.
 */
export class Mounter {
  private last: Promise<unknown> = Promise.resolve();
  /** Kernels before 6.4 cannot keep a file system in memory from being swapped out. */
  private canForbidSwap = true;

  /** @throws RuntimeError Failed */
  mountMemory(target: string, options: MemoryOptions): Promise<void> {
    return this.inTurn(async () => {
      const words = wordsOf(options);
      if (this.canForbidSwap) {
        try {
          return await mount(["-t", "tmpfs", "-o", [...words, "noswap"].join(","), "tmpfs", target]);
        } catch (_perhapsOld: unknown) {
          this.canForbidSwap = false;
        }
      }
      return mount(["-t", "tmpfs", "-o", words.join(","), "tmpfs", target]);
    });
  }

  /**
   * Shows what `source` is at `target` too. It may be a path below /proc that names a descriptor: paths are not
   * followed by the program, but by the kernel, at once.
   * @throws RuntimeError Failed
   */
  bind(source: string, target: string): Promise<void> {
    return this.inTurn(() => mount(["--no-canonicalize", "-o", "bind", source, target]));
  }

  /** Unmounts what is mounted at a folder and below it. What still uses it goes on with it. @throws RuntimeError Failed */
  unmountBelow(folder: string): Promise<void> {
    return this.inTurn(async () => {
      for (const point of await pointsBelow(folder)) await runProgram("umount", ["--lazy", point], never);
      const [left] = await pointsBelow(folder);
      if (left !== undefined) throw new Error(`${left} is still mounted`);
    });
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task);
    this.last = result.catch((_seenByCaller: unknown) => undefined);
    return result;
  }
}

async function pointsBelow(folder: string): Promise<readonly string[]> {
  return mountPointsBelow(parseMountPoints(await readFile("/proc/self/mountinfo", "utf8")), folder);
}

function mount(args: readonly string[]): Promise<void> {
  return runProgram("mount", args, never);
}

function wordsOf({ sizeBytes, mode, group }: MemoryOptions): string[] {
  return [
    `mode=${mode.toString(8)}`,
    ...(sizeBytes === undefined ? [] : [`size=${sizeBytes}`]),
    ...(group === undefined ? [] : [`gid=${group}`]),
  ];
}
