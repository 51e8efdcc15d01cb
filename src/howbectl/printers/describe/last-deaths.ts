import { ageCell } from "../../../api/kinds/cells.js";
import { cronJobKind } from "../../../api/kinds/cronjob/kind.js";
import { daemonSetKind } from "../../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import { flightRecordKind } from "../../../api/kinds/flightrecord/kind.js";
import { jobKind } from "../../../api/kinds/job/kind.js";
import { podKind } from "../../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../../api/kinds/replicaset/kind.js";
import { statefulSetKind } from "../../../api/kinds/statefulset/kind.js";
import type { Whole } from "../../../api/object.js";
import { timeToMs } from "../../../api/values/time.js";
import type { ApiClient } from "../../../client/contracts.js";
import type { FlightRecord } from "../../../gen/howbernetes/flight/v1/flight_record.js";
import type { KindObject } from "../object-format.js";
import type { Description } from "./description.js";

/** More are to be had by `get flightrecords`. */
const maxShown = 10;

const headers = ["Age", "Pod", "Container", "Restart", "Reason", "Exit Code", "Flight Record"] as const;

const owners: readonly string[] = [replicaSetKind, deploymentKind, statefulSetKind, daemonSetKind, jobKind, cronJobKind].map(
  ({ typeName }) => typeName,
);

/** The records of containers that died, of a pod or of the pods that it has or had; none for other objects. The latest is first. */
export async function deathsOf(
  { kind, object }: KindObject,
  client: ApiClient,
  signal: AbortSignal,
): Promise<readonly Whole<FlightRecord>[]> {
  const { uid, namespace } = object.metadata;
  const isPod = kind.typeName === podKind.typeName;
  if (!isPod && !owners.includes(kind.typeName)) return [];
  const { items } = await client.of(flightRecordKind).list({ namespace, ...(isPod ? { fieldSelector: `pod.uid=${uid}` } : {}), signal });
  const own = items.filter(({ pod, controllers }) => (isPod ? pod?.uid === uid : controllers.some((each) => each.uid === uid)));
  return own.sort((a, b) => endedMs(b) - endedMs(a));
}

/** Adds those deaths, if there were any. */
export function lastDeathsTable(records: readonly Whole<FlightRecord>[], description: Description, nowMs: number): void {
  if (records.length === 0) return;
  const rows = records.slice(0, maxShown).map((record) => {
    const { metadata, pod, flight } = record;
    const { container = "", restartCount = 0, end } = flight ?? {};
    const cells = [pod?.name ?? "", container, String(restartCount), end?.reason ?? "", String(end?.exitCode ?? 0), metadata.name];
    return [ageCell(end?.finishedAt ?? metadata.creationTimestamp, nowMs), ...cells];
  });
  description.table("Last Deaths", headers, rows);
}

function endedMs({ metadata, flight }: Whole<FlightRecord>): number {
  return timeToMs(flight?.end?.finishedAt ?? metadata.creationTimestamp) ?? 0;
}
