import { RuntimeError } from "../errors.js";
import type { ImageInfo, ImageStore, PullOptions } from "../image-store.js";

export interface HollowImagesOptions {
  /** Those that are there; undefined: every image is, and pulls succeed at once. */
  readonly present: ReadonlySet<string> | undefined;
  /** @throws RuntimeError Unavailable while the runtime is away */
  readonly mustAnswer: () => void;
}

/** The images that a hollow runtime pretends to have. */
export class HollowImages implements ImageStore {
  constructor(private readonly options: HollowImagesOptions) {}

  has(image: string): boolean {
    return this.options.present?.has(image) ?? true;
  }

  async find(image: string, _signal: AbortSignal): Promise<ImageInfo | undefined> {
    this.options.mustAnswer();
    return this.has(image) ? infoOf(image) : undefined;
  }

  async pull(image: string, _options: PullOptions, _signal: AbortSignal): Promise<ImageInfo> {
    this.options.mustAnswer();
    if (this.options.present !== undefined) throw new RuntimeError("Failed", `pull access denied for ${image}, repository does not exist`);
    return infoOf(image);
  }
}

/** Always the same for a name. */
export function hollowImageId(image: string): string {
  return `sha256:${Buffer.from(image).toString("hex").padEnd(64, "0").slice(0, 64)}`;
}

function infoOf(image: string): ImageInfo {
  return { id: hollowImageId(image), references: [image], digests: [], sizeBytes: 2 ** 20, user: "" };
}
