import { appRestarting, initRestarting, neverRestarted, type Restarting } from "../../api/kinds/pod/restarting.js";
import type { Whole } from "../../api/object.js";
import type { ContainerPort } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { CliEnv } from "../cli-env.js";
import { UsageError } from "../usage-error.js";

/** What commands need to know of a container, whichever list of the pod it stands in. */
export interface PodContainer {
  readonly name: string;
  readonly role: "init" | "app" | "ephemeral";
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly ports: readonly ContainerPort[];
  readonly restarting: Restarting;
}

interface Described {
  readonly name?: string | undefined;
  readonly tty?: boolean | undefined;
  readonly stdin?: boolean | undefined;
  readonly ports?: readonly ContainerPort[];
}

function describe(role: PodContainer["role"], { name = "", tty, stdin, ports = [] }: Described, restarting: Restarting): PodContainer {
  return { name, role, tty: tty === true, stdin: stdin === true, ports, restarting };
}

/** All containers of a pod in the order in which they start: init, app, ephemeral. */
export function containersOf({ spec }: Pick<Whole<Pod>, "spec">): readonly PodContainer[] {
  return [
    ...spec.initContainers.map((container) => describe("init", container, initRestarting(container, spec.restartPolicy))),
    ...spec.containers.map((container) => describe("app", container, appRestarting(container, spec.restartPolicy))),
    ...spec.ephemeralContainers.map((container) => describe("ephemeral", container.ephemeralContainerCommon ?? {}, neverRestarted)),
  ];
}

/** What a pod's status says of a container. */
export function containerStatusOf({ status }: Pick<Whole<Pod>, "status">, name: string): ContainerStatus | undefined {
  const all = [...status.containerStatuses, ...status.initContainerStatuses, ...status.ephemeralContainerStatuses];
  return all.find((container) => container.name === name);
}

/** "a, debugger (ephem), setup (init)": as kubectl offers them. */
export function offeredNames(pod: Pick<Whole<Pod>, "spec">): string {
  const suffixes = { app: "", ephemeral: " (ephem)", init: " (init)" };
  const all = containersOf(pod);
  const ordered = (["app", "ephemeral", "init"] as const).flatMap((role) => all.filter((container) => container.role === role));
  return ordered.map(({ name, role }) => `${name}${suffixes[role]}`).join(", ");
}

const defaultContainerKey = "kubectl.kubernetes.io/default-container";

/**
 * The container that is meant when none is named: what the pod's annotation says, else the first, which is said aloud
 * where there are several.
 *
 * @param quiet say nothing
 */
export function defaultContainer(pod: Pick<Whole<Pod>, "metadata" | "spec">, env: Pick<CliEnv, "err">, quiet = false): PodContainer {
  const all = containersOf(pod);
  const annotated = all.find(({ name }) => name === pod.metadata.annotations[defaultContainerKey]);
  if (annotated !== undefined) return annotated;
  const first = all.find(({ role }) => role === "app");
  if (first === undefined) throw new UsageError(`pod ${pod.metadata.namespace}/${pod.metadata.name} does not have any containers`);
  if (all.length > 1 && !quiet) env.err.line(`Defaulted container "${first.name}" out of: ${offeredNames(pod)}`);
  return first;
}

/** The container of that name, or the default one. @throws UsageError when the pod has none of that name */
export function namedOrDefaultContainer(
  pod: Pick<Whole<Pod>, "metadata" | "spec">,
  name: string | undefined,
  env: Pick<CliEnv, "err">,
  quiet = false,
): PodContainer {
  if (name === undefined) return defaultContainer(pod, env, quiet);
  const found = containersOf(pod).find((container) => container.name === name);
  if (found === undefined) throw new UsageError(`container ${name} not found in pod ${pod.metadata.name}`);
  return found;
}
