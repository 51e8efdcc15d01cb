import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readlink } from "node:fs/promises";
import { posix } from "node:path";

/** Opens a place in the file system, not what is there; Linux alone has it, and Node.js no name for it. */
const openPlace = 0o10000000 | constants.O_NOFOLLOW;

/** As the kernel. */
const maxLinks = 40;

/** A place below a folder, held open: it stays that place whatever becomes of its path. */
export interface HeldPlace {
  /** Of this process, for the kernel alone to follow. */
  readonly descriptorPath: string;
  /** Below the folder, without links; "" for the folder itself. */
  readonly path: string;
  readonly isFolder: boolean;
  close(): Promise<void>;
}

/**
 * Goes down a path below a folder, name by name. Links are read here and not followed by the kernel, so that none leads
 * out of the folder, whoever changes what meanwhile; a link that stays inside is gone through. What is missing is made:
 * folders, with the permissions of `folder`.
 *
 * @throws Error when the path leads out, or cannot be gone
 */
export async function holdBelow(folder: string, path: string): Promise<HeldPlace> {
  const root = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const held: Step[] = [{ handle: root, name: "" }];
  try {
    await descend(held, folder, path.split("/"));
    const last = held.pop();
    if (last === undefined) throw new Error("a path leads nowhere");
    await Promise.all(held.map(({ handle }) => handle.close()));
    return placeOf(last, held);
  } catch (error: unknown) {
    await Promise.all(held.map(({ handle }) => handle.close()));
    throw error;
  }
}

interface Step {
  readonly handle: FileHandle;
  readonly name: string;
}

async function placeOf({ handle, name }: Step, above: readonly Step[]): Promise<HeldPlace> {
  const names = [...above.map((step) => step.name), name].filter((each) => each !== "");
  return {
    descriptorPath: `/proc/${process.pid}/fd/${handle.fd}`,
    path: names.join("/"),
    isFolder: (await handle.stat()).isDirectory(),
    close: () => handle.close(),
  };
}

async function descend(held: Step[], folder: string, names: readonly string[]): Promise<void> {
  const [root] = held;
  const mode = root === undefined ? 0o755 : (await root.handle.stat()).mode & 0o7777;
  let rest = [...names];
  for (let links = 0; rest.length > 0; ) {
    const [name = "", ...after] = rest;
    rest = after;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      await goUp(held, folder);
      continue;
    }
    const at = `/proc/self/fd/${held.at(-1)?.handle.fd}/${name}`;
    const handle = await openOrMake(at, mode);
    if (!(await handle.stat()).isSymbolicLink()) {
      held.push({ handle, name });
      continue;
    }
    await handle.close();
    links += 1;
    if (links > maxLinks) throw new Error("too many links");
    rest = [...(await followed(await readlink(at), held, folder)), ...rest];
  }
}

/** The names that a link stands for. One that begins at the machine's root is gone through only if it comes back here. */
async function followed(target: string, held: Step[], folder: string): Promise<string[]> {
  if (!target.startsWith("/")) return target.split("/");
  const path = posix.normalize(target);
  if (path !== folder && !path.startsWith(`${folder}/`)) throw new Error("it leads out of the volume");
  for (const { handle } of held.splice(1)) await handle.close();
  return path.slice(folder.length).split("/");
}

async function goUp(held: Step[], folder: string): Promise<void> {
  if (held.length <= 1) throw new Error(`it leads out of ${folder}`);
  await held.pop()?.handle.close();
}

async function openOrMake(at: string, mode: number): Promise<FileHandle> {
  try {
    return await open(at, openPlace);
  } catch (error: unknown) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  await mkdir(at, { mode: 0o700 }).catch((error: unknown) => {
    // Somebody was faster: what is there now is looked at as anything else.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
  const made = await open(at, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await made.chmod(mode);
  } finally {
    await made.close();
  }
  return open(at, openPlace);
}
