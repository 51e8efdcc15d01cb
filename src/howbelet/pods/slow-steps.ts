import { isAbort, sharedSignal } from "../../base/abort.js";
import type { Log } from "../../base/log.js";
import type { SlowAction } from "../planning/pod-action.js";
import type { PodExecutor } from "./pod-executor.js";
import type { PodTarget } from "./pod-target.js";

export interface SlowStepsDeps {
  readonly executor: PodExecutor;
  readonly log: Log;
  /** One is over. */
  readonly done: () => void;
  /** One failed for no reason of the pod's own. */
  readonly faulted: () => void;
}

/** The steps of a pod that go on beside the others: image pulls and hooks. */
export class SlowSteps {
  private readonly pulls = new AbortController();
  private readonly hooks = new AbortController();

  constructor(private readonly deps: SlowStepsDeps) {
    sharedSignal(this.pulls.signal);
    sharedSignal(this.hooks.signal);
  }

  /** Begins one, and does not wait for it; it goes on until `stop` at the latest. */
  begin(action: SlowAction, target: PodTarget): void {
    const { executor, log, done, faulted } = this.deps;
    const own = action.type === "ensureImage" ? this.pulls : this.hooks;
    executor
      .executeSlowly(action, target, own.signal)
      .catch((error: unknown) => {
        if (isAbort(error)) return;
        const { name: pod } = target.pod.metadata;
        log.warn("step beside the others failed", { pod, step: action.type, container: action.container, error });
        faulted();
      })
      .finally(done);
  }

  /** Nothing will be started any more. */
  stopPulls(): void {
    this.pulls.abort();
  }

  stop(): void {
    this.pulls.abort();
    this.hooks.abort();
  }
}
