import { abortable } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import { Limiter } from "../limiter.js";
import type { Runtime } from "../runtime/interface.js";

/** More pulls at once than this only share the same line. */
const pullsAtOnce = 3;

/** What a pull took, for its Event. */
export interface PullResult {
  /** Milliseconds of the pull itself. */
  readonly pullMs: number;
  /** Milliseconds with the time that it waited for others. */
  readonly totalMs: number;
}

/** Fetches images: one pull of an image serves all pods that wait for it, and goes on when one of them is deleted. */
export class ImageSupply {
  private readonly pulls = new Map<string, Promise<PullResult>>();
  private readonly limiter = new Limiter(pullsAtOnce);
  private readonly present = new Set<string>();

  constructor(
    private readonly runtime: Pick<Runtime, "images">,
    private readonly clock: Clock,
    private readonly lifetime: AbortSignal,
  ) {}

  /** Whether the image is there, or was when it was last looked for: who finds it gone tells by `missed`. */
  async isPresent(image: string, signal: AbortSignal): Promise<boolean> {
    if (this.present.has(image)) return true;
    if ((await this.runtime.images.find(image, signal)) === undefined) return false;
    this.present.add(image);
    return true;
  }

  /** The image is not there any more. */
  missed(image: string): void {
    this.present.delete(image);
  }

  /** @throws RuntimeError Failed, in the registry's words */
  async pull(image: string, signal: AbortSignal): Promise<PullResult> {
    const running = this.pulls.get(image) ?? this.begin(image);
    return abortable(running, signal);
  }

  private begin(image: string): Promise<PullResult> {
    const askedAtMs = this.clock.monotonicMs();
    const pull = this.limiter
      .run(0, this.lifetime, async () => {
        const startedAtMs = this.clock.monotonicMs();
        await this.runtime.images.pull(image, {}, this.lifetime);
        const endedAtMs = this.clock.monotonicMs();
        return { pullMs: endedAtMs - startedAtMs, totalMs: endedAtMs - askedAtMs };
      })
      .finally(() => this.pulls.delete(image));
    pull.catch((_everyWaiterLearnsOfIt: unknown) => undefined);
    this.pulls.set(image, pull);
    return pull;
  }
}
