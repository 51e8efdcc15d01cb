import type { Whole } from "../../api/object.js";
import type { Container, SecurityContext } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/** What a pod may say for all its containers, and each of them for itself. */
const shared = ["seLinuxOptions", "runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile", "appArmorProfile"] as const;

/** What holds for a container: what it says itself, else what its pod says. */
export function effectiveSecurity({ spec }: Whole<Pod>, { securityContext }: Pick<Container, "securityContext">): Partial<SecurityContext> {
  const fromPod = Object.fromEntries(shared.map((field) => [field, spec.securityContext?.[field]]));
  const own = Object.entries(securityContext ?? {}).filter(([, value]) => value !== undefined);
  return { ...fromPod, ...Object.fromEntries(own) };
}
