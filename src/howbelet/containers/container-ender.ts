import { isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { LifecycleHandler } from "../../gen/howbernetes/core/v1/container.js";
import type { ContainerView } from "../container-view.js";
import { runHandler } from "../handlers/run-handler.js";
import type { PodAction, SlowAction } from "../planning/pod-action.js";
import { containerOf } from "../pods/pod-containers.js";
import type { PodTarget } from "../pods/pod-target.js";
import { isRuntimeUnavailable } from "../runtime/errors.js";
import type { Runtime } from "../runtime/interface.js";

export interface ContainerEnderDeps {
  readonly runtime: Runtime;
  readonly view: ContainerView;
  readonly clock: Clock;
  /** The node's own address, which pods in its network have. */
  readonly hostIp: string;
}

type Beginning = NonNullable<Extract<PodAction, { type: "kill" }>["beginning"]>;

/** What happens to containers at the edges of their lives: hooks, and their end. */
export class ContainerEnder {
  constructor(private readonly deps: ContainerEnderDeps) {}

  /** Runs the hook of a container that has been started. One that fails is why the container is ended. */
  async postStart({ container, id }: Extract<SlowAction, { type: "postStart" }>, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { state } = target;
    state.inPostStart.add(id);
    try {
      const why = await this.hook("postStart", { container, id, target }, signal);
      if (why === undefined) state.setRecord(container, { postStarted: id });
      else {
        state.failedPostStart.add(id);
        target.tell("Warning", "FailedPostStartHook", `PostStartHook failed: ${why}`, container);
      }
    } finally {
      state.inPostStart.delete(id);
    }
  }

  /** Notes that a container is to end, and runs its hook, if it has one. One that fails keeps nothing from ending. */
  async begin(action: Extract<SlowAction, { type: "beginEnd" }>, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { container, id, hasHook } = action;
    this.note(action, { isInHook: hasHook }, target);
    if (!hasHook) return;
    try {
      const why = await this.hook("preStop", { container, id, target }, signal);
      if (why !== undefined) target.tell("Warning", "FailedPreStopHook", `PreStopHook failed: ${why}`, container);
    } finally {
      target.state.setEnding(id, { isInHook: false });
    }
  }

  async terminate(
    { id, killAtMs, beginning }: Extract<PodAction, { type: "terminate" }>,
    target: PodTarget,
    signal: AbortSignal,
  ): Promise<void> {
    if (beginning !== undefined) this.note(beginning, {}, target);
    target.state.setEnding(id, { killAtMs });
    await this.deps.runtime.terminate(id, signal);
  }

  async kill({ id, beginning }: Extract<PodAction, { type: "kill" }>, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { runtime, view, clock } = this.deps;
    if (beginning !== undefined) this.note(beginning, {}, target);
    const nowMs = clock.monotonicMs();
    target.state.setEnding(id, { killAtMs: nowMs, killedAtMs: nowMs });
    await runtime.kill(id, signal);
    // Its death is an event; but a kill that was not the first may be here because that event was lost.
    if (beginning === undefined) await view.refresh(id, signal);
  }

  private note({ container, id, of, graceEndsAtMs, message }: Beginning, { isInHook = false }, target: PodTarget): void {
    target.state.endings.set(id, { of, graceEndsAtMs, isInHook, killAtMs: undefined, killedAtMs: undefined });
    target.tell("Normal", "Killing", message, container);
  }

  /** Returns why it failed; undefined when it did not. @throws RuntimeError Unavailable; an abort error */
  private async hook(
    which: "postStart" | "preStop",
    { container: name, id, target }: { readonly container: string; readonly id: string; readonly target: PodTarget },
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { runtime, clock } = this.deps;
    const { container } = containerOf(target.pod, name);
    const handler: LifecycleHandler | undefined = container.lifecycle?.[which];
    if (handler === undefined) return undefined;
    try {
      const place = { container, containerId: id, podIp: this.addressOf(target) };
      await runHandler(handler, place, { streams: runtime.streams, clock }, signal);
      return undefined;
    } catch (error: unknown) {
      if (isAbort(error) || isRuntimeUnavailable(error)) throw error;
      return error instanceof Error ? error.message : String(error);
    }
  }

  private addressOf({ pod }: PodTarget): string {
    if (pod.spec.hostNetwork === true) return this.deps.hostIp;
    return this.deps.view.ofPod(pod.metadata.uid).find(({ ip }) => ip !== "")?.ip ?? "";
  }
}
