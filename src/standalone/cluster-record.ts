import { readFile } from "node:fs/promises";
import { ifPresent } from "../base/if-present.js";
import { writePrivateFile } from "../base/private-file.js";
import { StartupError } from "./startup-error.js";

/** What a data directory says of its cluster, for `up` and `down`. */
export interface ClusterRecord {
  readonly clusterUid: string;
  /** The process that runs `up`, or ran it last. */
  readonly pid: number;
  /** Tells the process from a later one of the same number; see `processBirth`. */
  readonly birth: string;
  /** As given to `--store`. */
  readonly store: string;
}

/** Reads the record, or undefined when no cluster has been there. @throws StartupError when it cannot be read */
export async function readClusterRecord(path: string): Promise<ClusterRecord | undefined> {
  try {
    const text = await ifPresent(readFile(path, "utf8"));
    return text === undefined ? undefined : (JSON.parse(text) as ClusterRecord);
  } catch (error: unknown) {
    throw new StartupError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export async function writeClusterRecord(path: string, record: ClusterRecord): Promise<void> {
  await writePrivateFile(path, `${JSON.stringify(record)}\n`);
}

/** The process, other than this one, that runs the cluster now; undefined when none does. */
export async function runningPid(record: ClusterRecord | undefined): Promise<number | undefined> {
  if (record === undefined || record.pid === process.pid || !isAlive(record.pid)) return undefined;
  return (await processBirth(record.pid)) === record.birth ? record.pid : undefined;
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

/**
 * When a process began, in the system's own terms: its number may be another's later. "" where the system does not say;
 * "ended" for one that is dead but not yet buried by its parent.
 */
export async function processBirth(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The second field, a name in parentheses, may hold spaces; the start time is the twentieth after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? "ended" : (fields[19] ?? "");
  } catch (_noProcFileSystem: unknown) {
    return "";
  }
}
