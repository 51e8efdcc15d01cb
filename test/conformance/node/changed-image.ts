import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** An image that was made for a test. */
export interface ChangedImage {
  readonly name: string;
  remove(): Promise<void>;
}

/** Makes an image of another one, by instructions as of a Dockerfile: "USER 1000". */
export async function changedImage(of: string, name: string, instructions: readonly string[]): Promise<ChangedImage> {
  const { stdout: id } = await run("docker", ["create", of, "true"]);
  const changes = instructions.flatMap((instruction) => ["--change", instruction]);
  try {
    await run("docker", ["commit", ...changes, id.trim(), name]);
  } finally {
    await run("docker", ["rm", id.trim()]);
  }
  return {
    name,
    remove: async () => {
      await run("docker", ["image", "rm", name]);
    },
  };
}
