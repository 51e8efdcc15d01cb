import { statfs } from "node:fs/promises";
import type { AuthConfig } from "dockerode";
import { abortError } from "../../../base/abort.js";
import { linkAbort } from "../../../base/linked-abort.js";
import { isContainerNotFound, isImageNotFound, RuntimeError } from "../errors.js";
import type { ImageInfo, ImageStorage, ImageStore, ImageSummary, PulledImage, PullOptions, RegistryCredentials } from "../image-store.js";
import { closeStream, type DockerEngine, engineError } from "./engine.js";
import { readProgress } from "./progress.js";
import { PullMeter } from "./pull-meter.js";

/**
 * However large an image is, something of it comes all the time; but for the time in which the engine checks what has
 * come of a large layer, of which it says nothing.
 */
const silenceMs = 3 * 60_000;

/** What Docker calls an image without a name. */
const nameless = /^<none>/;

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
        user: found.Config?.User ?? "",
      };
    } catch (error: unknown) {
      if (isImageNotFound(error)) return undefined;
      throw error;
    }
  }

  async pull(image: string, options: PullOptions, signal: AbortSignal): Promise<PulledImage> {
    const isNew = await this.fetch(image, options, signal);
    const found = await this.find(image, signal);
    if (found === undefined) throw new RuntimeError("Failed", `image ${image} was pulled but is not present`);
    return { ...found, isNew };
  }

  async list(signal: AbortSignal): Promise<readonly ImageSummary[]> {
    const all = await this.engine.call(signal, (abortSignal) => this.engine.docker.listImages({ abortSignal }));
    return all.map(({ Id: id, RepoTags: tags, RepoDigests: digests, Size: sizeBytes }) => ({
      id,
      references: (tags ?? []).filter((tag) => !nameless.test(tag)),
      digests: (digests ?? []).filter((digest) => !nameless.test(digest)),
      sizeBytes,
    }));
  }

  async inUse(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const all = await this.engine.call(signal, (abortSignal) => this.engine.docker.listContainers({ all: true, abortSignal }));
    return new Set(all.map(({ ImageID: id }) => id));
  }

  async remove(image: string, signal: AbortSignal): Promise<void> {
    try {
      await this.engine.call(signal, (abortSignal) => this.engine.docker.getImage(image).remove({ abortSignal }));
    } catch (error: unknown) {
      if (!isImageNotFound(error) && !isContainerNotFound(error)) throw error;
    }
  }

  async storage(signal: AbortSignal): Promise<ImageStorage | undefined> {
    if (!this.engine.isLocal) return undefined;
    const info: { readonly DockerRootDir: string } = await this.engine.call(signal, () => this.engine.docker.info());
    try {
      const { blocks, bavail, bsize } = await statfs(info.DockerRootDir);
      return { capacityBytes: blocks * bsize, availableBytes: bavail * bsize };
    } catch (_notInSight: unknown) {
      return undefined;
    }
  }

  /** Returns whether the name now means another image than before. */
  private async fetch(image: string, { credentials, onProgress }: PullOptions, signal: AbortSignal): Promise<boolean> {
    const stop = linkAbort(signal);
    const abortSignal = stop.signal;
    const silence = new Silence(stop.abort);
    const meter = new PullMeter();
    let isNew = false;
    try {
      const output = await this.engine.docker.createImage(authOf(credentials), { ...sourceOf(image), abortSignal });
      abortSignal.addEventListener("abort", () => closeStream(output), { once: true });
      await readProgress(output, (line) => {
        silence.breaks();
        if (line.status?.startsWith("Status: Downloaded newer image") === true) isNew = true;
        if (meter.take(line)) onProgress?.(meter.progress);
      });
      return isNew;
    } catch (error: unknown) {
      if (signal.aborted) throw abortError(signal);
      if (silence.isTooLong) throw new RuntimeError("Failed", `nothing came from the registry for ${silenceMs / 1000} s`, error);
      throw pullError(error);
    } finally {
      silence.end();
      stop.unlink();
    }
  }
}

/** Tells when it has not been broken for long enough. */
class Silence {
  isTooLong = false;
  private readonly timer: NodeJS.Timeout;

  constructor(tooLong: () => void) {
    this.timer = setTimeout(() => {
      this.isTooLong = true;
      tooLong();
    }, silenceMs);
  }

  breaks(): void {
    this.timer.refresh();
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

/** The engine is told name and tag, or digest, apart. */
function sourceOf(image: string): { readonly fromImage: string; readonly tag: string } {
  const [, name = image, tag, digest] = /^(.*?)(?::([^:/@]+))?(?:@(.+))?$/.exec(image) ?? [];
  return { fromImage: name, tag: digest ?? tag ?? "latest" };
}

/** An empty account pulls as nobody. */
function authOf(credentials: RegistryCredentials | undefined): AuthConfig | Record<string, never> {
  if (credentials === undefined) return {};
  const { server, username, password } = credentials;
  return { username, password, serveraddress: server === "" ? "https://index.docker.io/v1/" : server };
}

/** Whatever the engine has against an image that it is to pull, the registry has said. */
function pullError(error: unknown): RuntimeError {
  const translated = engineError(error);
  return translated.reason === "Unavailable" ? translated : new RuntimeError("Failed", readable(translated.message), error);
}

/** Docker says the same twice over. */
function readable(message: string): string {
  return message.replace(/(: [^:]+)\1$/, "$1");
}
