import type { CrashLoop, ImageState, PodMemory, Setback, StopSignal } from "./pod-memory.js";
import { type ContainerRecord, type PodRecords, recordOf } from "./pod-records.js";

/** A pod's memory and records, as its worker and the executor of its steps change them. */
export class PodState implements PodMemory {
  readonly images = new Map<string, ImageState>();
  readonly signals = new Map<string, StopSignal>();
  readonly setbacks = new Map<string, Setback>();
  readonly configErrors = new Map<string, string>();
  readonly crashLoops = new Map<string, CrashLoop>();
  readonly endedAtMs = new Map<string, number>();
  stopByMs: number | undefined;
  /** Grows with each change of the records. */
  recordsVersion = 0;
  private current: PodRecords;

  constructor(records: PodRecords) {
    this.current = records;
  }

  get records(): PodRecords {
    return this.current;
  }

  setRecord(container: string, change: Partial<ContainerRecord>): void {
    this.current = { ...this.current, [container]: { ...recordOf(this.current, container), ...change } };
    this.recordsVersion += 1;
  }

  /** Forgets what is known of containers that are not there any more. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const map of [this.signals, this.endedAtMs]) for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
  }
}
