import { chmod, lchown, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** What of permissions a group needs. */
const mayRead = 0o440;
const mayReadAndWrite = 0o660;
const mayEnter = 0o110;
/** What is made in such a folder is its group's too. */
const groupIsInherited = 0o2000;

/** A pod's fsGroup, and what its containers may do with a volume. */
export interface GroupAccess {
  readonly group: number;
  readonly isReadOnly: boolean;
}

/** Permissions that let a group use a file or folder; nobody loses any. */
export function modeForGroup(mode: number, isFolder: boolean, isReadOnly: boolean): number {
  const forFile = isReadOnly ? mayRead : mayReadAndWrite;
  return (mode & 0o7777) | forFile | (isFolder ? mayEnter | groupIsInherited : 0);
}

/** Gives something, and all that is in it, to a group. Links are not followed. */
export async function giveToGroup(path: string, access: GroupAccess): Promise<void> {
  const { group, isReadOnly } = access;
  const found = await lstat(path);
  await lchown(path, found.uid, group);
  if (found.isSymbolicLink()) return;
  await chmod(path, modeForGroup(found.mode, found.isDirectory(), isReadOnly));
  if (!found.isDirectory()) return;
  for (const name of await readdir(path)) await giveToGroup(join(path, name), access);
}
