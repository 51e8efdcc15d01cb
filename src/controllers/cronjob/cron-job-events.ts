import { cronJobKind } from "../../api/kinds/cronjob/kind.js";
import type { Whole } from "../../api/object.js";
import type { EventRecorder } from "../../client/contracts.js";
import type { CronJob } from "../../gen/howbernetes/batch/v1/cron_job.js";

/** Tells by Events on a CronJob what became of its times and its Jobs. */
export class CronJobEvents {
  /** What was told last, by reason; per CronJob's uid. */
  private readonly told = new Map<string, Map<string, string>>();

  constructor(private readonly recorder: EventRecorder) {}

  tell(cronJob: Whole<CronJob>, type: "Normal" | "Warning", reason: string, message: string): void {
    this.recorder.event({ kind: cronJobKind, object: cronJob }, type, reason, message);
  }

  /** Tells what stays true for a while, and would be found out anew at each look: once for each `about`. */
  tellOnce(
    cronJob: Whole<CronJob>,
    about: string | number,
    event: { readonly type: "Normal" | "Warning"; readonly reason: string; readonly message: string },
  ): void {
    const { uid } = cronJob.metadata;
    const told = this.told.get(uid) ?? new Map<string, string>();
    this.told.set(uid, told);
    if (told.get(event.reason) === String(about)) return;
    told.set(event.reason, String(about));
    this.tell(cronJob, event.type, event.reason, event.message);
  }

  /** The CronJob is gone. */
  forget(uid: string): void {
    this.told.delete(uid);
  }
}
