import { appRestarting, initRestarting, neverRestarted, type Restarting } from "../../api/kinds/pod/restarting.js";
import type { Whole } from "../../api/object.js";
import { InvariantError } from "../../base/invariant.js";
import { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerKind } from "../runtime/interface.js";

/** A container that a pod's spec names. */
export interface PodContainer {
  readonly container: Container;
  readonly kind: Exclude<ContainerKind, "sandbox">;
}

/** All containers of a pod, whichever they are; what the ephemeral ones have in common with others. */
export function containersOf({ spec }: Whole<Pod>): readonly PodContainer[] {
  return [
    ...spec.initContainers.map((container) => ({ container, kind: "init" as const })),
    ...spec.containers.map((container) => ({ container, kind: "app" as const })),
    ...spec.ephemeralContainers.map(({ ephemeralContainerCommon }) => ({
      container: Container.fromPartial(ephemeralContainerCommon ?? {}),
      kind: "ephemeral" as const,
    })),
  ];
}

/** The container of that name. The caller knows that there is one. */
export function containerOf(pod: Whole<Pod>, name: string): PodContainer {
  const found = containersOf(pod).find(({ container }) => container.name === name);
  if (found === undefined) throw new InvariantError(`pod ${pod.metadata.name} has no container ${name}`);
  return found;
}

/** When a container of that pod is started again. */
export function restartingOf({ container, kind }: PodContainer, { spec }: Whole<Pod>): Restarting {
  if (kind === "ephemeral") return neverRestarted;
  return kind === "init" ? initRestarting(container, spec.restartPolicy) : appRestarting(container, spec.restartPolicy);
}

/** An init container that stays: it is started in its turn, and then runs beside the others. */
export function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === "Always";
}
