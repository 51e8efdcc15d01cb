import { createReadStream, type Stats } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { pack as createPack, type Pack } from "tar-stream";
import { writeAll } from "./write-all.js";

type MemberHeader = Parameters<Pack["entry"]>[0];

/** Permission bits and the three special ones: what a tar header has of a mode. */
const modeBits = 0o7777;

/**
 * A file or directory as a tar stream. Directories appear by what is in them, and only empty ones by themselves, so that
 * unpacking does not change those that are there already.
 *
 * @param name what it is called in the archive
 * @param skipped is told of what no archive holds: sockets, devices
 */
export async function* packPath(path: string, name: string, skipped: (path: string) => void): AsyncGenerator<Buffer> {
  const archive = createPack();
  const filling = addPath(archive, path, name, skipped).then(
    () => archive.finalize(),
    (error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    for await (const piece of archive) yield piece as Buffer;
  } finally {
    archive.destroy();
    await filling;
  }
}

async function addPath(archive: Pack, path: string, name: string, skipped: (path: string) => void): Promise<void> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) add(archive, { ...headerOf(name, stats), type: "symlink", linkname: await readlink(path) });
  else if (stats.isFile()) await addFile(archive, path, { ...headerOf(name, stats), type: "file", size: stats.size });
  else if (!stats.isDirectory()) skipped(path);
  else {
    const entries = (await readdir(path)).sort();
    if (entries.length === 0) add(archive, { ...headerOf(name, stats), type: "directory" });
    for (const entry of entries) await addPath(archive, join(path, entry), `${name}/${entry}`, skipped);
  }
}

function headerOf(name: string, { mode, mtime, uid, gid }: Stats): MemberHeader {
  return { name, mode: mode & modeBits, mtime, uid, gid };
}

function add(archive: Pack, header: MemberHeader): void {
  archive.entry(header, "");
}

/** Resolves when the file has been taken, which is as fast as the archive is read. @throws when it changes its size meanwhile */
async function addFile(archive: Pack, path: string, header: MemberHeader): Promise<void> {
  if (header.size === 0) return add(archive, header);
  // No more than the header says: a log that grows while it is copied is copied as it was.
  const pieces = createReadStream(path, { end: (header.size ?? 0) - 1 });
  await new Promise<void>((resolve, reject) => {
    const sink = archive.entry(header, (error) => (error ? reject(error) : resolve()));
    writeAll(sink, pieces).catch(reject);
  });
}
