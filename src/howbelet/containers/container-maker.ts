import { parseImageName } from "../../api/values/image-name.js";
import type { Clock } from "../../base/clock.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { ContainerView } from "../container-view.js";
import type { PodImages } from "../images/pod-images.js";
import type { Limiter } from "../limiter.js";
import type { PodAction } from "../planning/pod-action.js";
import { containerOf } from "../pods/pod-containers.js";
import { type ContainerRecord, recordOf } from "../pods/pod-records.js";
import type { PodTarget } from "../pods/pod-target.js";
import type { VolumeSupply } from "../pods/volume-supply.js";
import type { Confinement } from "../runtime/confinement.js";
import { isImageNotFound, isMisconfigured, isRuntimeUnavailable } from "../runtime/errors.js";
import type { ContainerConfig, Mount, Runtime, RuntimeScope } from "../runtime/interface.js";
import type { Confinements } from "./confinements.js";
import { containerSettings } from "./container-settings.js";
import type { Environments } from "./environments.js";
import { type Termination, terminationOf, vanished } from "./termination.js";
import type { TerminationMessages } from "./termination-messages.js";

/** Pods that are half started come before pods that are not begun. */
const containerPriority = 0;

export interface ContainerMakerDeps {
  readonly runtime: Runtime;
  readonly scope: RuntimeScope;
  readonly view: ContainerView;
  readonly images: PodImages;
  readonly environments: Environments;
  readonly confinements: Confinements;
  readonly volumes: Pick<VolumeSupply, "mountsFor">;
  readonly messages: Pick<TerminationMessages, "mountFor" | "areRefusedBy">;
  /** Bounds creates and starts: more at once than a few make the engine slower, not faster. */
  readonly starts: Limiter;
  readonly clock: Clock;
}

type RunContainer = Extract<PodAction, { type: "runContainer" }>;

/** Makes and starts the containers that pods' specs name. */
export class ContainerMaker {
  constructor(private readonly deps: ContainerMakerDeps) {}

  async run(action: RunContainer, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { container: name, attempt, failures, replaced } = action;
    const { runtime, scope, starts, images } = this.deps;
    const { state } = target;
    try {
      await starts.run(containerPriority, signal, async () => {
        const settings = await this.settingsOf(action, target, signal);
        if (settings === undefined) return;
        const id = await runtime.createContainer(scope, settings, signal);
        const record = recordOf(state.records, name);
        const lastWords = replaced === undefined ? undefined : state.lastWords.get(replaced.id);
        const lastTermination = replaced === undefined ? unseenEnd(attempt, record) : terminationOf(replaced, lastWords);
        const imageId = images.idOf(containerOf(target.pod, name).container);
        state.setRecord(name, { restartCount: attempt, failures, started: true, lastTermination, imageId });
        target.tell("Normal", "Created", `Created container ${name}`, name);
        await this.start(id, name, target, signal);
      });
      state.setbacks.delete(name);
    } catch (error: unknown) {
      this.failed(name, error, target);
    }
  }

  /** A container that cannot be started has ended, as far as its pod is concerned: its restart policy decides. */
  async start(id: string, name: string, target: PodTarget, signal: AbortSignal): Promise<void> {
    const { runtime, view } = this.deps;
    const { state } = target;
    if (containerOf(target.pod, name).container.imagePullPolicy === "Always") state.images.delete(name);
    state.setRecord(name, { started: true });
    state.crashLoops.delete(name);
    try {
      await view.starting(id, signal, () => runtime.start(id, signal));
      target.tell("Normal", "Started", `Started container ${name}`, name);
    } catch (error: unknown) {
      if (signal.aborted || isRuntimeUnavailable(error)) throw error;
      target.tell("Warning", "Failed", `Error: ${error instanceof Error ? error.message : String(error)}`, name);
    }
  }

  /** All as it is now, after whatever the container has waited for; undefined if something has gone meanwhile. */
  private async settingsOf(action: RunContainer, target: PodTarget, signal: AbortSignal): Promise<ContainerConfig | undefined> {
    const { attempt, sandboxId } = action;
    const { pod } = target;
    const { container } = containerOf(pod, action.container);
    const variables = this.variablesOf(container, sandboxId, target);
    if (variables === undefined) return undefined;
    const image = imageOf(container);
    const [mounts, confinement] = await Promise.all([
      this.mountsOf(container, { attempt, variables }, target),
      this.confinementOf(container, image, target, signal),
    ]);
    return containerSettings(pod, container, { image, attempt, sandboxId, variables, mounts, confinement });
  }

  private variablesOf(container: Container, sandboxId: string, target: PodTarget): ReadonlyMap<string, string> | undefined {
    const { view, environments } = this.deps;
    const sandbox = view.ofPod(target.pod.metadata.uid).find(({ id }) => id === sandboxId);
    const environment = environments.of(target.pod, container, sandbox?.ip ?? "");
    if (environment.state !== "ready") return undefined;
    target.state.configErrors.delete(container.name ?? "");
    return environment.variables;
  }

  private async mountsOf(
    container: Container,
    { attempt, variables }: { readonly attempt: number; readonly variables: ReadonlyMap<string, string> },
    { pod, state }: PodTarget,
  ): Promise<readonly Mount[]> {
    const { volumes, messages } = this.deps;
    const [mounts, message] = await Promise.all([
      volumes.mountsFor(pod, container, variables),
      messages.mountFor(pod.metadata.uid, container, attempt),
    ]);
    state.volumeErrors.delete(container.name ?? "");
    return message === undefined ? mounts : [...mounts, message];
  }

  private confinementOf(container: Container, image: string, { pod }: PodTarget, signal: AbortSignal): Promise<Confinement> {
    const { runtime, images, view, confinements } = this.deps;
    const imageUser = async (): Promise<string> => (images.infoOf(container) ?? (await runtime.images.find(image, signal)))?.user ?? "";
    return confinements.of(pod, container, { imageUser, snapshots: view.ofPod(pod.metadata.uid) });
  }

  private failed(name: string, error: unknown, target: PodTarget): void {
    // It is made again, without.
    if (this.deps.messages.areRefusedBy(error)) return;
    // Removed since it was looked for: look again, and pull it.
    if (isImageNotFound(error)) {
      this.deps.images.missed(containerOf(target.pod, name).container);
      target.state.images.delete(name);
      return;
    }
    const reason = isMisconfigured(error) ? "CreateContainerConfigError" : "CreateContainerError";
    const why = target.setBack(name, reason, { error, nowMs: this.deps.clock.monotonicMs() });
    target.tell("Warning", "Failed", `Error: ${why}`, name);
  }
}

function imageOf({ image = "" }: Container): string {
  return parseImageName(image)?.reference ?? "";
}

/** How the container before one of that attempt ended, when there is nothing left of it: somebody removed it, or there was none. */
function unseenEnd(attempt: number, { started, restartCount, lastTermination }: ContainerRecord): Termination | undefined {
  return started && attempt > restartCount ? vanished : lastTermination;
}
