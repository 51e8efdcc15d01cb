import { setImmediate as nextTurn } from "node:timers/promises";
import { nodeKind } from "../api/kinds/node/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../api/kinds/poddisruptionbudget/kind.js";
import { formatKey, keyOf, type Whole } from "../api/object.js";
import { isAbort } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import { InvariantError } from "../base/invariant.js";
import type { Log } from "../base/log.js";
import type { Metrics } from "../base/metrics.js";
import type { ApiClient, EventRecorder, Informer } from "../client/contracts.js";
import { createInformer } from "../client/informer.js";
import type { Node } from "../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { PodDisruptionBudget } from "../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import { Binder } from "./binding/binder.js";
import { PodReporter } from "./binding/pod-reporter.js";
import { Slots } from "./binding/slots.js";
import { ClusterState } from "./cluster/cluster-state.js";
import { FailureLog } from "./cluster/failure-log.js";
import { schedulerNameOf } from "./cluster/pod-info.js";
import type { Attempt } from "./cycle/attempt.js";
import { Decider } from "./cycle/decider.js";
import { unschedulableSentence } from "./cycle/sentence.js";
import type { Profile } from "./framework/plugin.js";
import type { PluginContext } from "./framework/plugin-context.js";
import { Preemptor } from "./preemption/preemptor.js";
import { watchBudgets, watchNominations } from "./preemption/watches.js";
import { type QueuedPod, SchedulingQueue } from "./queue/scheduling-queue.js";
import { createSchedulerMetrics, type SchedulerMetrics } from "./scheduler-metrics.js";
import { watchNodes, watchPods } from "./watches.js";

export interface SchedulingTermDeps {
  /** Its writes are refused once another scheduler leads. */
  readonly client: ApiClient;
  readonly events: EventRecorder;
  /** Makes the profiles that this term works with; pods of other schedulers are left alone. */
  readonly profiles: (context: PluginContext) => readonly Profile[];
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
}

// Where the store's group commit is busy: more calls at once would only wait there.
const writesAtOnce = 64;
// No synchronous stretch over 10 ms: watches and lease renewals share the event loop.
const sliceMs = 8;

/**
 * One term of leadership: caches, queue and decisions, from nothing.
 *
 * Invariants: decisions are made one at a time, each on the state that shows all earlier ones; a decision counts from the
 * moment it is made, while its binding is still being written.
 */
export class SchedulingTerm {
  private readonly state = new ClusterState();
  private readonly queue: SchedulingQueue;
  private readonly slots = new Slots(writesAtOnce);
  private readonly binder: Binder;
  private readonly reporter: PodReporter;
  private readonly nodes: Informer<Node>;
  private readonly pods: Informer<Pod>;
  private readonly budgets: Informer<PodDisruptionBudget>;
  private readonly preemptor: Preemptor;
  private readonly metrics: SchedulerMetrics;
  private readonly writing = new Set<Promise<void>>();
  private readonly decider: Decider;
  private readonly profiles: ReadonlyMap<string, Profile>;

  constructor(private readonly deps: SchedulingTermDeps) {
    const { client, clock, log, events, metrics } = deps;
    this.queue = new SchedulingQueue(clock);
    this.binder = new Binder({ client, state: this.state, queue: this.queue, log });
    this.reporter = new PodReporter(client.of(podKind), events, clock);
    this.metrics = createSchedulerMetrics(metrics);
    this.nodes = createInformer(client.of(nodeKind), {}, { clock, log });
    this.pods = createInformer(client.of(podKind), {}, { clock, log });
    this.budgets = createInformer(client.of(podDisruptionBudgetKind), {}, { clock, log });
    const { state, queue, pods } = this;
    this.preemptor = new Preemptor({ client: client.of(podKind), pods, state, queue, events, clock, log });
    this.decider = new Decider({ cluster: this.state, clock });
    const failureLog = new FailureLog(clock);
    const profiles = deps.profiles({ cluster: this.state, observe: (observer) => this.state.observe(observer), failureLog, clock });
    this.profiles = new Map(profiles.map((profile) => [profile.schedulerName, profile]));
    this.nodes.addHandler(watchNodes(this.state, this.queue));
    this.budgets.addHandler(watchBudgets(state.budgets));
    const isMine = (pod: Whole<Pod>): boolean => this.profiles.has(schedulerNameOf(pod));
    this.pods.addHandler(watchPods(this.state, this.queue, isMine));
    this.pods.addHandler(watchNominations(state.nominations, isMine));
    this.pods.addHandler(this.preemptor.handler());
    this.pods.addHandler({ updated: (pod, previous) => failureLog.seen(pod, previous) });
  }

