import { badRequest } from "../../api/errors.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/**
 * The container of a pod that a caller means: the one that it names, else the only one. Messages are Kubernetes'.
 * @throws ApiError BadRequest
 */
export function containerOf({ metadata, spec }: Whole<Pod>, wanted: string): string {
  const namesOf = (containers: readonly { name?: string | undefined }[]): string[] => containers.map(({ name }) => name ?? "");
  const app = namesOf(spec.containers);
  const init = namesOf(spec.initContainers);
  const ephemeral = namesOf(spec.ephemeralContainers.map(({ ephemeralContainerCommon }) => ({ name: ephemeralContainerCommon?.name })));
  if (wanted !== "") {
    if ([...app, ...init, ...ephemeral].includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${metadata.name}`);
  }
  const [only] = app;
  if (only !== undefined && app.length === 1) return only;
  const others = init.length > 0 ? ` or one of the init containers: [${init.join(" ")}]` : "";
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${app.join(" ")}]${others}`);
}

/** The node that a pod is on. @throws ApiError BadRequest when it has none yet */
export function nodeOf({ metadata, spec }: Whole<Pod>): string {
  const nodeName = spec.nodeName ?? "";
  if (nodeName === "") throw badRequest(`pod ${metadata.name} does not have a host assigned`);
  return nodeName;
}
