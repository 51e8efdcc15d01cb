/** An image that is present. */
export interface ImageInfo {
  /** The runtime's own, as "sha256:…" of its configuration. */
  readonly id: string;
  /** Names with tags by which it goes, as "nginx:1.27". */
  readonly references: readonly string[];
  /** Names with digests by which registries know it, as "nginx@sha256:…"; empty for one that was made here. */
  readonly digests: readonly string[];
  readonly sizeBytes: number;
  /** Who its programs run as: "", a name, a number, or with a group behind a colon. */
  readonly user: string;
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
}

export interface PullOptions {
  /** Undefined pulls as nobody. */
  readonly credentials?: RegistryCredentials | undefined;
  /** Told now and then, never after the pull has ended. */
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
}

/** The images of a machine. All calls may be repeated. Errors as for `Runtime`. */
export interface ImageStore {
  /** Undefined when it is not present. */
  find(image: string, signal: AbortSignal): Promise<ImageInfo | undefined>;
  /**
   * Fetches an image. May take minutes.
   * @throws RuntimeError Failed, with the registry's own words
   */
  pull(image: string, options: PullOptions, signal: AbortSignal): Promise<ImageInfo>;
}
