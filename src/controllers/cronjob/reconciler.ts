import { isAlreadyExists, isNotFound } from "../../api/errors.js";
import { hasJobCondition, isJobFinished } from "../../api/kinds/job/conditions.js";
import { keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import { unreachable } from "../../base/invariant.js";
import type { Informer, Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { CronJob } from "../../gen/howbernetes/batch/v1/cron_job.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Namespace } from "../../gen/howbernetes/core/v1/namespace.js";
import { isLastingRefusal } from "../refusal.js";
import { byController } from "../shared-informers.js";
import { writeCurrentStatus } from "../write-status.js";
import type { CronJobEvents } from "./cron-job-events.js";
import type { JobControl } from "./job-control.js";
import { type CronPlan, isMadeBy, planHistory, planStart, type Turn } from "./plan.js";
import { cronJobStatus } from "./status.js";
import { createTimetable, type Timetable } from "./timetable.js";

/**
 * A wall clock may be set while we wait by one that can't be, or the machine may sleep: no wait is longer, so that a start
 * is never later than this for such a reason. Not a poll: at any other time the wait ends when the start is due.
 */
const longestWaitMs = 600_000;

export interface CronJobDeps {
  readonly cronJobs: Informer<CronJob>;
  readonly jobs: Informer<Job>;
  readonly namespaces: Lister<Namespace>;
  readonly cronJobClient: ResourceClient<CronJob>;
  readonly jobClient: ResourceClient<Job>;
  readonly jobControl: JobControl;
  /** Of Jobs. */
  readonly jobWrites: OwnWrites;
  /** Of the CronJobs' statuses. */
  readonly statusWrites: OwnWrites;
  readonly events: CronJobEvents;
  readonly clock: Clock;
}

/** Makes each CronJob's Jobs when they are due: `timetable.ts` knows the times, `plan.ts` decides. */
export class CronJobReconciler implements Reconciler {
  constructor(private readonly deps: CronJobDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { cronJobs, jobs, jobWrites, statusWrites, jobControl, clock } = this.deps;
    // The caches trail our own writes: acting before they have caught up starts a Job twice.
    await Promise.all([jobs.reached(jobWrites.lastRevision(key), signal), cronJobs.reached(statusWrites.lastRevision(key), signal)]);
    const cronJob = cronJobs.get(key);
    if (cronJob === undefined) {
      jobWrites.forget(key);
      statusWrites.forget(key);
      return {};
    }

    const owned = await this.ownedJobs(cronJob, signal);
    const timetable = this.timetable(cronJob);
    const nowMs = clock.now();
    const plan: CronPlan =
      timetable === undefined ? { turn: { kind: "wait" }, nextMs: undefined } : planStart(cronJob, owned, timetable, nowMs);
    const present = await this.take(cronJob, owned, plan.turn, signal);
    for (const job of planHistory(cronJob, present)) await jobControl.delete(cronJob, job, signal);
    return plan.nextMs === undefined ? {} : { requeueAfterMs: Math.min(longestWaitMs, Math.max(1, plan.nextMs - nowMs)) };
  }

  /** Its Jobs: those that the cache has, and those that run by its status and are newer than the cache. */
  private async ownedJobs(cronJob: Whole<CronJob>, signal: AbortSignal): Promise<readonly Whole<Job>[]> {
    const { jobs, jobClient, events } = this.deps;
    const owned = [...jobs.byIndex(byController, cronJob.metadata.uid)];
    const shown = new Set(owned.map(({ metadata }) => metadata.uid));
    for (const { name = "", uid } of cronJob.status.active.filter((reference) => !shown.has(reference.uid ?? ""))) {
      try {
        const job = await jobClient.get({ namespace: cronJob.metadata.namespace, name }, { signal });
        if (job.metadata.uid === uid) owned.push(job);
      } catch (error: unknown) {
        if (!isNotFound(error)) throw error;
        events.tellOnce(cronJob, name, { type: "Normal", reason: "MissingJob", message: `Active job went missing: ${name}` });
      }
    }
    return owned;
  }

  /** What can't be read is its author's to mend: nothing is due before. */
  private timetable(cronJob: Whole<CronJob>): Timetable | undefined {
    const { schedule = "", timeZone } = cronJob.spec;
    try {
      return createTimetable(schedule, timeZone);
    } catch (error: unknown) {
      const message = `unparseable schedule: ${JSON.stringify(schedule)} : ${error instanceof Error ? error.message : String(error)}`;
      this.deps.events.tellOnce(cronJob, schedule, { type: "Warning", reason: "UnparseableSchedule", message });
      return undefined;
    }
  }

  /** Takes the CronJob's turn, and says in its status what came of it. @returns its Jobs after that */
  private async take(
    cronJob: Whole<CronJob>,
    owned: readonly Whole<Job>[],
    turn: Turn,
    signal: AbortSignal,
  ): Promise<readonly Whole<Job>[]> {
    switch (turn.kind) {
      case "wait":
        break;
      case "late":
        this.tellLate(cronJob, turn.atMs);
        break;
      case "held":
        this.tellHeld(cronJob, turn.atMs);
        break;
      case "start":
        return await this.start(cronJob, owned, turn, signal);
      default:
        return unreachable(turn);
    }
    await this.writeStatus(cronJob, owned, signal);
    return owned;
  }

  private async start(
    cronJob: Whole<CronJob>,
    owned: readonly Whole<Job>[],
    { atMs, replace, missedMany }: Extract<Turn, { kind: "start" }>,
    signal: AbortSignal,
  ): Promise<readonly Whole<Job>[]> {
    const { jobControl, events, namespaces } = this.deps;
    const namespace = namespaces.get({ namespace: "", name: cronJob.metadata.namespace });
    if (namespace?.metadata.deletionTimestamp !== undefined) return owned;
    if (missedMany) {
      const message = "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew";
      events.tellOnce(cronJob, atMs, { type: "Warning", reason: "TooManyMissedTimes", message });
    }
    for (const job of replace) await jobControl.delete(cronJob, job, signal);
    const left = owned.filter((job) => !replace.includes(job));
    try {
      const job = await jobControl.start(cronJob, atMs, signal);
      const present = [...left.filter(({ metadata }) => metadata.uid !== job.metadata.uid), job];
      await this.writeStatus(cronJob, present, signal);
      return present;
    } catch (error: unknown) {
      // The same would be refused again, until the CronJob changes or the name is free: its next time is another chance.
      if (!isLastingRefusal(error) && !isAlreadyExists(error)) throw error;
      await this.writeStatus(cronJob, left, signal);
      return left;
    }
  }

  private async writeStatus(cronJob: Whole<CronJob>, jobs: readonly Whole<Job>[], signal: AbortSignal): Promise<void> {
    const { cronJobClient, statusWrites } = this.deps;
    try {
      const stored = await writeCurrentStatus(cronJobClient, cronJob, cronJobStatus(cronJob, jobs), signal);
      statusWrites.record(keyOf(cronJob), stored.metadata.resourceVersion);
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
    }
    this.tellOfJobs(cronJob, jobs);
  }

  private tellOfJobs(cronJob: Whole<CronJob>, jobs: readonly Whole<Job>[]): void {
    const { events } = this.deps;
    for (const job of jobs) {
      const { name, uid } = job.metadata;
      if (isJobFinished(job.status) && cronJob.status.active.some((reference) => reference.uid === uid)) {
        const condition = hasJobCondition(job.status, "Complete") ? "Complete" : "Failed";
        events.tell(cronJob, "Normal", "SawCompletedJob", `Saw completed job: ${name}, condition: ${condition}`);
      } else if (!isJobFinished(job.status) && !isMadeBy(cronJob, job)) {
        const message = `Saw a job that the controller did not create or forgot: ${name}`;
        events.tellOnce(cronJob, uid, { type: "Warning", reason: "UnexpectedJob", message });
      }
    }
  }

  private tellLate(cronJob: Whole<CronJob>, atMs: number): void {
    const time = new Date(atMs).toUTCString().replace("GMT", "+0000");
    const message = `Missed scheduled time to start a job: ${time}`;
    this.deps.events.tellOnce(cronJob, atMs, { type: "Warning", reason: "MissSchedule", message });
  }

  private tellHeld(cronJob: Whole<CronJob>, atMs: number): void {
    const message = "Not starting job because prior execution is running and concurrency policy is Forbid";
    this.deps.events.tellOnce(cronJob, atMs, { type: "Normal", reason: "JobAlreadyActive", message });
  }
}
