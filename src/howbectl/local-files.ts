import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Files } from "./cli-env.js";
import { UsageError } from "./usage-error.js";

/** The machine's own files. */
export const localFiles: Files = {
  isDirectory: async (path) => (await explained(path, stat(path))).isDirectory(),
  list: async (path) => (await explained(path, readdir(path))).sort(),
  read: (path) => explained(path, readFile(path, "utf8")),
  readBytes: (path) => explained(path, readFile(path)),
  write: (path, text) => explained(path, writeFile(path, text, { mode: 0o600 })),
  makeDirectory: (path) => explained(path, mkdir(path)),
  makeTemporaryDirectory: () => mkdtemp(join(tmpdir(), "howbectl-")),
  remove: (path) => rm(path, { recursive: true, force: true }),
};

async function explained<T>(path: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error: unknown) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new UsageError(`the path "${path}" does not exist`);
    throw new UsageError(`the path "${path}" cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
