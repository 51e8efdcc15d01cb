import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { ContainerFlight } from "../../gen/howbernetes/flight/v1/flight_record.js";

/** Something that a pod's user may want to know: becomes an Event. */
export interface PodEvent {
  readonly type: "Normal" | "Warning";
  /** As "Started". */
  readonly reason: string;
  readonly message: string;
  /** Absent: about the pod as a whole. */
  readonly container?: string;
}

/** Where pods' statuses and events go. Never blocks, never throws: it delivers when it can, the newest status of each pod. */
export interface PodReporter {
  /** `isFinished`: nothing is left of the pod, and its object may go. */
  status(pod: Whole<Pod>, status: PodStatus, isFinished: boolean): void;
  event(pod: Whole<Pod>, event: PodEvent): void;
  /** A container of the pod died untimely, to be kept beyond the pod's own end. */
  death(pod: Whole<Pod>, flight: ContainerFlight): void;
  /** The api-server has no such pod any more: nothing about it is to be delivered. */
  forget(podUid: string): void;
}
