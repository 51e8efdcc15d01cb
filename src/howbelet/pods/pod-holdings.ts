import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ConfigStore } from "../config/config-store.js";
import type { TerminationMessages } from "../containers/termination-messages.js";
import type { VolumeSupply } from "./volume-supply.js";

export interface PodHoldingsDeps {
  readonly configs: Pick<ConfigStore, "hold" | "release">;
  readonly volumes: VolumeSupply;
  readonly messages: Pick<TerminationMessages, "remove">;
}

/** What is held for a pod beside its containers: what it is configured by is followed, its volumes are made. */
export class PodHoldings {
  private areVolumesLeft = true;

  constructor(private readonly deps: PodHoldingsDeps) {}

  /** Containers may have to be started. */
  hold(pod: Whole<Pod>): void {
    const { configs, volumes } = this.deps;
    this.areVolumesLeft = true;
    configs.hold(pod);
    volumes.hold(pod);
  }

  /** None will be started any more. */
  release(podUid: string): void {
    this.deps.configs.release(podUid);
    this.deps.volumes.release(podUid);
  }

  /** None runs any more, and none will: only what tells of them is kept. */
  async settle(podUid: string): Promise<void> {
    if (!this.areVolumesLeft) return;
    await this.deps.volumes.remove(podUid);
    this.areVolumesLeft = false;
  }

  /** Nothing is left of the pod. */
  async remove(podUid: string): Promise<void> {
    await this.settle(podUid);
    await this.deps.messages.remove(podUid);
  }
}
