import { readFile, rm } from "node:fs/promises";
import { writePrivateFile } from "../base/private-file.js";
import { StartupError } from "./startup-error.js";

/** What a data directory says of its cluster, for `up` and `down`. */
export interface ClusterRecord {
  readonly clusterUid: string;
  /** The process that runs `up`, or ran it last. */
  readonly pid: number;
  /** As given to `--store`. */
  readonly store: string;
}

/** Reads the record, or undefined when no cluster has been there. @throws StartupError when it cannot be read */
export async function readClusterRecord(path: string): Promise<ClusterRecord | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as ClusterRecord;
  } catch (error: unknown) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new StartupError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export async function writeClusterRecord(path: string, record: ClusterRecord): Promise<void> {
  await writePrivateFile(path, `${JSON.stringify(record)}\n`);
}

export async function removeClusterRecord(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** The process, other than this one, that runs the cluster now; undefined when none does. */
export async function runningPid(record: ClusterRecord | undefined): Promise<number | undefined> {
  if (record === undefined || record.pid === process.pid || !isAlive(record.pid)) return undefined;
  return (await isOurs(record.pid)) ? record.pid : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error: unknown) {
    // Somebody else's process is one that lives.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Process numbers are used again, so the one on record may be something else by now. */
async function isOurs(pid: number): Promise<boolean> {
  try {
    const words = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
    return words.some((word) => /howbernetes|standalone\/main/.test(word));
  } catch (_noProcFileSystem: unknown) {
    return true;
  }
}
