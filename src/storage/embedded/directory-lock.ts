import { randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, unlink } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { join } from "node:path";
import { deferred } from "../../base/abort.js";
import { StoreLockedError } from "../errors.js";

/** The right to use a directory, held until released or until the process ends, however it ends. */
export interface DirectoryLock {
  release(): Promise<void>;
}

const lockName = /^lock\.(\d+)\.[0-9a-f]+$/;

/** The shortest limit among systems on the path of a socket, with room for its name. */
const maxSocketDirectory = 70;

/**
 * Locks a directory against other processes, and against a second use by this one.
 *
 * The lock is a listening socket in the directory. Whether it still has a listener is the kernel's knowledge: it ends
 * with the process, also by kill -9, needs no pid that may be reused, and holds between containers that share a volume.
 * Each taker first announces itself under a name of its own and then looks for others, so that of two that start at
 * once at most one goes on.
 *
 * @throws StoreLockedError naming the process that holds it
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const handle = directory.length > maxSocketDirectory ? await open(directory, "r") : undefined;
  // Linux reaches a directory of any length through its descriptor.
  const sockets = handle === undefined ? directory : `/proc/self/fd/${handle.fd}`;
  const own = `lock.${process.pid}.${randomBytes(6).toString("hex")}`;
  const server = await announce(join(sockets, own));
  const lock = { release: () => withdraw(server, handle) };
  try {
    for (const name of await readdir(directory)) {
      const pid = lockName.exec(name)?.[1];
      if (pid === undefined || name === own) continue;
      if (await isHeld(join(sockets, name))) throw new StoreLockedError(directory, Number(pid));
      await unlink(join(directory, name)).catch((_removedByAnother: unknown) => undefined);
    }
    return lock;
  } catch (error: unknown) {
    await lock.release();
    throw error;
  }
}

async function announce(path: string): Promise<Server> {
  const listening = deferred();
  const server = createServer((socket) => socket.destroy());
  server.on("error", listening.reject);
  server.listen(path, listening.resolve);
  // A lock alone is no reason to go on living.
  server.unref();
  await listening.promise;
  return server;
}

/** Closing the server also removes its socket from the directory. */
async function withdraw(server: Server, handle: FileHandle | undefined): Promise<void> {
  const closed = deferred();
  server.close(() => closed.resolve());
  await closed.promise;
  await handle?.close();
}

async function isHeld(path: string): Promise<boolean> {
  const answer = deferred<boolean>();
  const socket = createConnection(path);
  socket.on("connect", () => answer.resolve(true));
  // Any other error than these means that something is there, as a full backlog does.
  socket.on("error", (error: NodeJS.ErrnoException) => answer.resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT"));
  try {
    return await answer.promise;
  } finally {
    socket.destroy();
  }
}
