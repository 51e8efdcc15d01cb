import type { Whole } from "../../api/object.js";
import { backoffMs } from "../../base/backoff.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isRuntimeError, isRuntimeUnavailable } from "../runtime/errors.js";
import type { PodEvent, PodReporter } from "./pod-reporter.js";
import type { PodState } from "./pod-state.js";

/** What could not be made is tried again after these waits. */
const setbackBackoff = { initialMs: 1_000, maxMs: 60_000, jitter: "none" } as const;

/** Whose steps are carried out: a pod, what is known of it, and who is to hear of it. */
export class PodTarget {
  constructor(
    readonly pod: Whole<Pod>,
    readonly state: PodState,
    private readonly reporter: Pick<PodReporter, "event">,
    /** There is something new in the state, while a step still takes its time. */
    readonly changed: () => void,
  ) {}

  /** Tells the pod's user something; about the pod as a whole unless a container is named. */
  tell(type: PodEvent["type"], reason: string, message: string, container?: string): void {
    this.event({ type, reason, message, ...(container === undefined ? {} : { container }) });
  }

  event(event: PodEvent): void {
    this.reporter.event(this.pod, event);
  }

  /**
   * Remembers that something could not be made and when, by the monotonic clock, it is tried again; returns why.
   * Rethrows what is not about this pod.
   */
  setBack(name: string, reason: string, { error, nowMs }: { readonly error: unknown; readonly nowMs: number }): string {
    const message = obstacleOf(error);
    if (message === undefined) throw error;
    const { setbacks } = this.state;
    const failures = (setbacks.get(name)?.failures ?? 0) + 1;
    setbacks.set(name, { reason, message, failures, retryAtMs: nowMs + backoffMs(failures, setbackBackoff) });
    return message;
  }
}

/** What keeps something of a pod from being made; undefined for what is not the pod's affair. */
function obstacleOf(error: unknown): string | undefined {
  if (isRuntimeUnavailable(error)) return undefined;
  return isRuntimeError(error) || isSystemError(error) ? error.message : undefined;
}

/** One of the machine's own refusals, as where its disk is full. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
