/** An image that is present. */
export interface ImageSummary {
  /** The runtime's own, as "sha256:…" of its configuration. */
  readonly id: string;
  /** Names with tags by which it goes, as "nginx:1.27". */
  readonly references: readonly string[];
  /** Names with digests by which registries know it, as "nginx@sha256:…"; empty for one that was made here. */
  readonly digests: readonly string[];
  readonly sizeBytes: number;
}

/** An image that is present, looked at closely. */
export interface ImageInfo extends ImageSummary {
  /** Who its programs run as: "", a name, a number, or with a group behind a colon. */
  readonly user: string;
}

/** An image that has been asked for at its registry. */
export interface PulledImage extends ImageInfo {
  /** Its name meant nothing, or another image, before. */
  readonly isNew: boolean;
}

/** How an account proves itself to a registry. */
export interface RegistryCredentials {
  /** The registry's host, with its port if it has one; "" for Docker Hub. */
  readonly server: string;
  readonly username: string;
  readonly password: string;
}

/** How far a pull is. */
export interface PullProgress {
  readonly receivedBytes: number;
  /** Of the layers whose size is known so far. */
  readonly totalBytes: number;
  /** Of `totalBytes`, what has been unpacked. */
  readonly extractedBytes: number;
}

export interface PullOptions {
  /** Undefined pulls as nobody. */
  readonly credentials?: RegistryCredentials | undefined;
  /** Told now and then, never after the pull has ended. */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
}

/** The file system on which images are. */
export interface ImageStorage {
  readonly capacityBytes: number;
  readonly availableBytes: number;
}

/** The images of a machine, whoever brought them there. All calls may be repeated. Errors as for `Runtime`. */
export interface ImageStore {
  /** Undefined when it is not present. */
  find(image: string, signal: AbortSignal): Promise<ImageInfo | undefined>;
  /**
   * Fetches an image; where the registry's is the one that is present, nothing is transferred. May take hours, but
   * ends when nothing comes any more.
   * @throws RuntimeError Failed, with the registry's own words
   */
  pull(image: string, options: PullOptions, signal: AbortSignal): Promise<PulledImage>;
  list(signal: AbortSignal): Promise<readonly ImageSummary[]>;
  /** Ids of the images of which there are containers, running or not, of this node or of anybody. */
  inUse(signal: AbortSignal): Promise<ReadonlySet<string>>;
  /**
   * Takes a name from an image, and removes the image with its last name; an id removes one without names.
   * @throws RuntimeError Failed when a container needs it
   */
  remove(image: string, signal: AbortSignal): Promise<void>;
  /** Undefined where it cannot be seen. */
  storage(signal: AbortSignal): Promise<ImageStorage | undefined>;
}
