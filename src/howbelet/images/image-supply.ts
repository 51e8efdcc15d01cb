import type { ImageName } from "../../api/values/image-name.js";
import { abortable } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import { Limiter } from "../limiter.js";
import { isRuntimeUnavailable, RuntimeError } from "../runtime/errors.js";
import type { ImageInfo, ImageStore, PulledImage, PullProgress, RegistryCredentials } from "../runtime/image-store.js";
import type { ImageRecords } from "./image-records.js";

/** Whoever waits for a pull is told no more often. */
const tellingPeriodMs = 1_000;

/** What a pull took, for its Event. */
export interface PullResult {
  readonly image: ImageInfo;
  /** Milliseconds of the pull itself. */
  readonly pullMs: number;
  /** Milliseconds with the time that it waited for others. */
  readonly totalMs: number;
}

export interface PullRequest {
  readonly name: ImageName;
  /** Tried one after the other; none pulls as nobody. */
  readonly credentials: readonly RegistryCredentials[];
  /** Told at most once a second; undefined while other pulls come first, or nothing has come yet. */
  readonly onProgress: (progress: PullProgress | undefined, isBegun: boolean) => void;
}

export interface ImageSupplyDeps {
  readonly images: ImageStore;
  readonly records: ImageRecords;
  /** An image has come. */
  readonly pulled: () => void;
  readonly clock: Clock;
  /** More pulls at once only share the same line. */
  readonly pullsAtOnce: number;
  readonly lifetime: AbortSignal;
}

/**
 * Fetches images: one pull of an image serves all pods that wait for it with the same accounts, and goes on when one
 * of them is deleted. Remembers what images there are, so that none is inspected for each container of it.
 */
export class ImageSupply {
  private readonly pulls = new Map<string, SharedPull>();
  private readonly limiter: Limiter;
  /** By reference. */
  private readonly present = new Map<string, ImageInfo>();

  constructor(private readonly deps: ImageSupplyDeps) {
    this.limiter = new Limiter(deps.pullsAtOnce);
  }

  /** The image, if it is there, or was when it was last looked for: who finds it gone tells by `missed`. */
  async find({ reference }: ImageName, signal: AbortSignal): Promise<ImageInfo | undefined> {
    const image = this.present.get(reference) ?? (await this.deps.images.find(reference, signal));
    if (image !== undefined) this.note(reference, image);
    return image;
  }

  /** What was last seen under that reference; undefined when that is too long ago. */
  lastSeen(reference: string): ImageInfo | undefined {
    return this.present.get(reference);
  }

  /** The image is not there any more. */
  missed(reference: string): void {
    this.present.delete(reference);
  }

  /** The image of that id is not there any more, under whatever name. */
  removed(id: string): void {
    for (const [reference, image] of this.present) if (image.id === id) this.present.delete(reference);
  }

  /** @throws RuntimeError Failed, in the registry's words; Unavailable */
  async pull(request: PullRequest, signal: AbortSignal): Promise<PullResult> {
    // What one account may see, another may not: only pulls with the same ones are one.
    const key = JSON.stringify([request.name.canonical, request.credentials]);
    const pull = this.pulls.get(key) ?? this.begin(key, request);
    return pull.wait(request.onProgress, signal);
  }

  private begin(key: string, { name, credentials }: PullRequest): SharedPull {
    const { clock, lifetime, pulled } = this.deps;
    const askedAtMs = clock.monotonicMs();
    const pull: SharedPull = new SharedPull(clock, async () => {
      try {
        return await this.limiter.run(0, lifetime, async () => {
          const startedAtMs = clock.monotonicMs();
          const image = await this.fetch(name.reference, credentials, (progress) => pull.tell(progress));
          const endedAtMs = clock.monotonicMs();
          if (image.isNew) pulled();
          return { image, pullMs: endedAtMs - startedAtMs, totalMs: endedAtMs - askedAtMs };
        });
      } finally {
        this.pulls.delete(key);
      }
    });
    this.pulls.set(key, pull);
    return pull;
  }

  /** With the first account that may. */
  private async fetch(
    reference: string,
    credentials: readonly RegistryCredentials[],
    onProgress: (progress: PullProgress | undefined) => void,
  ): Promise<PulledImage> {
    const { images, records, lifetime } = this.deps;
    const refusals = new Set<string>();
    onProgress(undefined);
    for (const account of credentials.length === 0 ? [undefined] : credentials) {
      try {
        const image = await images.pull(reference, { credentials: account, onProgress }, lifetime);
        if (image.isNew) records.pulled(image.id, reference);
        this.note(reference, image);
        return image;
      } catch (error: unknown) {
        if (lifetime.aborted || isRuntimeUnavailable(error)) throw error;
        refusals.add(error instanceof Error ? error.message : String(error));
      }
    }
    throw new RuntimeError("Failed", [...refusals].join("; "));
  }

  private note(reference: string, image: ImageInfo): void {
    this.present.set(reference, image);
    this.deps.records.used(image.id);
  }
}

/** A pull, and those who wait for it. */
class SharedPull {
  private readonly result: Promise<PullResult>;
  private readonly listeners = new Set<PullRequest["onProgress"]>();
  private latest: PullProgress | undefined;
  private isBegun = false;
  private toldAtMs: number;
  private cancelTelling: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    work: () => Promise<PullResult>,
  ) {
    this.toldAtMs = clock.monotonicMs();
    this.schedule();
    // Not before the constructor is done, for the work tells of its progress here.
    this.result = Promise.resolve()
      .then(work)
      .finally(() => this.cancelTelling?.());
    this.result.catch((_everyWaiterLearnsOfIt: unknown) => undefined);
  }

  tell(progress: PullProgress | undefined): void {
    this.isBegun = true;
    this.latest = progress;
    this.schedule();
  }

  async wait(onProgress: PullRequest["onProgress"], signal: AbortSignal): Promise<PullResult> {
    // Two containers may listen with one function; each is told.
    const listener: PullRequest["onProgress"] = (progress, isBegun) => onProgress(progress, isBegun);
    this.listeners.add(listener);
    try {
      return await abortable(this.result, signal);
    } finally {
      this.listeners.delete(listener);
    }
  }

  private schedule(): void {
    if (this.cancelTelling !== undefined) return;
    const restMs = Math.max(0, this.toldAtMs + tellingPeriodMs - this.clock.monotonicMs());
    this.cancelTelling = this.clock.after(restMs, () => {
      this.cancelTelling = undefined;
      this.toldAtMs = this.clock.monotonicMs();
      for (const listener of this.listeners) listener(this.latest, this.isBegun);
    });
  }
}
