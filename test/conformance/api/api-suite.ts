import type { Store } from "../../../src/storage/interface.js";
import { skipBecause } from "../../skip.js";
import { type ApiSubject, startApiSubject } from "./api-subject.js";
import { applies } from "./areas/apply.js";
import { chunking } from "./areas/chunking.js";
import { configData } from "./areas/config-data.js";
import { discovery } from "./areas/discovery.js";
import { dryRuns } from "./areas/dry-run.js";
import { events } from "./areas/events.js";
import { everyKind } from "./areas/every-kind.js";
import { fieldValidation } from "./areas/field-validation.js";
import { garbageCollection } from "./areas/garbage-collection.js";
import { leases } from "./areas/leases.js";
import { limitRanges } from "./areas/limit-ranges.js";
import { namespaces } from "./areas/namespaces.js";
import { objects } from "./areas/objects.js";
import { patches } from "./areas/patches.js";
import { priorityClasses } from "./areas/priority-classes.js";
import { resourceQuotas } from "./areas/resource-quotas.js";
import { scales } from "./areas/scales.js";
import { statuses } from "./areas/status.js";
import { watchers } from "./areas/watchers.js";
import { workloads } from "./areas/workloads.js";

/** A store to run on. */
export interface StoreUnderApi {
  /** Why it cannot be had here, if so. */
  absence(): string | undefined;
  open(): Promise<Store>;
  /** After the store has been closed. */
  stop(): Promise<void>;
}

const areas = [
  watchers,
  chunking,
  fieldValidation,
  garbageCollection,
  resourceQuotas,
  limitRanges,
  priorityClasses,
  everyKind,
  statuses,
  scales,
  patches,
  dryRuns,
  objects,
  namespaces,
  applies,
  events,
  leases,
  configData,
  workloads,
  discovery,
];

/** The API's conformance to Kubernetes' behaviour, area by area, on one store. */
export function apiConformance(name: string, under: StoreUnderApi): void {
  describe(`the API on ${name}`, function () {
    this.timeout(60_000);
    let store: Store | undefined;
    let subject: ApiSubject | undefined;

    before(async function () {
      const absence = under.absence();
      if (absence !== undefined) skipBecause(this, absence);
      store = await under.open();
      subject = await startApiSubject(store);
    });
    after(async () => {
      await subject?.stop();
      await store?.close();
      if (store !== undefined) await under.stop();
    });

    for (const area of areas) {
      area(() => {
        if (subject === undefined) throw new Error("the api-server has not been started");
        return subject;
      });
    }
  });
}
