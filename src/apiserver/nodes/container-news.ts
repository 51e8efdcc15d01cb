import { isAbort } from "../../base/abort.js";
import type { Log } from "../../base/log.js";
import type { ReportRequest_ContainerDeath, ReportRequest_ContainerEvent } from "../../gen/howbernetes/api/v1/nodes.js";
import type { ContainerEvents } from "./container-events.js";
import type { FlightRecords } from "./flight-records.js";
import type { NamedPod } from "./own-pod.js";

export interface ContainerNewsDeps {
  readonly containerEvents: ContainerEvents;
  readonly flightRecords: FlightRecords;
  readonly log: Log;
}

// News of containers is best effort: a node that floods loses some, not its statuses.
const maxPending = 256;

/** Records a node's news of its containers, one after the other, as far as it keeps up. */
export class ContainerNews {
  private pending = 0;
  private recording: Promise<void> = Promise.resolve();

  constructor(
    private readonly deps: ContainerNewsDeps,
    private readonly nodeName: string,
  ) {}

  event(event: ReportRequest_ContainerEvent, signal: AbortSignal): void {
    this.record(event, signal, () => this.deps.containerEvents.record(this.nodeName, event, signal));
  }

  death(death: ReportRequest_ContainerDeath, signal: AbortSignal): void {
    this.record(death, signal, () => this.deps.flightRecords.record(this.nodeName, death, signal));
  }

  /** Resolves once nothing is being recorded; it does not wait long after the signal of what is has fired. */
  settled(): Promise<void> {
    return this.recording;
  }

  private record({ namespace, name }: NamedPod, signal: AbortSignal, write: () => Promise<void>): void {
    const { log } = this.deps;
    const pod = `${namespace}/${name}`;
    if (this.pending >= maxPending || signal.aborted) {
      log.debug("news of a container dropped", { pod });
      return;
    }
    this.pending += 1;
    this.recording = this.recording.then(() =>
      write()
        .catch((error: unknown) => {
          if (!isAbort(error)) log.warn("news of a container not recorded", { pod, error });
        })
        .finally(() => {
          this.pending -= 1;
        }),
    );
  }
}
