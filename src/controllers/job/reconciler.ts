import { isNotFound } from "../../api/errors.js";
import { isJobFinished } from "../../api/kinds/job/conditions.js";
import { keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { Clock } from "../../base/clock.js";
import type { Informer, Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { Job, JobStatus } from "../../gen/howbernetes/batch/v1/job.js";
import type { Namespace } from "../../gen/howbernetes/core/v1/namespace.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Claimer } from "../ownership/claimer.js";
import { isControlledBy } from "../ownership/owner-reference.js";
import { isFinished } from "../pod-state.js";
import type { PodControl } from "../pods/pod-control.js";
import { throwFailures } from "../pods/throw-failures.js";
import { byController, byOrphanNamespace } from "../shared-informers.js";
import { writeCurrentStatus } from "../write-status.js";
import { account, settle } from "./accounting.js";
import { type FailureMemory, type Failures, failuresAfter, noFailures } from "./failure-backoff.js";
import type { JobEvents } from "./job-events.js";
import { isManagedHere } from "./managed-by.js";
import { newPod } from "./new-pod.js";
import { type PodPlan, planPods } from "./plan.js";
import { hasFailed } from "./pod-facts.js";
import type { PodRelease } from "./pod-release.js";
import { finalStatus, presentStatus } from "./status.js";
import { deadlineInMs, judgeJob, type Verdict } from "./verdict.js";
import { type JobView, viewJob } from "./view.js";

export interface JobDeps {
  readonly jobs: Informer<Job>;
  readonly pods: Informer<Pod>;
  readonly namespaces: Lister<Namespace>;
  readonly jobClient: ResourceClient<Job>;
  readonly podClient: ResourceClient<Pod>;
  readonly claimer: Claimer<Job, Pod>;
  readonly podControl: PodControl<Job>;
  readonly podRelease: PodRelease;
  readonly failureMemory: FailureMemory;
  /** Of pods. */
  readonly podWrites: OwnWrites;
  /** Of the Jobs' statuses. */
  readonly statusWrites: OwnWrites;
  readonly events: JobEvents;
  /** Has a Job looked at after a while, whatever else happens. */
  readonly lookAfter: (key: ObjectKey, delayMs: number) => void;
  readonly clock: Clock;
}

/** What came of acting on a Job's pods. */
interface Course {
  /** The picture after it. */
  readonly view: JobView;
  readonly errors: readonly unknown[];
  readonly waitMs?: number | undefined;
}

/** How a Job ends, if it does. */
interface End {
  readonly verdict: Verdict | undefined;
  /** Its pods have been told to end. As long as one of them may run on, the Job is not over. */
  readonly isWound: boolean;
}

/**
 * Runs each Job's pods until enough of them have succeeded: `verdict.ts` decides whether it is over, `plan.ts` what its
 * pods need, `accounting.ts` how those that ended are counted.
 */
export class JobReconciler implements Reconciler {
  constructor(private readonly deps: JobDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { jobs, pods, podWrites, statusWrites } = this.deps;
    // The caches trail our own writes: acting before they have caught up makes a pod twice, or counts one twice.
    await Promise.all([pods.reached(podWrites.lastRevision(key), signal), jobs.reached(statusWrites.lastRevision(key), signal)]);
    const job = jobs.get(key);
    if (job === undefined) {
      podWrites.forget(key);
      statusWrites.forget(key);
      return {};
    }
    if (!isManagedHere(job) || isJobFinished(job.status)) {
      this.forget(job.metadata.uid);
      return {};
    }

    const owned = await this.ownedPods(job, signal);
    const view = this.view(job, owned);
    const verdict = judgeJob(view);
    const deadlineMs = verdict === undefined ? deadlineInMs(view) : undefined;
    // Also when what follows fails: a Job whose pods are refused again and again has a deadline like any other.
    if (deadlineMs !== undefined) this.deps.lookAfter(key, deadlineMs);
    const failures = this.failuresOf(view, owned);
    const course = verdict === undefined ? await this.goOn(view, owned, failures, signal) : await this.wind(view, owned, signal);
    const end: End = { verdict, isWound: verdict !== undefined && course.errors.length === 0 };
    await this.count(course.view, end, failures, signal);

    throwFailures(course.errors, key);
    return course.waitMs === undefined ? {} : { requeueAfterMs: course.waitMs };
  }

  /** Forgets what was remembered for a Job that is gone, or over. */
  forget(jobUid: string): void {
    this.deps.podControl.forget(jobUid);
    this.deps.podRelease.forget(jobUid);
    this.deps.failureMemory.forget(jobUid);
  }

  private async ownedPods(job: Whole<Job>, signal: AbortSignal): Promise<readonly Whole<Pod>[]> {
    const { pods, claimer, podClient } = this.deps;
    const { uid, namespace } = job.metadata;
    const candidates = [...pods.byIndex(byController, uid), ...pods.byIndex(byOrphanNamespace, namespace)];
    const owned = await claimer.claim(job, compileLabelSelector(job.spec.selector), candidates, signal);
    const { succeeded = [], failed = [] } = job.status.uncountedTerminatedPods ?? {};
    const shown = new Set(owned.map((pod) => pod.metadata.uid));
    if ([...succeeded, ...failed].every((podUid) => shown.has(podUid))) return owned;
    // A pod named in the status is gone, or newer than the cache: taken for gone, it would be counted a second time later.
    const { items } = await podClient.list({ namespace, signal });
    return [...owned, ...items.filter((pod) => isControlledBy(pod, job) && !shown.has(pod.metadata.uid))];
  }

  private view(job: Whole<Job>, owned: readonly Whole<Pod>[]): JobView {
    const { podControl, podRelease, clock } = this.deps;
    const staying = new Set(podControl.countable(job, owned));
    const doomed = new Set(owned.filter((pod) => !staying.has(pod)).map(({ metadata }) => metadata.uid));
    return viewJob(job, owned, { doomed, released: podRelease.releasedOf(job, owned) }, clock.now());
  }

  /** A Job seen for the first time has its failures from the pods that are there. */
  private failuresOf(view: JobView, owned: readonly Whole<Pod>[]): Failures {
    const { job, newSucceeded, newFailed } = view;
    const known = this.deps.failureMemory.recall(job.metadata.uid);
    if (known !== undefined) return failuresAfter(known, newSucceeded, newFailed);
    const ended = owned.filter((pod) => isFinished(pod) || hasFailed(job, pod));
    const hasSucceeded = (pod: Whole<Pod>): boolean => pod.status.phase === "Succeeded";
    return failuresAfter(
      noFailures,
      ended.filter(hasSucceeded),
      ended.filter((pod) => !hasSucceeded(pod)),
    );
  }

  private async goOn(view: JobView, owned: readonly Whole<Pod>[], failures: Failures, signal: AbortSignal): Promise<Course> {
    const { podControl, podRelease } = this.deps;
    const { job } = view;
    const plan = this.plan(view, failures);
    // Pods that the Job gives up are not to be counted, so nothing is to hold them.
    const unreleased = await podRelease.release(job, plan.remove, signal);
    const undeleted = unreleased.length > 0 ? [] : await podControl.delete(job, plan.remove, signal);
    const drafts = plan.create.map((birth) => newPod(job, birth));
    const { created, failures: uncreated } = await podControl.create(job, drafts, signal);
    return { view: this.view(job, [...owned, ...created]), errors: [...unreleased, ...undeleted, ...uncreated], waitMs: plan.waitMs };
  }

  private plan(view: JobView, failures: Failures): PodPlan {
    const plan = planPods(view, failures);
    const namespace = this.deps.namespaces.get({ namespace: "", name: view.job.metadata.namespace });
    // What is being emptied takes in nothing new: the server would refuse each pod, and the user would wonder why.
    return namespace?.metadata.deletionTimestamp === undefined ? plan : { ...plan, create: [] };
  }

  /** Ends what still runs of a Job that is over. */
  private async wind(view: JobView, owned: readonly Whole<Pod>[], signal: AbortSignal): Promise<Course> {
    const errors = await this.deps.podControl.delete(view.job, view.active, signal);
    return { view: this.view(view.job, owned), errors };
  }

  /** Counts the pods that have ended, in three steps, and then declares the Job's end if it has come. */
  private async count(view: JobView, { verdict, isWound }: End, failures: Failures, signal: AbortSignal): Promise<void> {
    const { podRelease, failureMemory, events } = this.deps;
    const { job } = view;
    // The verdict is written down first of all: what it rests on is a pod that may go afterwards.
    const accounting = account(view, isWound ? verdict : undefined, presentStatus(view, verdict));
    const noted = await this.write(job, accounting.status, signal);
    events.suspension(job, noted);
    failureMemory.remember(job.metadata.uid, failures);

    const errors = await podRelease.release(job, accounting.release, signal);
    const held = new Set(view.tracked.map(({ metadata }) => metadata.uid).filter((uid) => !podRelease.isReleased(job, uid)));
    const counted = settle(noted.status, (uid) => held.has(uid));
    const isDone = isWound && accounting.isWhole && errors.length === 0;
    const final = isDone && verdict !== undefined ? finalStatus(counted, verdict, this.deps.clock.now()) : undefined;
    const stored = await this.write(noted, final ?? counted, signal);
    if (final !== undefined && verdict !== undefined) events.end(stored, verdict);
    throwFailures(errors, keyOf(job));
  }

  /** Only on top of what was read: a status that counts on from an older one would lose pods. */
  private async write(job: Whole<Job>, status: JobStatus, signal: AbortSignal): Promise<Whole<Job>> {
    try {
      const stored = await writeCurrentStatus(this.deps.jobClient, job, status, signal);
      this.deps.statusWrites.record(keyOf(job), stored.metadata.resourceVersion);
      return stored;
    } catch (error: unknown) {
      // A Job that is gone counts nothing any more; its pods are released all the same.
      if (isNotFound(error)) return { ...job, status };
      throw error;
    }
  }
}
