import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isAbsence } from "../../base/if-present.js";
import { type GroupAccess, giveToGroup, modeForGroup } from "./group-ownership.js";
import { isSamePayload, type Payload, type PayloadFile } from "./payload.js";

/** Names the folder that holds the files now. */
const currentName = "..data";
const nextName = "..data_tmp";

/**
 * Writes what a volume is to hold, so that its readers see all of the old files or all of the new ones: the files are
 * in a folder of their own, to which the link `..data` points, and the names in the volume's root are links through
 * that one. A new folder takes the old one's place by one rename of the link. The layout is the kubelet's, which
 * programs that watch their configuration know.
 *
 * Whatever a writer that was killed has left is put right by the next. Returns whether anything had to be written.
 */
export async function writePayload(folder: string, payload: Payload, access: GroupAccess | undefined, nowMs: number): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, access === undefined ? 0o777 : modeForGroup(0o777, true, access.isReadOnly));
  const current = await currentFolder(folder);
  const held = current === undefined ? undefined : await readPayload(join(folder, current));
  const isNew = held === undefined || !isSamePayload(held, withGroup(payload, access));
  const kept = isNew ? await replace(folder, payload, access, nowMs) : current;
  await putNamesRight(folder, payload);
  await removeFormer(folder, kept);
  if (isNew && access !== undefined) await giveToGroup(folder, access);
  return isNew;
}

/** Whether files have ever been written there, by this process or another. */
export async function isWritten(folder: string): Promise<boolean> {
  return (await currentFolder(folder)) !== undefined;
}

async function currentFolder(folder: string): Promise<string | undefined> {
  try {
    return await readlink(join(folder, currentName));
  } catch (error: unknown) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function readPayload(root: string): Promise<Payload | undefined> {
  const files = new Map<string, PayloadFile>();
  const read = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await read(path);
      else files.set(path, { data: await readFile(join(root, path)), mode: (await lstat(join(root, path))).mode & 0o7777 });
    }
  };
  try {
    await read("");
    return files;
  } catch (error: unknown) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function withGroup(payload: Payload, access: GroupAccess | undefined): Payload {
  if (access === undefined) return payload;
  const { isReadOnly } = access;
  return new Map([...payload].map(([path, { data, mode }]) => [path, { data, mode: modeForGroup(mode, false, isReadOnly) }]));
}

async function replace(folder: string, payload: Payload, access: GroupAccess | undefined, nowMs: number): Promise<string> {
  // Nobody but us may look into it before it is as it should be.
  const fresh = await mkdtemp(join(folder, `${stamp(nowMs)}.`));
  const name = fresh.slice(dirname(fresh).length + 1);
  for (const [path, { data, mode }] of payload) {
    const file = join(fresh, path);
    await makeFolders(fresh, path);
    await writeFile(file, data, { flag: "wx", mode: 0o600 });
    await chmod(file, mode);
  }
  if (access !== undefined) await giveToGroup(fresh, access);
  await chmod(fresh, access === undefined ? 0o755 : modeForGroup(0o755, true, access.isReadOnly));
  await rm(join(folder, nextName), { force: true });
  await symlink(name, join(folder, nextName));
  await rename(join(folder, nextName), join(folder, currentName));
  return name;
}

/** Makes the folders of a path, whatever the process's umask. */
async function makeFolders(root: string, path: string): Promise<void> {
  let folder = root;
  for (const name of path.split("/").slice(0, -1)) {
    folder = join(folder, name);
    const made = await mkdir(folder, { recursive: true });
    if (made !== undefined) await chmod(folder, 0o755);
  }
}

/** Makes the links in the volume's root that are missing, and removes those to what is not there any more. */
async function putNamesRight(folder: string, payload: Payload): Promise<void> {
  const wanted = new Set([...payload.keys()].map((path) => path.split("/")[0] ?? path));
  const present = (await readdir(folder)).filter((name) => !name.startsWith(".."));
  for (const name of present) if (!wanted.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  for (const name of wanted) if (!present.includes(name)) await symlink(`${currentName}/${name}`, join(folder, name));
}

async function removeFormer(folder: string, kept: string | undefined): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith("..") && name !== currentName && name !== kept);
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
}

/** As "..2026_01_31_08_05_00". */
function stamp(nowMs: number): string {
  return `..${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-T:]/g, "_")}`;
}

function isMissing(error: unknown): boolean {
  return isAbsence(error) || (error as NodeJS.ErrnoException).code === "EINVAL";
}
