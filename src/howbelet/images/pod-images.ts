import { parseImageName } from "../../api/values/image-name.js";
import type { Clock } from "../../base/clock.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { ImageState } from "../pods/pod-memory.js";
import type { ImageInfo } from "../runtime/image-store.js";
import { ensureImage, type ImageListener, type ImageUser, imageIdOf } from "./image-step.js";
import type { ImageSupply } from "./image-supply.js";
import type { PullAccounts } from "./pull-accounts.js";

export interface PodImagesDeps {
  readonly supply: ImageSupply;
  readonly accounts: PullAccounts;
  readonly clock: Clock;
}

/** Images as the containers of pods need them. */
export class PodImages {
  constructor(private readonly deps: PodImagesDeps) {}

  /**
   * Runs until a container's image is there or is known not to come; `listener` is told how far it is.
   * @throws RuntimeError Unavailable; an abort error
   */
  ensure(user: ImageUser, before: ImageState | undefined, listener: ImageListener, signal: AbortSignal): Promise<ImageState> {
    const { supply: images, accounts, clock } = this.deps;
    return ensureImage(user, before, { images, accounts, clock, ...listener }, signal);
  }

  /** What was ensured for a container, as it was then. */
  infoOf({ image = "" }: Container): ImageInfo | undefined {
    return this.deps.supply.lastSeen(parseImageName(image)?.reference ?? "");
  }

  /** What the container's status calls its image: the digest by which its registry knows it, or else the runtime's id for it. */
  idOf(container: Container): string {
    const info = this.infoOf(container);
    return info === undefined ? "" : imageIdOf(info, container.image ?? "");
  }

  /** A container's image is not there any more. */
  missed({ image = "" }: Container): void {
    this.deps.supply.missed(parseImageName(image)?.reference ?? "");
  }
}
