import type { Whole } from "../../api/object.js";
import { backoffMs } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";
import { InvariantError, unreachable } from "../../base/invariant.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerView } from "../container-view.js";
import { normalizeImageName } from "../images/image-name.js";
import { backOff, ensureImage } from "../images/image-step.js";
import type { ImageSupply } from "../images/image-supply.js";
import type { Limiter } from "../limiter.js";
import type { Confinement } from "../runtime/confinement.js";
import { isImageNotFound, isMisconfigured, isRuntimeUnavailable } from "../runtime/errors.js";
import { type Runtime, type RuntimeScope, sandboxName } from "../runtime/interface.js";
import type { Confinements } from "./confinements.js";
import { containerSettings, sandboxSettings } from "./container-settings.js";
import type { Environments } from "./environments.js";
import type { PodAction } from "./pod-action.js";
import { recordOf } from "./pod-records.js";
import type { PodEvent, PodReporter } from "./pod-reporter.js";
import type { PodState } from "./pod-state.js";
import { terminationOf } from "./termination.js";

/** What could not be made is tried again after these waits. */
const setbackBackoff = { initialMs: 1_000, maxMs: 60_000, jitter: "none" } as const;

/** Pods that are half started come before pods that are not begun. */
const containerPriority = 0;
const sandboxPriority = 1;

export interface PodExecutorDeps {
  readonly runtime: Runtime;
  readonly scope: RuntimeScope;
  readonly view: ContainerView;
  readonly images: ImageSupply;
  readonly environments: Environments;
  readonly confinements: Confinements;
  /** Bounds creates and starts: more at once than a few make the engine slower, not faster. */
  readonly starts: Limiter;
  readonly removals: Limiter;
  readonly reporter: PodReporter;
  readonly clock: Clock;
}

/** Whose steps are carried out. */
export interface PodTarget {
  readonly pod: Whole<Pod>;
  readonly state: PodState;
}

/** The steps that act on the runtime; the worker itself does what the others mean. */
export type RuntimeAction = Exclude<PodAction, { type: "ensureImage" | "finish" | "wake" }>;

/**
 * Carries out single steps. What the pod's user has to know of a failure goes into the pod's state and its events;
 * what is thrown is the runtime's absence, or a fault of ours.
 */
export class PodExecutor {
  constructor(private readonly deps: PodExecutorDeps) {}

  async execute(action: RuntimeAction, target: PodTarget, signal: AbortSignal): Promise<void> {
    switch (action.type) {
      case "runSandbox":
        return this.runSandbox(action.attempt, target, signal);
      case "startSandbox":
        return this.attemptSandbox(target, async () => this.startSandbox(action.id, signal));
      case "noteImageBackOff":
        return this.noteImageBackOff(action.container, target);
      case "runContainer":
        return this.runContainer(action, target, signal);
      case "startContainer":
        return this.startContainer(action.id, action.container, target, signal);
      case "noteConfigError":
        return this.noteConfigError(action.container, action.message, target);
      case "noteCrashLoop":
        return this.noteCrashLoop(action, target);
      case "terminate":
      case "kill":
        return this.stop(action, target, signal);
      case "removeContainer":
        return this.remove(action.id, signal);
      default:
        return unreachable(action);
    }
  }

  /** Runs until the image is there or is known not to come. @throws RuntimeError Unavailable; an abort error */
  async ensureImage(containerName: string, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { images, clock } = this.deps;
    const container = findContainer(target.pod, containerName);
    const before = target.state.images.get(containerName);
    target.state.images.set(containerName, { state: "ensuring" });
    try {
      const event = (each: PodEvent): void => this.deps.reporter.event(target.pod, each);
      target.state.images.set(containerName, await ensureImage(container, before, { images, clock, event }, signal));
    } catch (error: unknown) {
      if (before === undefined) target.state.images.delete(containerName);
      else target.state.images.set(containerName, before);
      throw error;
    }
  }

