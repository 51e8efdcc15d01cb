import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import type { Whole } from "../../object.js";
import { formatAge } from "../../values/age.js";
import { timeToMs } from "../../values/time.js";
import { ageColumn, nameColumn, none } from "../cells.js";
import type { Column } from "../kind.js";
import { isInitializing, sidecarNames } from "./initialization.js";
import { podStatusWord } from "./status-word.js";

const isReadyAndRunning = ({ ready, state }: ContainerStatus): boolean => ready === true && state?.running !== undefined;

/** `1/2`: containers ready of all that stay, sidecars included. */
function readyCell(pod: Whole<Pod>): string {
  const sidecars = sidecarNames(pod);
  const total = pod.spec.containers.length + sidecars.size;
  const readySidecars = pod.status.initContainerStatuses.filter(
    ({ name = "", started, ready }) => sidecars.has(name) && started === true && ready === true,
  );
  const ready = isInitializing(pod) ? [] : pod.status.containerStatuses.filter(isReadyAndRunning);
  return `${ready.length + readySidecars.length}/${total}`;
}

/** `3 (2m ago)`: restarts of the containers that count now, and how long ago the last of them ended. */
function restartsCell(pod: Whole<Pod>, nowMs: number): string {
  const sidecars = sidecarNames(pod);
  const { initContainerStatuses, containerStatuses } = pod.status;
  const counted = isInitializing(pod)
    ? initContainerStatuses
    : [...initContainerStatuses.filter(({ name = "" }) => sidecars.has(name)), ...containerStatuses];
  const restarts = counted.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
  const ends = counted.map(({ lastState }) => timeToMs(lastState?.terminated?.finishedAt) ?? 0);
  const last = Math.max(0, ...ends);
  return restarts === 0 || last === 0 ? String(restarts) : `${restarts} (${formatAge(nowMs - last)} ago)`;
}

function readinessGatesCell({ spec, status }: Whole<Pod>): string {
  if (spec.readinessGates.length === 0) return none;
  const met = spec.readinessGates.filter(({ conditionType }) =>
    status.conditions.some((condition) => condition.type === conditionType && condition.status === "True"),
  );
  return `${met.length}/${spec.readinessGates.length}`;
}

/** What `get pods` prints. */
export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  { name: "READY", cell: readyCell },
  { name: "STATUS", cell: podStatusWord },
  { name: "RESTARTS", cell: restartsCell },
  ageColumn,
  { name: "IP", wide: true, cell: ({ status }) => status.podIPs[0]?.ip || status.podIP || none },
  { name: "NODE", wide: true, cell: ({ spec }) => spec.nodeName || none },
  { name: "NOMINATED NODE", wide: true, cell: ({ status }) => status.nominatedNodeName || none },
  { name: "READINESS GATES", wide: true, cell: readinessGatesCell },
];
