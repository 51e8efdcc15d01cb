import { badRequest } from "../../api/errors.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/**
 * The container of a pod that a caller means: the one that it names, else the only one. Messages are Kubernetes'.
 * @throws ApiError BadRequest
 */
export function containerOf(pod: Whole<Pod>, wanted: string): string {
  const { metadata } = pod;
  const { app, init } = namesIn(pod);
  if (wanted !== "") {
    if (hasContainer(pod, wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${metadata.name}`);
  }
  const [only] = app;
  if (only !== undefined && app.length === 1) return only;
  const others = init.length > 0 ? ` or one of the init containers: [${init.join(" ")}]` : "";
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${app.join(" ")}]${others}`);
}

/** Whether a pod has a container of that name, whichever list it is in. */
export function hasContainer(pod: Whole<Pod>, name: string): boolean {
  const { app, init, ephemeral } = namesIn(pod);
  return [...app, ...init, ...ephemeral].includes(name);
}

function namesIn({ spec }: Whole<Pod>): Readonly<Record<"app" | "init" | "ephemeral", readonly string[]>> {
  const namesOf = (containers: readonly { name?: string | undefined }[]): string[] => containers.map(({ name }) => name ?? "");
  const ephemeral = spec.ephemeralContainers.map(({ ephemeralContainerCommon }) => ({ name: ephemeralContainerCommon?.name }));
  return { app: namesOf(spec.containers), init: namesOf(spec.initContainers), ephemeral: namesOf(ephemeral) };
}

/** The node that a pod is on. @throws ApiError BadRequest when it has none yet */
export function nodeOf({ metadata, spec }: Whole<Pod>): string {
  const nodeName = spec.nodeName ?? "";
  if (nodeName === "") throw badRequest(`pod ${metadata.name} does not have a host assigned`);
  return nodeName;
}
