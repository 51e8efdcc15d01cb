import { hasJobCondition } from "../../api/kinds/job/conditions.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import type { Whole } from "../../api/object.js";
import type { EventRecorder } from "../../client/contracts.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Verdict } from "./verdict.js";

/** Tells of a Job's turns by Events on it. */
export class JobEvents {
  constructor(private readonly recorder: EventRecorder) {}

  /** A status was written: tells of a suspension that began or ended with it. */
  suspension(before: Whole<Job>, after: Whole<Job>): void {
    const was = hasJobCondition(before.status, "Suspended");
    const is = hasJobCondition(after.status, "Suspended");
    if (is && !was) this.tell(after, "Normal", "Suspended", "Job suspended");
    if (was && !is) this.tell(after, "Normal", "Resumed", "Job resumed");
  }

  /** The Job has come to its end. */
  end(job: Whole<Job>, { type, reason, message }: Verdict): void {
    if (type === "FailureTarget") {
      this.tell(job, "Warning", reason, message);
      return;
    }
    if ((job.status.succeeded ?? 0) > (job.spec.completions ?? Number.POSITIVE_INFINITY)) {
      this.tell(job, "Warning", "TooManySucceededPods", "Too many succeeded pods running after completion count reached");
    }
    this.tell(job, "Normal", "Completed", "Job completed");
  }

  private tell(job: Whole<Job>, type: "Normal" | "Warning", reason: string, message: string): void {
    this.recorder.event({ kind: jobKind, object: job }, type, reason, message);
  }
}
