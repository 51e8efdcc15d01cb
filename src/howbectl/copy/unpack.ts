import { constants } from "node:fs";
import { link, lstat, mkdir, open, realpath, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { type Extract, extract, type Header } from "tar-stream";
import { ifPresent } from "../../base/if-present.js";
import { UsageError } from "../usage-error.js";
import { memberPlace } from "./member-place.js";
import { writeAll } from "./write-all.js";

type Entry = Extract extends AsyncIterable<infer Member> ? Member : never;

/** Owner's, group's and others' permissions: who copies from elsewhere makes nothing set-uid here. */
const modeBits = 0o777;

/** What is unpacked, and where. */
export interface UnpackOrder {
  /** The last part of the path that was asked for, under which all members are; "." for whatever there is. */
  readonly asked: string;
  /** The file or directory that it becomes here; a file goes into a directory that is there already. */
  readonly destination: string;
  /** Is told of members that are left out. */
  readonly skipped: (message: string) => void;
}

/**
 * Unpacks an archive that somebody else has made. Nothing is written outside of the destination, whatever the names of
 * members are and wherever symbolic links here lead; links are not made.
 */
export async function unpack(archive: AsyncIterable<Buffer>, order: UnpackOrder): Promise<void> {
  const members = extract();
  // Where the archive's source breaks off, so does what reads the members.
  const feeding = writeAll(members, archive).catch((error: unknown) => members.destroy(error instanceof Error ? error : null));
  let destination: Destination | undefined;
  try {
    for await (const member of members) {
      destination ??= await destinationFor(member.header, order);
      await unpackMember(member, destination, order);
    }
  } catch (error: unknown) {
    throw isArchiveError(error) ? new UsageError(`tar contents corrupted: ${error.message}`) : error;
  }
  await feeding;
}

/** Where members go: `root` holds all, and `base` of it is what was asked for; "" where that is `root` itself. */
interface Destination {
  readonly root: string;
  readonly base: string;
}

async function destinationFor({ type }: Header, { asked, destination }: UnpackOrder): Promise<Destination> {
  const isDirectoryHere = (await ifPresent(stat(destination)))?.isDirectory() === true;
  if (type === "directory" || asked === ".") {
    await mkdir(destination, { recursive: true });
    return { root: destination, base: "" };
  }
  if (isDirectoryHere) return { root: destination, base: asked };
  return { root: dirname(destination), base: basename(destination) };
}

async function unpackMember(member: Entry, { root, base }: Destination, { asked, skipped }: UnpackOrder): Promise<void> {
  const { name, type, linkname, mode } = member.header;
  const place = memberPlace(name, asked);
  const path = place === undefined ? undefined : join(base, place);
  const isKnown = type === "file" || type === "contiguous-file" || type === "directory" || type === "link";
  const directory = path === undefined || !isKnown ? undefined : await madeInside(root, type === "directory" ? path : dirname(path));
  if (type === "symlink") skipped(`skipping symlink: "${name}" -> "${linkname ?? ""}"`);
  else if (!isKnown) skipped(`skipping "${name}", which is a ${type ?? "file of an unknown type"}`);
  else if (path === undefined || directory === undefined) skipped(`file "${name}" is outside target destination, skipping`);
  else if (type === "link") await linkMember({ root, base }, directory, path, { asked, linkname: linkname ?? "", skipped });
  else if (type !== "directory") return await writeMember(member, join(directory, basename(path)), mode, skipped);
  // The next member comes only once this one has been read.
  member.resume();
}

/**
 * The directory at a path below `root`, made with those above it as far as they are missing; undefined when a symbolic
 * link on the way leads outside.
 */
async function madeInside(root: string, path: string): Promise<string | undefined> {
  const realRoot = await realpath(root);
  let current = realRoot;
  for (const part of path.split("/").filter((name) => name !== "" && name !== ".")) {
    const next = join(current, part);
    const found = await ifPresent(lstat(next));
    if (found === undefined) await mkdir(next);
    current = found?.isSymbolicLink() === true ? await realpath(next) : next;
    const way = relative(realRoot, current);
    if (way === ".." || way.startsWith(`..${sep}`)) return undefined;
  }
  return current;
}

async function writeMember(member: Entry, path: string, mode: number, skipped: (message: string) => void): Promise<void> {
  // A symbolic link that is there already is not followed: it may lead anywhere.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  try {
    const file = await open(path, flags, mode & modeBits);
    try {
      await writeFile(file, member as AsyncIterable<Uint8Array>);
    } finally {
      await file.close();
    }
  } catch (error: unknown) {
    if (!hasCode(error, "ELOOP")) throw error;
    skipped(`file "${path}" is a symbolic link here, skipping`);
    member.resume();
  }
}

/** A file that the archive has under another name already: the same file here, too, if that name is one of ours. */
async function linkMember(
  { root, base }: Destination,
  directory: string,
  path: string,
  { asked, linkname, skipped }: { readonly asked: string; readonly linkname: string; readonly skipped: (message: string) => void },
): Promise<void> {
  const place = memberPlace(linkname, asked);
  const target = place === undefined ? undefined : join(base, place);
  const from = target === undefined ? undefined : await madeInside(root, dirname(target));
  const isFile = from !== undefined && target !== undefined && (await ifPresent(lstat(join(from, basename(target)))))?.isFile();
  if (from === undefined || target === undefined || isFile !== true) return skipped(`skipping link: "${path}" -> "${linkname}"`);
  await link(join(from, basename(target)), join(directory, basename(path))).catch((error: unknown) => {
    if (!hasCode(error, "EEXIST")) throw error;
    skipped(`skipping link: "${path}" is there already`);
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** tar-stream's own, which are about the archive and have no code. */
function isArchiveError(error: unknown): error is Error {
  return error instanceof Error && !("code" in error) && !("reason" in error) && /header|end of data|checksum/i.test(error.message);
}
