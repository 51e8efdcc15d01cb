import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Folders and mount points of a pod's volumes that are on the machine, in the folder of a node's files. */
export async function volumesLeft(dataDir: string, podUid: string): Promise<readonly string[]> {
  const entries = await readdir(join(dataDir, "volumes"), { recursive: true }).catch((_none: unknown) => []);
  const mounts = (await readFile("/proc/self/mountinfo", "utf8")).split("\n").map((line) => line.split(" ")[4] ?? "");
  const shared = await readdir("/dev/shm", { recursive: true }).catch((_none: unknown) => []);
  const found = [...entries, ...mounts.filter((point) => point.startsWith(dataDir)), ...shared];
  return found.filter((path) => path.includes(podUid));
}
