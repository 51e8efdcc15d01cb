import { isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Runnable } from "../../base/runnable.js";
import type { Store } from "../../storage/interface.js";
import type { ObjectStore } from "../object-store.js";
import { sweepAnnouncements } from "./announcement-sweep.js";
import { sweepEvents } from "./event-sweep.js";
import { sweepFlightRecords } from "./flight-record-sweep.js";
import { HistoryMarks } from "./history-marks.js";
import { sweepPlacementRecords } from "./placement-record-sweep.js";
import { sweepQuotaTurns } from "./quota-turn-sweep.js";
import { TurnLease } from "./turn-lease.js";

export interface MaintenanceDeps {
  readonly objects: ObjectStore;
  readonly store: Pick<Store, "currentRevision" | "compact" | "list" | "delete">;
  readonly clock: Clock;
  readonly log: Log;
  /** Of this api-server, among others. */
  readonly identity: string;
}

const periodMs = 5 * 60_000;
// Clients that were away for less resume where they were; those away for longer list anew.
const historyKeptMs = 10 * 60_000;

/** Drops history, Events, flight and placement records that are too old, and what quotas have left behind, once a period, on one api-server of the cluster. */
export class Maintenance implements Runnable {
  readonly name = "maintenance";
  private readonly marks = new HistoryMarks();
  private readonly lease: TurnLease;

  constructor(private readonly deps: MaintenanceDeps) {
    this.lease = new TurnLease(deps, { namespace: "kube-system", name: "compaction" }, deps.identity);
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.turn(signal);
      } catch (error: unknown) {
        if (!isAbort(error)) this.deps.log.warn("maintenance failed, and is tried again next period", { error });
      }
      await this.deps.clock.sleep(periodMs, signal).catch((_stopped: unknown) => undefined);
    }
  }

  private async turn(signal: AbortSignal): Promise<void> {
    const { store, objects, clock, log } = this.deps;
    const now = clock.monotonicMs();
    this.marks.add(now, await store.currentRevision(signal));
    // Every server keeps marks, so that whoever takes over knows the past too.
    const old = this.marks.olderThan(historyKeptMs, now);
    if (!(await this.lease.take(periodMs / 1_000, signal))) return;
    if (old !== undefined) await store.compact(old);
    const removed = await sweepEvents(objects, clock.now(), signal);
    const recordsRemoved = await sweepFlightRecords(objects, clock.now(), signal);
    const placementsRemoved = await sweepPlacementRecords(objects, clock.now(), signal);
    const announcementsRemoved = await sweepAnnouncements(objects, clock.now(), signal);
    const turnsRemoved = await sweepQuotaTurns(objects, store, signal);
    log.debug("maintenance done", {
      compactedTo: old,
      eventsRemoved: removed,
      flightRecordsRemoved: recordsRemoved,
      placementRecordsRemoved: placementsRemoved,
      announcementsRemoved,
      quotaTurnsRemoved: turnsRemoved,
    });
  }
}
