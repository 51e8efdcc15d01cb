import { readdir, readFile, stat } from "node:fs/promises";
import type { Files } from "./cli-env.js";
import { UsageError } from "./usage-error.js";

/** The machine's own files. */
export const localFiles: Files = {
  isDirectory: async (path) => (await explained(path, stat(path))).isDirectory(),
  list: async (path) => (await explained(path, readdir(path))).sort(),
  read: (path) => explained(path, readFile(path, "utf8")),
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
