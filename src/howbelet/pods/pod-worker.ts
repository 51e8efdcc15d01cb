import type { Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import { InvariantError } from "../../base/invariant.js";
import type { Log } from "../../base/log.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { ConfigStore } from "../config/config-store.js";
import type { ContainerView } from "../container-view.js";
import { podStatus } from "../status/pod-status.js";
import type { CheckpointStore } from "./checkpoint-store.js";
import type { Environments } from "./environments.js";
import { membersOf, type ObservedPod, observePod } from "./observed-pod.js";
import { planPod } from "./plan.js";
import type { PodAction, PodIntent } from "./pod-action.js";
import type { PodExecutor, RuntimeAction } from "./pod-executor.js";
import { type PodRecords, recordOf } from "./pod-records.js";
import type { PodReporter } from "./pod-reporter.js";
import { PodState } from "./pod-state.js";

/** A step that failed for no reason of the pod's own (the engine hangs) is not tried again before this. */
const pauseAfterFaultMs = 1_000;

export interface PodWorkerDeps {
  readonly view: ContainerView;
  readonly executor: PodExecutor;
  readonly checkpoints: CheckpointStore;
  readonly configs: Pick<ConfigStore, "hold" | "release">;
  readonly environments: Environments;
  readonly reporter: PodReporter;
  readonly clock: Clock;
  readonly log: Log;
  readonly hostIp: string;
  readonly runtimeName: () => string;
}

/**
 * Keeps one pod as it is meant to be. Serial: it observes, reports, plans, carries the plan's steps out side by side,
 * and only then looks again; image pulls alone go on meanwhile. It acts on nothing but what the view shows, and does
 * nothing while the runtime is away.
 */
export class PodWorker {
  private readonly state: PodState;
  private readonly pulls = new AbortController();
  private isGone: boolean;
  private isFinished = false;
  private isDirty = true;
  private wake: () => void = () => undefined;
  private published: PodStatus | undefined;
  private saved = { pod: "", recordsVersion: -1 };
  private pausedUntilMs = 0;

  constructor(
    private pod: Whole<Pod>,
    start: { readonly records: PodRecords; readonly isGone: boolean },
    private readonly deps: PodWorkerDeps,
  ) {
    this.isGone = start.isGone;
    this.state = new PodState(start.records);
    this.adoptStatus(pod.status);
    this.noteDeletion(undefined);
  }

  /** As last derived here, else as the api-server has it. */
  get status(): PodStatus {
    return this.published ?? this.pod.status;
  }

  /** The pod as the api-server has it now. */
  update(pod: Whole<Pod>): void {
    const before = this.pod;
    this.pod = pod;
    this.isGone = false;
    this.noteDeletion(before);
    const { published } = this;
    // Whoever took this node for lost may have said so after it was heard of again.
    if (published !== undefined && !this.isFinished && isOverruled(published, pod.status)) this.deps.reporter.status(pod, published, false);
    this.poke();
  }

  /** The api-server does not have the pod any more: what is left of it is removed. */
  discard(last?: Whole<Pod>): void {
    if (last !== undefined) {
      const before = this.pod;
      this.pod = last;
      this.noteDeletion(before);
    }
    this.isGone = true;
    this.poke();
  }

  /** Something may have changed: looks again. */
  poke(): void {
    this.isDirty = true;
    this.wake();
  }

  /** Works until the pod is discarded and nothing is left of it, or `signal` fires, which leaves its containers alone. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.deps;
    const stop = (): void => this.poke();
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) {
        this.isDirty = false;
        const outcome = await this.step(signal).catch((error: unknown) => {
          if (error instanceof InvariantError) throw error;
          if (!isAbort(error)) log.warn("pod step failed", { pod: this.pod.metadata.name, uid: this.pod.metadata.uid, error });
          this.pausedUntilMs = clock.monotonicMs() + pauseAfterFaultMs;
          return { isOver: false, wakeAfterMs: pauseAfterFaultMs };
        });
        if (outcome.isOver) return;
        if (!this.isDirty) await this.idle(outcome.wakeAfterMs, signal);
      }
    } finally {
      this.pulls.abort();
      this.deps.configs.release(this.pod.metadata.uid);
      signal.removeEventListener("abort", stop);
    }
  }

  private async step(signal: AbortSignal): Promise<{ readonly isOver: boolean; readonly wakeAfterMs: number | undefined }> {
    const { view, clock } = this.deps;
    const nowMs = clock.monotonicMs();
    if (!view.isReady) return { isOver: false, wakeAfterMs: undefined };
    if (nowMs < this.pausedUntilMs) return { isOver: false, wakeAfterMs: this.pausedUntilMs - nowMs };

    const observed = this.observe();
    const intent = this.intent();
    this.publish(observed, intent);
    const intentNow = this.intent();
    this.holdConfiguration(intentNow);
    const actions = this.isFinished && !this.isGone ? [] : planPod({ ...this.planInput(observed, nowMs), intent: intentNow });
    const saving = this.save();
    const [isOver] = await Promise.all([this.carryOut(actions, signal), saving]);
    const wakes = actions.flatMap((action) => (action.type === "wake" ? [action.afterMs] : []));
    return { isOver, wakeAfterMs: wakes.length === 0 ? undefined : Math.min(...wakes) };
  }

  private planInput(observed: ObservedPod, nowMs: number) {
    const environmentProblems = this.deps.environments.problemsOf(this.pod);
    return { pod: this.pod, observed, records: this.state.records, memory: this.state, environmentProblems, nowMs };
  }

  /** What the pod names is followed while containers may have to be started with it. */
  private holdConfiguration(intent: PodIntent): void {
    const { configs } = this.deps;
    if (intent === "run") configs.hold(this.pod);
    else configs.release(this.pod.metadata.uid);
  }

  private observe(): ObservedPod {
    const { view, clock } = this.deps;
    const snapshots = view.ofPod(this.pod.metadata.uid);
    for (const { id, phase, finishedAtMs } of snapshots) {
      if (phase !== "exited" || this.state.endedAtMs.has(id)) continue;
      // The runtime's wall clock may differ from ours: its word counts only as far as it makes a wait shorter.
      const agoMs = Math.max(0, clock.now() - (finishedAtMs ?? clock.now()));
      this.state.endedAtMs.set(id, clock.monotonicMs() - agoMs);
    }
    this.state.keepOnly(new Set(snapshots.map(({ id }) => id)));
    return observePod(snapshots);
  }

  private intent(): PodIntent {
    if (this.isGone) return "discard";
    if (this.pod.metadata.deletionTimestamp !== undefined) return "delete";
    const phase = this.published?.phase ?? this.pod.status.phase;
    return phase === "Succeeded" || phase === "Failed" ? "settle" : "run";
  }

  private publish(observed: ObservedPod, intent: PodIntent): void {
    if (intent === "discard" || this.isFinished) return;
    // Once its containers are removed, how they ended is what was last said.
    const isEmpty = membersOf(observed).length === 0;
    if (isEmpty && intent !== "run") return;
    const { hostIp, runtimeName, clock, reporter } = this.deps;
    const status = podStatus({
      pod: this.pod,
      observed,
      records: this.state.records,
      memory: this.state,
      isEnding: intent === "delete",
      previous: this.published ?? this.pod.status,
      hostIp,
      runtimeName: runtimeName(),
      nowMs: clock.now(),
    });
    if (this.published !== undefined && isSameStatus(status, this.published)) return;
    this.published = status;
    reporter.status(this.pod, status, false);
  }

  /** Returns whether the worker's job is done. */
  private async carryOut(actions: readonly PodAction[], signal: AbortSignal): Promise<boolean> {
    const target = { pod: this.pod, state: this.state };
    const steps: RuntimeAction[] = [];
    let isOver = false;
    for (const action of actions) {
      if (action.type === "wake") continue;
      if (action.type === "ensureImage") this.beginPull(action.container, signal);
      else if (action.type === "finish") isOver = await this.finish();
      else steps.push(action);
    }
    if (steps.length > 0) this.isDirty = true;
    const results = await Promise.allSettled(steps.map((step) => this.deps.executor.execute(step, target, signal)));
    const failure = results.find((result) => result.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    return isOver;
  }

  private beginPull(container: string, signal: AbortSignal): void {
    const either = AbortSignal.any([signal, this.pulls.signal]);
    this.deps.executor
      .ensureImage(container, { pod: this.pod, state: this.state }, either)
      .catch((error: unknown) => {
        if (isAbort(error)) return;
        this.deps.log.warn("image could not be looked for", { pod: this.pod.metadata.name, container, error });
        this.pausedUntilMs = this.deps.clock.monotonicMs() + pauseAfterFaultMs;
      })
      .finally(() => this.poke());
  }

  private async finish(): Promise<boolean> {
    const { reporter, checkpoints } = this.deps;
    const { uid } = this.pod.metadata;
    if (this.isGone) {
      reporter.forget(uid);
      await checkpoints.remove(uid);
      return true;
    }
    this.isFinished = true;
    reporter.status(this.pod, this.published ?? this.pod.status, true);
    return false;
  }

  /** Writes what must outlive the process, if it has changed. */
  private async save(): Promise<void> {
    if (this.isGone || this.isFinished) return;
    const { generation = 0, deletionTimestamp } = this.pod.metadata;
    const pod = `${generation} ${deletionTimestamp?.seconds ?? ""}`;
    const { recordsVersion, records } = this.state;
    if (this.saved.pod === pod && this.saved.recordsVersion === recordsVersion) return;
    this.saved = { pod, recordsVersion };
    await this.deps.checkpoints.save({ pod: this.pod, records });
  }

  private idle(wakeAfterMs: number | undefined, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = wakeAfterMs === undefined ? () => undefined : this.deps.clock.after(wakeAfterMs, () => this.wake());
      this.wake = () => {
        cancel();
        this.wake = () => undefined;
        resolve();
      };
      if (this.isDirty || signal.aborted) this.wake();
    });
  }

  /** Takes over from the api-server what neither labels nor checkpoint may know any more. */
  private adoptStatus(status: PodStatus): void {
    for (const { name = "", restartCount = 0, containerID = "" } of status.containerStatuses) {
      const record = recordOf(this.state.records, name);
      if (restartCount > record.restartCount || (containerID !== "" && !record.started))
        this.state.setRecord(name, {
          restartCount: Math.max(restartCount, record.restartCount),
          started: containerID !== "" || record.started,
        });
    }
  }

  /** Counts a deletion's grace from when it was learnt of; a later, shorter grace brings the end nearer, never farther. */
  private noteDeletion(before: Whole<Pod> | undefined): void {
    const { deletionTimestamp, deletionGracePeriodSeconds: graceSeconds } = this.pod.metadata;
    if (deletionTimestamp === undefined || graceSeconds === undefined) return;
    this.pulls.abort();
    if (before?.metadata.deletionGracePeriodSeconds === graceSeconds) return;
    const byThenMs = this.deps.clock.monotonicMs() + graceSeconds * 1000;
    this.state.stopByMs = Math.min(this.state.stopByMs ?? byThenMs, byThenMs);
  }
}

/** Whether the api-server has a ready pod's containers ready, but not the pod: that is not the node's doing, and not old news. */
function isOverruled(published: PodStatus, present: PodStatus): boolean {
  const isTrue = ({ conditions }: PodStatus, wanted: string): boolean =>
    conditions.some(({ type, status }) => type === wanted && status === "True");
  return isTrue(published, "Ready") && isTrue(present, "ContainersReady") && !isTrue(present, "Ready");
}

function isSameStatus(a: PodStatus, b: PodStatus): boolean {
  return Buffer.compare(PodStatus.encode(a).finish(), PodStatus.encode(b).finish()) === 0;
}
