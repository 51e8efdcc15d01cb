import type { Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { ContainerFlight } from "../../gen/howbernetes/flight/v1/flight_record.js";
import type { PodEvent, PodReporter } from "../pods/pod-reporter.js";

/** An event that has been told, and when (wall clock). */
export interface RememberedEvent extends PodEvent {
  readonly atMs: number;
}

/** How many a pod may have: what led to an end is among the last of them. */
const keptPerPod = 40;

/** Passes everything on, and remembers the last events of each pod until it is forgotten. */
export class RememberingReporter implements PodReporter {
  private readonly events = new Map<string, RememberedEvent[]>();

  constructor(
    private readonly reporter: PodReporter,
    private readonly clock: Pick<Clock, "now">,
  ) {}

  /** What was last told of a container or of its pod as a whole, oldest first. */
  eventsOf(podUid: string, container: string): readonly RememberedEvent[] {
    return (this.events.get(podUid) ?? []).filter((event) => event.container === undefined || event.container === container);
  }

  status(pod: Whole<Pod>, status: PodStatus, isFinished: boolean): void {
    // Nothing of it is left that could die.
    if (isFinished) this.events.delete(pod.metadata.uid);
    this.reporter.status(pod, status, isFinished);
  }

  event(pod: Whole<Pod>, event: PodEvent): void {
    const { uid } = pod.metadata;
    const before = this.events.get(uid) ?? [];
    this.events.set(uid, [...before.slice(1 - keptPerPod), { ...event, atMs: this.clock.now() }]);
    this.reporter.event(pod, event);
  }

  death(pod: Whole<Pod>, flight: ContainerFlight): void {
    this.reporter.death(pod, flight);
  }

  forget(podUid: string): void {
    this.events.delete(podUid);
    this.reporter.forget(podUid);
  }
}
