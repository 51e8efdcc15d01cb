import type { Clock } from "../../../base/clock.js";
import { RuntimeError } from "../errors.js";
import type { ImageInfo, ImageStorage, ImageStore, ImageSummary, PulledImage, PullOptions, RegistryCredentials } from "../image-store.js";

/** How often a pull that takes its time tells how far it is. */
const tellings = 10;

/** What a hollow pull is given to go by. */
export interface HollowPullRequest {
  readonly image: string;
  /** 0 for the first pull of the image. */
  readonly attempt: number;
  readonly credentials: RegistryCredentials | undefined;
}

/** How a hollow pull goes. */
export interface HollowPull {
  /** How long it takes; 0 by default. Its progress is told in ten steps meanwhile. */
  readonly delayMs?: number;
  /** 1 MiB by default. */
  readonly sizeBytes?: number;
  /** Makes it fail, after its time, with this text. */
  readonly failure?: string;
}

export interface HollowImagesOptions {
  readonly clock: Clock;
  /** Those that are there from the beginning; undefined: every image is. */
  readonly present: ReadonlySet<string> | undefined;
  /** Decides how each pull goes; by default it fails, at once, unless every image is there. */
  readonly pull: ((request: HollowPullRequest) => HollowPull) | undefined;
  /** Images of which there are containers. */
  readonly inUse: () => readonly string[];
  /** @throws RuntimeError Unavailable while the runtime is away */
  readonly mustAnswer: () => void;
}

/** The images that a hollow runtime pretends to have. */
export class HollowImages implements ImageStore {
  /** Sizes, of those that were there or have been pulled. */
  private readonly known: Map<string, number>;
  private readonly attempts = new Map<string, number>();

  constructor(private readonly options: HollowImagesOptions) {
    this.known = new Map([...(options.present ?? [])].map((image) => [image, defaultBytes]));
  }

  has(image: string): boolean {
    return this.options.present === undefined || this.known.has(image);
  }

  async find(image: string, _signal: AbortSignal): Promise<ImageInfo | undefined> {
    this.options.mustAnswer();
    return this.has(image) ? this.infoOf(image) : undefined;
  }

  async pull(image: string, { credentials, onProgress }: PullOptions, signal: AbortSignal): Promise<PulledImage> {
    this.options.mustAnswer();
    const attempt = this.attempts.get(image) ?? 0;
    this.attempts.set(image, attempt + 1);
    const { delayMs = 0, sizeBytes = defaultBytes, failure } = this.planned({ image, attempt, credentials });
    for (let step = 1; delayMs > 0 && step <= tellings; step += 1) {
      await this.options.clock.sleep(delayMs / tellings, signal);
      const receivedBytes = Math.floor((sizeBytes * step) / tellings);
      if (step < tellings) onProgress?.({ receivedBytes, totalBytes: sizeBytes, extractedBytes: 0 });
    }
    this.options.mustAnswer();
    if (failure !== undefined) throw new RuntimeError("Failed", failure);
    const isNew = !this.has(image);
    this.known.set(image, sizeBytes);
    return { ...this.infoOf(image), isNew };
  }

  async list(_signal: AbortSignal): Promise<readonly ImageSummary[]> {
    this.options.mustAnswer();
    return [...this.known.keys()].map((image) => this.infoOf(image));
  }

  async inUse(_signal: AbortSignal): Promise<ReadonlySet<string>> {
    this.options.mustAnswer();
    return new Set(this.options.inUse().map(hollowImageId));
  }

  async remove(image: string, _signal: AbortSignal): Promise<void> {
    this.options.mustAnswer();
    const names = [...this.known.keys()].filter((name) => name === image || hollowImageId(name) === image);
    const used = names.find((name) => this.options.inUse().includes(name));
    if (used !== undefined) throw new RuntimeError("Failed", `image ${used} is being used by a container`);
    for (const name of names) this.known.delete(name);
  }

  /** Of no use to anybody: hollow images take no space. */
  async storage(_signal: AbortSignal): Promise<ImageStorage | undefined> {
    return undefined;
  }

  private planned(request: HollowPullRequest): HollowPull {
    const { pull } = this.options;
    if (pull !== undefined) return pull(request);
    return this.has(request.image) ? {} : { failure: `pull access denied for ${request.image}, repository does not exist` };
  }

  private infoOf(image: string): ImageInfo {
    const sizeBytes = this.known.get(image) ?? defaultBytes;
    return { id: hollowImageId(image), references: [image], digests: [], sizeBytes, user: "" };
  }
}

const defaultBytes = 2 ** 20;

/** Always the same for a name. */
export function hollowImageId(image: string): string {
  return `sha256:${Buffer.from(image).toString("hex").padEnd(64, "0").slice(0, 64)}`;
}