  /** Schedules until `signal` fires; rejects when it can't go on. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const all = AbortSignal.any([signal, stop.signal]);
    const watching = Promise.all([this.nodes.run(all), this.pods.run(all), this.budgets.run(all)]);
    try {
      await Promise.race([this.schedule(all), watching]);
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      stop.abort();
      this.queue.close();
      await Promise.allSettled([watching, ...this.writing]);
    }
  }

  private async schedule(signal: AbortSignal): Promise<void> {
    // A pod that looks homeless may be bound, and a node that looks empty full, until both lists are complete.
    await Promise.all([this.nodes.synced(signal), this.pods.synced(signal), this.budgets.synced(signal)]);
    for (let sliceEndMs = this.deps.clock.monotonicMs() + sliceMs; ; ) {
      const queued = await this.queue.next(signal);
      await this.slots.take(signal);
      this.decide(queued, signal);
      if (this.deps.clock.monotonicMs() < sliceEndMs) continue;
      await nextTurn();
      sliceEndMs = this.deps.clock.monotonicMs() + sliceMs;
    }
  }

  private decide(queued: QueuedPod, signal: AbortSignal): void {
    // What was assumed when an earlier binding's fate was unknown.
    this.state.forget(queued.pod.uid);
    const profile = this.profiles.get(schedulerNameOf(queued.pod.pod));
    if (profile === undefined) throw new InvariantError("a pod of another scheduler was queued");
    const attempt = this.decider.decide(queued.pod, profile);
    const { nodeName } = attempt;
    if (nodeName !== undefined) {
      this.state.assume(queued.pod, nodeName);
      this.write(this.bind(queued, nodeName, signal), queued);
    } else {
      this.metrics.attempt("unschedulable");
      this.write(this.giveUp(queued, attempt, signal), queued);
    }
  }

  /** Puts a pod back that no node will do for, and says so; where others are to make room for it, has them do so first. */
  private async giveUp(queued: QueuedPod, { rescue, nodeCount, refusals }: Attempt, signal: AbortSignal): Promise<void> {
    const isRescued = rescue?.kind === "found";
    const refusedBy = new Set([...refusals.values()].map(({ plugin }) => plugin));
    if (!isRescued) this.queue.suspend(queued, refusedBy);
    const report = rescue === undefined || isRescued ? "" : ` ${rescue.report}`;
    const sentence = unschedulableSentence(nodeCount, refusals.values());
    const told = this.reporter.unschedulable(queued, `${sentence}${report}`, signal);
    const rescued = isRescued ? this.preemptor.carryOut(queued, rescue, refusedBy, signal) : undefined;
    const withdrawn = rescue?.kind === "futile" ? this.preemptor.withdraw(queued.pod, signal) : undefined;
    await Promise.all([told, rescued, withdrawn]);
  }

  private async bind(queued: QueuedPod, nodeName: string, signal: AbortSignal): Promise<void> {
    const { pod } = queued.pod;
    const bound = await this.binder.bind(queued, nodeName, signal);
    this.metrics.attempt(bound ? "scheduled" : "error");
    if (!bound) return;
    this.metrics.scheduled((this.deps.clock.monotonicMs() - queued.sinceMs) / 1000);
    this.reporter.scheduled(pod, nodeName);
    this.deps.log.debug("pod bound", { pod: formatKey(keyOf(pod)), node: nodeName });
  }

  /** Lets a write go on beside further decisions, and frees its slot when it has ended. */
  private write(task: Promise<void>, { pod }: QueuedPod): void {
    const tracked = task
      .catch((error: unknown) => {
        if (!isAbort(error)) this.deps.log.warn("pod's scheduling could not be written", { pod: formatKey(keyOf(pod.pod)), error });
      })
      .finally(() => {
        this.slots.release();
        this.writing.delete(tracked);
      });
    this.writing.add(tracked);
  }
}
