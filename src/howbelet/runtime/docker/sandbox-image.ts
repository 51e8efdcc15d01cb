import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { isImageNotFound } from "../errors.js";
import type { DockerEngine } from "./engine.js";
import { pauseProgram } from "./pause-program.js";
import { readProgress } from "./progress.js";
import { tarOfExecutable } from "./tar.js";

const repository = "howbernetes/sandbox";
const programName = "pause";

/** Path of the program in the sandbox image. */
export const sandboxCommand: readonly string[] = [`/${programName}`];

/**
 * Makes sure that the engine has the sandbox image, and returns its name. The tag is a hash of the content, so that
 * agents of different versions on one engine each find their own.
 */
export async function ensureSandboxImage(engine: DockerEngine, architecture: string, signal: AbortSignal): Promise<string> {
  const program = pauseProgram(architecture);
  const tag = createHash("sha256").update(program).digest("hex").slice(0, 12);
  const image = `${repository}:${tag}`;
  if (await hasImage(engine, image, signal)) return image;

  const archive = tarOfExecutable(programName, program);
  const options = { repo: repository, tag, changes: `CMD ["${sandboxCommand[0]}"]` };
  const output = await engine.open(signal, (abortSignal) =>
    engine.docker.importImage(Readable.from([archive]), { ...options, abortSignal }),
  );
  await readProgress(output);
  return image;
}

async function hasImage(engine: DockerEngine, image: string, signal: AbortSignal): Promise<boolean> {
  try {
    await engine.call(signal, () => engine.docker.getImage(image).inspect());
    return true;
  } catch (error: unknown) {
    if (isImageNotFound(error)) return false;
    throw error;
  }
}
