import type { Clock } from "../../base/clock.js";
import type { ContainerView } from "../container-view.js";
import type { Limiter } from "../limiter.js";
import type { PodTarget } from "../pods/pod-target.js";
import { type Runtime, type RuntimeScope, sandboxName } from "../runtime/interface.js";
import { sandboxSettings } from "./container-settings.js";

/** Pods that are half started come before pods that are not begun. */
const sandboxPriority = 1;

export interface SandboxMakerDeps {
  readonly runtime: Runtime;
  readonly scope: RuntimeScope;
  readonly view: ContainerView;
  readonly starts: Limiter;
  readonly clock: Clock;
}

/** Makes and starts pods' sandboxes. */
export class SandboxMaker {
  constructor(private readonly deps: SandboxMakerDeps) {}

  async run(attempt: number, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { runtime, scope, starts } = this.deps;
    if (attempt > 0 && !target.state.setbacks.has(sandboxName))
      target.tell("Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
    await this.attempt(target, () =>
      starts.run(sandboxPriority, signal, async () => {
        const id = await runtime.createSandbox(scope, sandboxSettings(target.pod, attempt), signal);
        target.state.setRecord(sandboxName, { restartCount: attempt, started: true });
        await this.startOne(id, signal);
      }),
    );
  }

  /** Starts one that was made, and then left. */
  async start(id: string, target: PodTarget, signal: AbortSignal): Promise<void> {
    await this.attempt(target, () => this.startOne(id, signal));
  }

  private async startOne(id: string, signal: AbortSignal): Promise<void> {
    await this.deps.view.starting(id, signal, () => this.deps.runtime.start(id, signal));
  }

  private async attempt(target: PodTarget, attempt: () => Promise<void>): Promise<void> {
    try {
      await attempt();
      target.state.setbacks.delete(sandboxName);
    } catch (error: unknown) {
      const why = target.setBack(sandboxName, "ContainerCreating", { error, nowMs: this.deps.clock.monotonicMs() });
      target.tell("Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${why}`);
    }
  }
}