  private async runSandbox(attempt: number, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { runtime, scope, starts } = this.deps;
    if (attempt > 0 && !target.state.setbacks.has(sandboxName))
      this.tell(target, "Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
    await this.attemptSandbox(target, () =>
      starts.run(sandboxPriority, signal, async () => {
        const id = await runtime.createSandbox(scope, sandboxSettings(target.pod, attempt), signal);
        target.state.setRecord(sandboxName, { restartCount: attempt, started: true });
        await this.startSandbox(id, signal);
      }),
    );
  }

  private async startSandbox(id: string, signal: AbortSignal): Promise<void> {
    await this.deps.view.starting(id, signal, () => this.deps.runtime.start(id, signal));
  }

  private async attemptSandbox(target: PodTarget, attempt: () => Promise<void>): Promise<void> {
    try {
      await attempt();
      target.state.setbacks.delete(sandboxName);
    } catch (error: unknown) {
      const message = `Failed to create pod sandbox: ${this.setBack(sandboxName, "ContainerCreating", target, error)}`;
      this.tell(target, "Warning", "FailedCreatePodSandBox", message);
    }
  }

  private async runContainer(action: Extract<PodAction, { type: "runContainer" }>, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { container: name, attempt, failures, replaced, sandboxId } = action;
    const { runtime, scope, starts, images } = this.deps;
    const container = findContainer(target.pod, name);
    const image = normalizeImageName(container.image ?? "") ?? "";
    try {
      await starts.run(containerPriority, signal, async () => {
        const environment = this.environmentOf(container, sandboxId, target);
        if (environment === undefined) return;
        const confinement = await this.confinementOf(container, image, target, signal);
        const made = { image, attempt, sandboxId, variables: environment, mounts: [], confinement };
        const settings = containerSettings(target.pod, container, made);
        const id = await runtime.createContainer(scope, settings, signal);
        const lastTermination = replaced === undefined ? recordOf(target.state.records, name).lastTermination : terminationOf(replaced);
        target.state.setRecord(name, { restartCount: attempt, failures, started: true, lastTermination });
        this.tell(target, "Normal", "Created", `Created container ${name}`, name);
        await this.startContainer(id, name, target, signal);
      });
      target.state.setbacks.delete(name);
    } catch (error: unknown) {
      // Removed since it was looked for: look again, and pull it.
      if (isImageNotFound(error)) {
        images.missed(image);
        target.state.images.delete(name);
      } else {
        const reason = isMisconfigured(error) ? "CreateContainerConfigError" : "CreateContainerError";
        this.tell(target, "Warning", "Failed", `Error: ${this.setBack(name, reason, target, error)}`, name);
      }
    }
  }

  private confinementOf(container: Container, image: string, { pod }: PodTarget, signal: AbortSignal): Promise<Confinement> {
    const { runtime, view, confinements } = this.deps;
    const imageUser = async (): Promise<string> => (await runtime.images.find(image, signal))?.user ?? "";
    return confinements.of(pod, container, { imageUser, snapshots: view.ofPod(pod.metadata.uid) });
  }

  /** As it is now, after whatever the container has waited for; undefined if something has gone meanwhile. */
  private environmentOf(container: Container, sandboxId: string, target: PodTarget): ReadonlyMap<string, string> | undefined {
    const { view, environments } = this.deps;
    const sandbox = view.ofPod(target.pod.metadata.uid).find(({ id }) => id === sandboxId);
    const environment = environments.of(target.pod, container, sandbox?.ip ?? "");
    if (environment.state !== "ready") return undefined;
    target.state.configErrors.delete(container.name ?? "");
    return environment.variables;
  }

  /** A container that cannot be started has ended, as far as its pod is concerned: its restart policy decides. */
  private async startContainer(id: string, name: string, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { runtime, view } = this.deps;
    const container = findContainer(target.pod, name);
    if (container.imagePullPolicy === "Always") target.state.images.delete(name);
    target.state.setRecord(name, { started: true });
    target.state.crashLoops.delete(name);
    try {
      await view.starting(id, signal, () => runtime.start(id, signal));
      this.tell(target, "Normal", "Started", `Started container ${name}`, name);
    } catch (error: unknown) {
      if (signal.aborted || isRuntimeUnavailable(error)) throw error;
      this.tell(target, "Warning", "Failed", `Error: ${messageOf(error)}`, name);
    }
  }

  private async stop(action: Extract<PodAction, { type: "terminate" | "kill" }>, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { runtime, view, clock } = this.deps;
    const { id, container } = action;
    const isFirst = action.type === "terminate" || action.isFirst;
    if (isFirst) this.tell(target, "Normal", "Killing", `Stopping container ${container}`, container);
    if (action.type === "terminate") {
      target.state.signals.set(id, { deadlineMs: action.deadlineMs, killedAtMs: undefined });
      await runtime.terminate(id, signal);
      return;
    }
    const nowMs = clock.monotonicMs();
    target.state.signals.set(id, { deadlineMs: nowMs, killedAtMs: nowMs });
    await runtime.kill(id, signal);
    // Its death is an event; but a kill that was not the first may be here because that event was lost.
    if (!isFirst) await view.refresh(id, signal);
  }

  private async remove(id: string, signal: AbortSignal): Promise<void> {
    const { runtime, view, removals } = this.deps;
    await removals.run(0, signal, () => runtime.remove(id, signal));
    view.removed(id);
  }

  private noteImageBackOff(name: string, target: PodTarget): void {
    const image = target.state.images.get(name);
    if (image?.state !== "failed") return;
    const event = (each: PodEvent): void => this.deps.reporter.event(target.pod, each);
    target.state.images.set(name, backOff(findContainer(target.pod, name), image, event));
  }

  private noteConfigError(name: string, message: string, target: PodTarget): void {
    target.state.configErrors.set(name, message);
    // The wait is over: this is now what keeps it from running.
    target.state.crashLoops.delete(name);
    this.tell(target, "Warning", "Failed", `Error: ${message}`, name);
  }

  private noteCrashLoop({ container, id, delayMs }: Extract<PodAction, { type: "noteCrashLoop" }>, target: PodTarget): void {
    const { namespace, name, uid } = target.pod.metadata;
    const pod = `${name}_${namespace}(${uid})`;
    const message = `back-off ${delayText(delayMs)} restarting failed container=${container} pod=${pod}`;
    target.state.crashLoops.set(container, { containerId: id, message });
    this.tell(target, "Warning", "BackOff", `Back-off restarting failed container ${container} in pod ${pod}`, container);
  }

  /** Remembers a failure and when to try again; returns its text. Rethrows what is not about this pod. */
  private setBack(name: string, reason: string, { state }: PodTarget, error: unknown): string {
    if (isRuntimeUnavailable(error) || !(error instanceof Error) || error.name !== "RuntimeError") throw error;
    const failures = (state.setbacks.get(name)?.failures ?? 0) + 1;
    const retryAtMs = this.deps.clock.monotonicMs() + backoffMs(failures, setbackBackoff);
    state.setbacks.set(name, { reason, message: error.message, failures, retryAtMs });
    return error.message;
  }

  private tell(target: PodTarget, type: PodEvent["type"], reason: string, message: string, container?: string): void {
    this.deps.reporter.event(target.pod, { type, reason, message, ...(container === undefined ? {} : { container }) });
  }
}

function findContainer(pod: Whole<Pod>, name: string): Container {
  const container = pod.spec.containers.find((each) => each.name === name);
  if (container === undefined) throw new InvariantError(`pod ${pod.metadata.name} has no container ${name}`);
  return container;
}

/** As Go prints durations: "10s", "1m0s". */
function delayText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
