import type { Stats } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import { ifPresent } from "../../base/if-present.js";

const wanted: Readonly<Record<string, { readonly is: (found: Stats) => boolean; readonly name: string }>> = {
  Directory: { is: (found) => found.isDirectory(), name: "a directory" },
  DirectoryOrCreate: { is: (found) => found.isDirectory(), name: "a directory" },
  File: { is: (found) => found.isFile(), name: "a file" },
  FileOrCreate: { is: (found) => found.isFile(), name: "a file" },
  Socket: { is: (found) => found.isSocket(), name: "a socket file" },
  CharDevice: { is: (found) => found.isCharacterDevice(), name: "a character device" },
  BlockDevice: { is: (found) => found.isBlockDevice(), name: "a block device" },
};

/**
 * Makes sure that something of the machine is what a pod takes it for, making it where the type says so. Without a type
 * it is what it is, and where nothing is a folder is made, as container engines do.
 *
 * @throws Error in Kubernetes' words
 */
export async function checkHostPath(path: string, type: string): Promise<void> {
  const found = await ifPresent(stat(path));
  if (found === undefined && (type === "" || type === "DirectoryOrCreate")) {
    await mkdir(path, { recursive: true, mode: 0o755 });
    return;
  }
  if (found === undefined && type === "FileOrCreate") {
    const handle = await open(path, "a", 0o644);
    await handle.close();
    return;
  }
  const check = wanted[type];
  if (type === "") return;
  if (check === undefined) throw new Error(`${type} is an invalid volume type`);
  if (found === undefined || !check.is(found)) throw new Error(`hostPath type check failed: ${path} is not ${check.name}`);
}
