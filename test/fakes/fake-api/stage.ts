import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { FakeClock } from "../fake-clock.js";
import { type ControlPlane, startControlPlane } from "./control-plane.js";
import type { FakeApi } from "./fake-api.js";
import { FakeNodes } from "./fake-nodes.js";
import { settle } from "./settle.js";

/** Controllers, scheduler and nodes at work on a cluster in memory, where a seed says in which order things happen. */
export class Stage {
  readonly clock = new FakeClock();
  readonly nodes: FakeNodes;
  private readonly plane: ControlPlane;
  /** Calls that have not come back. */
  private pending = 0;

  /** `isAble` says of which pods the containers can be started. */
  constructor(
    nodeNames: readonly string[],
    private readonly isAble: (pod: Whole<Pod>) => boolean = () => true,
  ) {
    this.plane = startControlPlane(this.clock, { scheduler: true });
    this.nodes = new FakeNodes(this.api, this.clock, nodeNames);
  }

  get api(): FakeApi {
    return this.plane.api;
  }

  pods(): readonly Whole<Pod>[] {
    return this.api.objects(podKind);
  }

  /** From here on every call takes its time, before and after its effect, so that writes and watches overtake each other. */
  slowDown(random: () => number): void {
    const wait = async (): Promise<void> => {
      this.pending += 1;
      // Most are quick, some are very slow.
      await settle(Math.floor(random() ** 3 * 60));
      this.pending -= 1;
    };
    this.api.intercept({ before: wait, after: wait });
  }

  /** A node does one thing: it starts a pod, or ends one that has been told to go. @returns whether there was one */
  async step(random: () => number): Promise<boolean> {
    return await this.nodes.step((due) => {
      const able = due.filter((pod) => pod.metadata.deletionTimestamp !== undefined || this.isAble(pod));
      return able[Math.floor(random() * able.length)];
    });
  }

  /** A few steps, with something between them. */
  async steps(count: number, random: () => number): Promise<void> {
    for (let done = 0; done < count; done++) {
      await settle(1 + Math.floor(random() * 10));
      await this.step(random);
    }
  }

  /** Goes on until nobody has anything to do. */
  async play(random: () => number = () => 0): Promise<void> {
    for (let quiet = 0; quiet < 4; ) {
      await this.clock.advance(1);
      await settle(1 + Math.floor(random() * 20));
      const moved = await this.step(random);
      quiet = moved || this.pending > 0 ? 0 : quiet + 1;
      if (!moved) await settle();
    }
  }

  async stop(): Promise<void> {
    await this.plane.stop();
  }
}
