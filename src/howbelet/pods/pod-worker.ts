import type { Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import { InvariantError } from "../../base/invariant.js";
import type { Log } from "../../base/log.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { ContainerView } from "../container-view.js";
import type { Environments } from "../containers/environments.js";
import { activeMsLeft, deadlineExceeded } from "../planning/active-deadline.js";
import { membersOf, type ObservedPod } from "../planning/observed-pod.js";
import { planPod } from "../planning/plan.js";
import type { PlanInput, PodAction, PodIntent, SlowAction } from "../planning/pod-action.js";
import { graceSecondsOf, hasEnded, intentOf } from "../planning/pod-intent.js";
import type { ProbeVerdict } from "../probes/probe-verdict.js";
import { CheckpointKeeper } from "./checkpoint-keeper.js";
import type { CheckpointStore } from "./checkpoint-store.js";
import { FaultPause } from "./fault-pause.js";
import type { PodExecutor, QuickAction } from "./pod-executor.js";
import { PodHealth, type PodHealthDeps } from "./pod-health.js";
import { PodHoldings, type PodHoldingsDeps } from "./pod-holdings.js";
import type { PodFailure, PodLife } from "./pod-life.js";
import { PodObserver, type PodObserverDeps } from "./pod-observer.js";
import type { PodRecords } from "./pod-records.js";
import { PodState } from "./pod-state.js";
import { PodTarget } from "./pod-target.js";
import { SlowSteps } from "./slow-steps.js";
import { StatusTeller, type StatusTellerDeps } from "./status-teller.js";
import { WakeUp } from "./wake-up.js";

export interface PodWorkerDeps extends PodHealthDeps, PodHoldingsDeps, PodObserverDeps, StatusTellerDeps {
  readonly view: ContainerView;
  readonly executor: PodExecutor;
  readonly messages: PodHoldingsDeps["messages"] & PodObserverDeps["messages"];
  readonly checkpoints: CheckpointStore;
  readonly environments: Environments;
  /** Asked once of each pod, before anything is made for it: why the node does not take it, or undefined when it does. */
  readonly admit: (pod: Whole<Pod>) => PodFailure | undefined;
  readonly log: Log;
}

/** What a worker begins with. */
export interface PodStart {
  readonly records: PodRecords;
  readonly life?: PodLife | undefined;
  readonly isGone: boolean;
}

/**
 * Keeps one pod as it is meant to be. Serial: it observes, reports, plans, carries the plan's steps out side by side,
 * and only then looks again; image pulls and hooks alone go on meanwhile. It acts on nothing but what the view shows,
 * and does nothing while the runtime is away.
 */
export class PodWorker {
  private readonly state: PodState;
  private readonly observer: PodObserver;
  private readonly health: PodHealth;
  private readonly holdings: PodHoldings;
  private readonly slowSteps: SlowSteps;
  private readonly wakeUp: WakeUp;
  private readonly checkpoint: CheckpointKeeper;
  private readonly teller: StatusTeller;
  private isGone: boolean;
  private isFinished = false;
  private readonly pause: FaultPause;

  constructor(
    private pod: Whole<Pod>,
    start: PodStart,
    private readonly deps: PodWorkerDeps,
  ) {
    this.isGone = start.isGone;
    this.state = new PodState(start.records, start.life);
    this.observer = new PodObserver(deps);
    this.health = new PodHealth(deps);
    this.holdings = new PodHoldings(deps);
    this.wakeUp = new WakeUp(deps.clock);
    this.pause = new FaultPause(deps.clock);
    this.checkpoint = new CheckpointKeeper(deps.checkpoints);
    this.teller = new StatusTeller(deps);
    const { executor, log } = deps;
    this.slowSteps = new SlowSteps({ executor, log, done: () => this.poke(), faulted: () => this.pause.begin() });
    this.state.adopt(pod.status);
    this.noteDeletion(undefined);
  }

  /** As last derived here, else as the api-server has it. */
  get status(): PodStatus {
    return this.teller.statusOf(this.pod);
  }

  /** The pod, if it has a place on the node: one that is not taken yet, was refused or has ended has none. */
  get placed(): Whole<Pod> | undefined {
    const isPlaced = this.state.life.isAdmitted && !hasEnded(this.status.phase) && !this.isGone && !this.isFinished;
    return isPlaced ? this.pod : undefined;
  }

  /** The pod as the api-server has it now. */
  update(pod: Whole<Pod>): void {
    const before = this.pod;
    this.pod = pod;
    this.isGone = false;
    this.noteDeletion(before);
    this.state.forgetImages(before, pod);
    if (!this.isFinished) this.teller.insist(pod);
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

  /** Ends the pod as a whole, for good; the first reason counts. */
  fail(failure: PodFailure): void {
    if (this.state.life.failure !== undefined || hasEnded(this.status.phase)) return;
    this.state.setLife({ failure });
    this.slowSteps.stopPulls();
    if (failure.graceSeconds !== undefined) this.endWithin(failure.graceSeconds);
    this.poke();
  }

  /** Something may have changed: looks again. */
  poke(): void {
    this.wakeUp.poke();
  }

  /** Works until the pod is discarded and nothing is left of it, or `signal` fires, which leaves its containers alone. */
  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.deps;
    const stop = (): void => this.poke();
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) {
        this.wakeUp.looking();
        const outcome = await this.step(signal).catch((error: unknown) => {
          if (error instanceof InvariantError) throw error;
          if (!isAbort(error)) log.warn("pod step failed", { pod: this.pod.metadata.name, uid: this.pod.metadata.uid, error });
          this.pause.begin();
          return { isOver: false, wakeAtMs: this.pause.endsAtMs };
        });
        if (outcome.isOver) return;
        await this.wakeUp.sleep(outcome.wakeAtMs);
      }
    } finally {
      this.slowSteps.stop();
      this.holdings.release(this.pod.metadata.uid);
      this.health.release(this.pod.metadata.uid);
      signal.removeEventListener("abort", stop);
    }
  }

  private async step(signal: AbortSignal): Promise<{ readonly isOver: boolean; readonly wakeAtMs: number | undefined }> {
    if (!this.deps.view.isReady) return { isOver: false, wakeAtMs: undefined };
    const { endsAtMs } = this.pause;
    if (endsAtMs !== undefined) return { isOver: false, wakeAtMs: endsAtMs };

    const observed = await this.observer.observe(this.pod, this.state, signal);
    const verdicts = this.health.follow(this.pod, observed, this.state);
    this.judge(observed);
    this.publish(observed, verdicts);
    const intent = this.intent();
    await this.holdWhatItNeeds(observed, intent);
    const input = this.planInput(observed, verdicts, intent);
    const actions = this.isFinished && !this.isGone ? [] : planPod(input);
    const saving = this.save();
    const [isOver] = await Promise.all([this.carryOut(actions, signal), saving]);
    this.pause.forget();
    const wakes = [...actions.flatMap((action) => (action.type === "wake" ? [action.afterMs] : [])), ...this.deadlines(intent)];
    return { isOver, wakeAtMs: wakes.length === 0 ? undefined : input.nowMs + Math.min(...wakes) };
  }

  /** Whether the node takes the pod, and whether it may go on. */
  private judge(observed: ObservedPod): void {
    const { deps, pod, state } = this;
    if (this.intent() !== "run") return;
    if (!state.life.isAdmitted) {
      const isHere = observed.sandboxes.length > 0 || membersOf(observed).length > 0 || state.hasStarted;
      const refusal = isHere ? undefined : deps.admit(pod);
      if (refusal !== undefined) {
        const { reason, message } = refusal;
        this.fail({ ...refusal, message: `Pod was rejected: ${message}` });
        this.target().tell("Warning", reason, message);
        return;
      }
      state.setLife({ isAdmitted: true });
    }
    if ((activeMsLeft(pod, this.status, deps.clock.now()) ?? 1) > 0) return;
    this.fail(deadlineExceeded);
    this.target().tell("Normal", deadlineExceeded.reason, deadlineExceeded.message);
  }

  private deadlines(intent: PodIntent): readonly number[] {
    const leftMs = intent === "run" ? activeMsLeft(this.pod, this.status, this.deps.clock.now()) : undefined;
    return leftMs === undefined ? [] : [Math.max(0, leftMs)];
  }

  private planInput(observed: ObservedPod, verdicts: ReadonlyMap<string, ProbeVerdict>, intent: PodIntent): PlanInput {
    const { deps, pod, state } = this;
    const { records, life } = state;
    const environmentProblems = deps.environments.problemsOf(pod);
    const volumeProblems = deps.volumes.problemsOf(pod);
    const nowMs = deps.clock.monotonicMs();
    const graceSeconds = graceSecondsOf(pod, life);
    return { pod, intent, observed, records, life, memory: state, environmentProblems, volumeProblems, verdicts, graceSeconds, nowMs };
  }

  /** What the pod names is followed while containers may have to be started with it. */
  private async holdWhatItNeeds(observed: ObservedPod, intent: PodIntent): Promise<void> {
    const { uid } = this.pod.metadata;
    if (intent === "run") return this.holdings.hold(this.pod);
    this.holdings.release(uid);
    if (intent === "settle" && membersOf(observed).every(({ phase }) => phase !== "running")) await this.holdings.settle(uid);
  }

  private intent(): PodIntent {
    return intentOf(this.pod, { life: this.state.life, phase: this.status.phase, isGone: this.isGone });
  }

  private publish(observed: ObservedPod, verdicts: ReadonlyMap<string, ProbeVerdict>): void {
    const intent = this.intent();
    if (intent === "discard" || this.isFinished) return;
    const { pod, state } = this;
    const { records, life } = state;
    // Once its containers are removed, how they ended is what was last said.
    const isNewlyFailed = life.failure !== undefined && this.status.phase !== "Failed";
    if (membersOf(observed).length === 0 && intent !== "run" && !isNewlyFailed) return;
    this.teller.tell({ pod, observed, records, life, memory: state, verdicts, isEnding: intent === "delete" });
  }

  /** Returns whether the worker's job is done. */
  private async carryOut(actions: readonly PodAction[], signal: AbortSignal): Promise<boolean> {
    const target = this.target();
    const steps: QuickAction[] = [];
    let isOver = false;
    for (const action of actions) {
      if (action.type === "wake") continue;
      if (action.type === "finish") isOver = await this.finish();
      else if (isSlow(action)) this.slowSteps.begin(action, target);
      else steps.push(action);
    }
    if (steps.length > 0) this.poke();
    const results = await Promise.allSettled(steps.map((step) => this.deps.executor.execute(step, target, signal)));
    const failure = results.find((result) => result.status === "rejected");
    if (failure !== undefined) throw failure.reason;
    return isOver;
  }

  private target(): PodTarget {
    return new PodTarget(this.pod, this.state, this.deps.reporter, () => this.poke());
  }

  private async finish(): Promise<boolean> {
    const { reporter, checkpoints } = this.deps;
    const { uid } = this.pod.metadata;
    await this.holdings.remove(uid);
    if (this.isGone) {
      reporter.forget(uid);
      await checkpoints.remove(uid);
      return true;
    }
    this.isFinished = true;
    this.teller.tellEnd(this.pod);
    return false;
  }

  /** Writes what must outlive the process, if it has changed. */
  private async save(): Promise<void> {
    if (this.isGone || this.isFinished) return;
    const { version, records, life } = this.state;
    await this.checkpoint.save({ pod: this.pod, records, life }, version);
  }

  /** Counts a deletion's grace from when it was learnt of; a later, shorter grace brings the end nearer, never farther. */
  private noteDeletion(before: Whole<Pod> | undefined): void {
    const { deletionTimestamp, deletionGracePeriodSeconds: graceSeconds } = this.pod.metadata;
    if (deletionTimestamp === undefined || graceSeconds === undefined) return;
    this.slowSteps.stopPulls();
    if (before?.metadata.deletionGracePeriodSeconds !== graceSeconds) this.endWithin(graceSeconds);
  }

  private endWithin(graceSeconds: number): void {
    const byThenMs = this.deps.clock.monotonicMs() + graceSeconds * 1000;
    this.state.stopByMs = Math.min(this.state.stopByMs ?? byThenMs, byThenMs);
  }
}

function isSlow(action: PodAction): action is SlowAction {
  return action.type === "ensureImage" || action.type === "postStart" || action.type === "beginEnd";
}
