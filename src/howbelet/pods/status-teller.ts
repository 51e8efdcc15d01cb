import type { Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { isOverruled, podStatus, type StatusInput } from "../status/pod-status.js";
import type { PodReporter } from "./pod-reporter.js";

export interface StatusTellerDeps {
  readonly reporter: PodReporter;
  readonly clock: Clock;
  readonly hostIp: string;
  readonly runtimeName: () => string;
}

/** What of a status is not the same for all pods of the node. */
export type StatusFacts = Omit<StatusInput, "previous" | "hostIp" | "runtimeName" | "nowMs">;

/** Derives one pod's status, and tells it whenever it has changed. */
export class StatusTeller {
  private told: PodStatus | undefined;

  constructor(private readonly deps: StatusTellerDeps) {}

  /** As last told, else as the api-server has it. */
  statusOf(pod: Whole<Pod>): PodStatus {
    return this.told ?? pod.status;
  }

  tell(facts: StatusFacts): void {
    const { reporter, clock, hostIp, runtimeName } = this.deps;
    const previous = this.statusOf(facts.pod);
    const status = podStatus({ ...facts, previous, hostIp, runtimeName: runtimeName(), nowMs: clock.now() });
    if (this.told !== undefined && isSameStatus(status, this.told)) return;
    this.told = status;
    reporter.status(facts.pod, status, false);
  }

  /** Whoever took this node for lost may have said so after it was heard of again. */
  insist(pod: Whole<Pod>): void {
    if (this.told !== undefined && isOverruled(this.told, pod.status)) this.deps.reporter.status(pod, this.told, false);
  }

  /** Nothing is left of the pod. */
  tellEnd(pod: Whole<Pod>): void {
    this.deps.reporter.status(pod, this.statusOf(pod), true);
  }
}

function isSameStatus(a: PodStatus, b: PodStatus): boolean {
  return Buffer.compare(PodStatus.encode(a).finish(), PodStatus.encode(b).finish()) === 0;
}
