import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { Clock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import type { ApiClient } from "../../src/client/contracts.js";
import { createInformer } from "../../src/client/informer.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";

/** Watches pods that each have a place of their own (a node, an index), and notes whenever two have the same. */
export class PodSlots {
  readonly doubles: string[] = [];
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;
  private running: (pod: Whole<Pod>) => void = () => undefined;
  private readonly pods: () => readonly Whole<Pod>[];

  constructor(client: ApiClient, namespace: string, clock: Clock, slotOf: (pod: Whole<Pod>) => string | undefined) {
    const informer = createInformer(client.of(podKind), { namespace }, { clock, log: createLog("test", "silent") });
    this.pods = () => informer.list();
    informer.addHandler({
      added: (pod) => {
        const slot = slotOf(pod);
        const others = informer.list().filter((other) => isLive(other) && slotOf(other) === slot && other !== pod);
        if (slot !== undefined && isLive(pod)) {
          this.doubles.push(...others.map(({ metadata }) => `${slot}: ${metadata.name} and ${pod.metadata.name}`));
        }
      },
      updated: (pod) => {
        if (pod.status.phase === "Running") this.running(pod);
      },
    });
    this.ended = informer.run(this.stopping.signal);
  }

  /** Calls `running` with each pod that runs, now or later. */
  whenRunning(running: (pod: Whole<Pod>) => void): void {
    this.running = running;
    for (const pod of this.pods()) if (pod.status.phase === "Running") running(pod);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }
}

function isLive({ metadata, status }: Whole<Pod>): boolean {
  return metadata.deletionTimestamp === undefined && status.phase !== "Succeeded" && status.phase !== "Failed";
}
