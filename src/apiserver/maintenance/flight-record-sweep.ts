import { isConflict, isNotFound } from "../../api/errors.js";
import { flightRecordKind } from "../../api/kinds/flightrecord/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { FlightRecord } from "../../gen/howbernetes/flight/v1/flight_record.js";
import { keptPerContainer } from "../nodes/flight-records.js";
import type { ObjectStore } from "../object-store.js";

/** As Events: a day covers last night. */
const lifetimeMs = 24 * 60 * 60_000;

/**
 * The records that are to go: those that are too old, and of each container those before its last few, which are left
 * when a death between them was never told. Pure.
 */
export function planSweep(records: readonly Whole<FlightRecord>[], nowMs: number): readonly Whole<FlightRecord>[] {
  const ageMs = ({ metadata }: Whole<FlightRecord>): number => nowMs - (timeToMs(metadata.creationTimestamp) ?? 0);
  const newestFirst = [...records].sort((a, b) => (b.flight?.restartCount ?? 0) - (a.flight?.restartCount ?? 0));
  const counts = new Map<string, number>();
  return newestFirst.filter((record) => {
    const container = `${record.pod?.uid ?? ""}/${record.flight?.container ?? ""}`;
    const count = (counts.get(container) ?? 0) + 1;
    counts.set(container, count);
    return count > keptPerContainer || ageMs(record) > lifetimeMs;
  });
}

/** Removes what `planSweep` says. @returns how many */
export async function sweepFlightRecords(objects: ObjectStore, nowMs: number, signal: AbortSignal): Promise<number> {
  const records = await objects.list(flightRecordKind, "", { kind: "any" }, signal);
  const doomed = planSweep(
    records.map(({ object }) => object),
    nowMs,
  );
  let removed = 0;
  for (const record of doomed) {
    try {
      await objects.remove(flightRecordKind, keyOf(record), { signal });
      removed += 1;
    } catch (error: unknown) {
      // Somebody else was faster.
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }
  return removed;
}
