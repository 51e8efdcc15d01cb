import type { Clock } from "../../base/clock.js";
import { unreachable } from "../../base/invariant.js";
import type { ContainerView } from "../container-view.js";
import type { ContainerEnder } from "../containers/container-ender.js";
import type { ContainerMaker } from "../containers/container-maker.js";
import type { SandboxMaker } from "../containers/sandbox-maker.js";
import { backOff } from "../images/image-step.js";
import type { PodImages } from "../images/pod-images.js";
import type { Limiter } from "../limiter.js";
import type { PodAction, SlowAction } from "../planning/pod-action.js";
import type { Runtime } from "../runtime/interface.js";
import { containerOf } from "./pod-containers.js";
import type { ImageState } from "./pod-memory.js";
import type { PodEvent } from "./pod-reporter.js";
import type { PodTarget } from "./pod-target.js";

export interface PodExecutorDeps {
  readonly runtime: Pick<Runtime, "remove">;
  readonly view: ContainerView;
  readonly images: PodImages;
  readonly sandboxes: SandboxMaker;
  readonly containers: ContainerMaker;
  readonly ender: ContainerEnder;
  readonly removals: Limiter;
  readonly clock: Clock;
}

/** The steps that are waited for. */
export type QuickAction = Exclude<PodAction, SlowAction | { type: "finish" | "wake" }>;

/**
 * Carries out single steps. What the pod's user has to know of a failure goes into the pod's state and its events;
 * what is thrown is the runtime's absence, or a fault of ours.
 */
export class PodExecutor {
  constructor(private readonly deps: PodExecutorDeps) {}

  async execute(action: QuickAction, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { sandboxes, containers, ender } = this.deps;
    switch (action.type) {
      case "runSandbox":
        return sandboxes.run(action.attempt, target, signal);
      case "startSandbox":
        return sandboxes.start(action.id, target, signal);
      case "runContainer":
        return containers.run(action, target, signal);
      case "startContainer":
        return containers.start(action.id, action.container, target, signal);
      case "noteImageBackOff":
        return noteImageBackOff(action.container, target);
      case "noteConfigError":
        return noteConfigError(action.container, action.message, target);
      case "noteVolumeError":
        return noteVolumeError(action.container, action.message, target);
      case "noteInitialized":
        return target.state.setLife({ initializedIn: action.sandboxId });
      case "noteCrashLoop":
        return this.noteCrashLoop(action, target);
      case "terminate":
        return ender.terminate(action, target, signal);
      case "kill":
        return ender.kill(action, target, signal);
      case "removeContainer":
        return this.remove(action.id, signal);
      default:
        return unreachable(action);
    }
  }

  /** Carries out a step that takes its time, to its end. @throws RuntimeError Unavailable; an abort error */
  async executeSlowly(action: SlowAction, target: PodTarget, signal: AbortSignal): Promise<void> {
    switch (action.type) {
      case "ensureImage":
        return this.ensureImage(action.container, target, signal);
      case "postStart":
        return this.deps.ender.postStart(action, target, signal);
      case "beginEnd":
        return this.deps.ender.begin(action, target, signal);
      default:
        return unreachable(action);
    }
  }

  private async ensureImage(name: string, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { pod } = target;
    const { container } = containerOf(pod, name);
    const known = target.state.images;
    const before = known.get(name);
    let latest: ImageState = { state: "ensuring" };
    known.set(name, latest);
    // What is known may have been forgotten meanwhile, for another image.
    const put = (state: ImageState | undefined): void => {
      if (known.get(name) !== latest) return;
      if (state === undefined) known.delete(name);
      else known.set(name, state);
      latest = state ?? latest;
    };
    try {
      const event = (each: PodEvent): void => target.event(each);
      const progress = (text: string): void => {
        put({ state: "ensuring", progress: text });
        target.changed();
      };
      put(await this.deps.images.ensure({ pod, container }, before, { event, progress }, signal));
    } catch (error: unknown) {
      put(before);
      throw error;
    }
  }

  private async remove(id: string, signal: AbortSignal): Promise<void> {
    const { runtime, view, removals } = this.deps;
    await removals.run(0, signal, () => runtime.remove(id, signal));
    view.removed(id);
  }

  private noteCrashLoop(action: Extract<PodAction, { type: "noteCrashLoop" }>, target: PodTarget): void {
    const { container, id, delayMs, restMs } = action;
    const { namespace, name, uid } = target.pod.metadata;
    const pod = `${name}_${namespace}(${uid})`;
    const nextAt = new Date(this.deps.clock.now() + restMs).toISOString().replace(/\.\d+/, "");
    const message = `back-off ${delayText(delayMs)} restarting failed container=${container} pod=${pod}; next at ${nextAt}`;
    target.state.crashLoops.set(container, { containerId: id, message });
    target.tell("Warning", "BackOff", `Back-off restarting failed container ${container} in pod ${pod}`, container);
  }
}

function noteImageBackOff(name: string, target: PodTarget): void {
  const image = target.state.images.get(name);
  if (image?.state !== "failed") return;
  const { container } = containerOf(target.pod, name);
  target.state.images.set(
    name,
    backOff(container, image, (event) => target.event(event)),
  );
}

function noteConfigError(name: string, message: string, target: PodTarget): void {
  target.state.configErrors.set(name, message);
  // The wait is over: this is now what keeps it from running.
  target.state.crashLoops.delete(name);
  target.tell("Warning", "Failed", `Error: ${message}`, name);
}

/** Its events are the volumes' own affair: several containers may wait for one. */
function noteVolumeError(name: string, message: string, { state }: PodTarget): void {
  state.volumeErrors.set(name, message);
  // The wait is over: this is now what keeps it from running.
  state.crashLoops.delete(name);
}

/** As Go prints durations: "10s", "1m0s". */
function delayText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
