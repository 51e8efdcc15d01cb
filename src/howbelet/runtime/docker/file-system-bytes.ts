import { statfs } from "node:fs/promises";

/** The size of the file system that a folder is on; undefined when the folder is not in sight, as from within a container. */
export async function fileSystemBytes(path: string): Promise<number | undefined> {
  try {
    const { blocks, bsize } = await statfs(path);
    return blocks * bsize;
  } catch (_notHere: unknown) {
    return undefined;
  }
}
