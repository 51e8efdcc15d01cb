import { isRestartable } from "../../api/kinds/pod/restarting.js";
import type { Whole } from "../../api/object.js";
import { isSameImage } from "../../api/values/image-name.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { containersOf, restartingOf } from "../pods/pod-containers.js";
import type { ContainerSnapshot } from "../runtime/interface.js";

/**
 * Whether a container is to be made anew because the pod's spec names another image now, which is all of a running
 * container that may be changed.
 *
 * Unlike Kubernetes: not where it is never restarted; its pod would have ended, for good, before the next one runs.
 */
export function hasOtherImage({ identity, image }: ContainerSnapshot, pod: Whole<Pod>): boolean {
  const found = containersOf(pod).find(({ container }) => container.name === identity.container);
  if (found?.container.image === undefined || !isRestartable(restartingOf(found, pod))) return false;
  return !isSameImage(found.container.image, image);
}
