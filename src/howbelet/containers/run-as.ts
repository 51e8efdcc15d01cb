import type { Whole } from "../../api/object.js";
import type { Container, SecurityContext } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/** Who a container's programs run as: "" for whoever the image says. */
export function userOf({ runAsUser, runAsGroup }: Partial<SecurityContext>, imageUser: string): string {
  if (runAsGroup === undefined) return runAsUser === undefined ? "" : String(runAsUser);
  // A group alone goes with the image's user, who is root where the image names none.
  return `${runAsUser ?? (userPart(imageUser) || "0")}:${runAsGroup}`;
}

/** Why a container that must not run as root cannot be known not to, in Kubernetes' words; undefined when all is well. */
export function rootProblem(
  { runAsNonRoot, runAsUser }: Partial<SecurityContext>,
  imageUser: string,
  { pod, container }: { readonly pod: Whole<Pod>; readonly container: Pick<Container, "name"> },
): string | undefined {
  if (runAsNonRoot !== true) return undefined;
  const { name, namespace, uid } = pod.metadata;
  const place = `(pod: "${name}_${namespace}(${uid})", container: ${container.name ?? ""})`;
  if (runAsUser !== undefined) return runAsUser === 0 ? `container's runAsUser breaks non-root policy ${place}` : undefined;
  const user = userPart(imageUser);
  if (/^\d+$/.test(user)) return Number(user) === 0 ? `container has runAsNonRoot and image will run as root ${place}` : undefined;
  if (user === "") return `container has runAsNonRoot and image will run as root ${place}`;
  return `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${place}`;
}

/** An image's user without the group. */
function userPart(imageUser: string): string {
  return imageUser.split(":")[0] ?? "";
}
