import { isImageNotFound, RuntimeError } from "../errors.js";
import type { ImageInfo, ImageStore, PullOptions } from "../image-store.js";
import type { DockerEngine } from "./engine.js";
import { readProgress } from "./progress.js";

/** A registry that trickles is waited for; one that is silent for this long is not. */
const pullDeadlineMs = 30 * 60_000;

/** The images of a Docker Engine. */
export class DockerImages implements ImageStore {
  constructor(private readonly engine: DockerEngine) {}

  async find(image: string, signal: AbortSignal): Promise<ImageInfo | undefined> {
    try {
      const found = await this.engine.call(signal, () => this.engine.docker.getImage(image).inspect());
      return {
        id: found.Id,
        references: found.RepoTags ?? [],
        digests: found.RepoDigests ?? [],
        sizeBytes: found.Size,
        user: found.Config.User ?? "",
      };
    } catch (error: unknown) {
      if (isImageNotFound(error)) return undefined;
      throw error;
    }
  }

  async pull(image: string, _options: PullOptions, signal: AbortSignal): Promise<ImageInfo> {
    await this.engine.call(
      signal,
      async (abortSignal) => readProgress(await this.engine.docker.pull(image, { abortSignal })),
      pullDeadlineMs,
    );
    const found = await this.find(image, signal);
    if (found === undefined) throw new RuntimeError("Failed", `image ${image} was pulled but is not present`);
    return found;
  }
}
