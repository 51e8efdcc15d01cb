import { setImmediate as nextTurn } from "node:timers/promises";
import { namespaceKind } from "../api/kinds/namespace/kind.js";
import { nodeKind } from "../api/kinds/node/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../api/kinds/poddisruptionbudget/kind.js";
import { formatKey, keyOf, type Whole } from "../api/object.js";
import { isAbort, sharedSignal } from "../base/abort.js";
import type { BackoffOptions } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import { InvariantError } from "../base/invariant.js";
import type { Log } from "../base/log.js";
import type { Metrics } from "../base/metrics.js";
import type { ApiClient, EventRecorder } from "../client/contracts.js";
import { createInformer } from "../client/informer.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import { Binder } from "./binding/binder.js";
import { Placer } from "./binding/placer.js";
import { PodReporter } from "./binding/pod-reporter.js";
import { Slots } from "./binding/slots.js";
import { ClusterState } from "./cluster/cluster-state.js";
import { FailureLog } from "./cluster/failure-log.js";
import { type PodInfo, schedulerNameOf } from "./cluster/pod-info.js";
import { PodShapes } from "./cluster/pod-shapes.js";
import type { Attempt } from "./cycle/attempt.js";
import { Decider } from "./cycle/decider.js";
import { unplacedMessage } from "./cycle/sentence.js";
import type { Profile, RescueOutcome } from "./framework/plugin.js";
import type { PluginContext } from "./framework/plugin-context.js";
import { Preemptor } from "./preemption/preemptor.js";
import { watchBudgets, watchNominations } from "./preemption/watches.js";
import type { QueuedPod } from "./queue/queued-pod.js";
import { SchedulingQueue } from "./queue/scheduling-queue.js";
import { createSchedulerMetrics, type SchedulerMetrics } from "./scheduler-metrics.js";
import { watchNamespaces, watchNodes, watchPods } from "./watches.js";

export interface SchedulingTermDeps {
  /** Its writes are refused once another scheduler leads. */
  readonly client: ApiClient;
  readonly events: EventRecorder;
  /** Makes the profiles that this term works with; pods of other schedulers are left alone. */
  readonly profiles: (context: PluginContext) => readonly Profile[];
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
  /** How long pods that were tried in vain wait; Kubernetes' 1 to 10 s by default. */
  readonly backoff?: BackoffOptions | undefined;
  /** Is told of every decision, as soon as it is made; must not hold up the next one. */
  readonly decided?: ((attempt: Attempt, queued: QueuedPod) => void) | undefined;
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
  /** What decisions are made on; read, and tried out, between them by whoever explains them. */
  readonly state = new ClusterState();
  readonly queue: SchedulingQueue;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly informers: ReturnType<SchedulingTerm["watch"]>;
  private readonly slots = new Slots(writesAtOnce);
  private readonly reporter: PodReporter;
  private readonly placer: Placer;
  private readonly preemptor: Preemptor;
  private readonly decider: Decider;
  private readonly metrics: SchedulerMetrics;
  private readonly writing = new Set<Promise<void>>();

  constructor(private readonly deps: SchedulingTermDeps) {
    const { client, clock, log, events, metrics, backoff } = deps;
    const { state, slots } = this;
    const shapes = new PodShapes();
    const failureLog = new FailureLog(clock);
    const profiles = deps.profiles({ cluster: state, observe: (observer) => state.observe(observer), failureLog, clock });
    this.profiles = new Map(profiles.map((profile) => [profile.schedulerName, profile]));
    this.queue = new SchedulingQueue({ clock, backoff, ...queueRules(this.profiles) });
    this.metrics = createSchedulerMetrics(metrics);
    this.decider = new Decider({ cluster: state, clock });
    this.reporter = new PodReporter(client.of(podKind), events, clock);
    const binder = new Binder(client, log);
    this.placer = new Placer({
      state,
      queue: this.queue,
      shapes,
      binder,
      reporter: this.reporter,
      slots,
      metrics: this.metrics,
      clock,
      log,
    });
    this.informers = this.watch(shapes, failureLog);
    state.nominations.onTakenBack((pod, nodeName) => this.queue.notify({ kind: "podGone", pod, nodeName }));
    const { queue, informers } = this;
    this.preemptor = new Preemptor({ client: client.of(podKind), pods: informers.pods, state, queue, events, clock, log });
    informers.pods.addHandler(this.preemptor.handler());
  }

  /** Schedules until `signal` fires; rejects when it can't go on. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const all = sharedSignal(AbortSignal.any([signal, stop.signal]));
    const watching = Promise.all(Object.values(this.informers).map((informer) => informer.run(all)));
    const hide = this.metrics.show(() => this.queue.sizes());
    try {
      await Promise.race([this.schedule(all), watching]);
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    } finally {
      stop.abort();
      hide();
      this.queue.close();
      await Promise.allSettled([watching, ...this.writing]);
    }
  }

  /** Resolves when all is known that there is. */
  async synced(signal: AbortSignal): Promise<void> {
    await Promise.all(Object.values(this.informers).map((informer) => informer.synced(signal)));
  }

  private watch(shapes: PodShapes, failureLog: FailureLog) {
    const { client, clock, log } = this.deps;
    const { state, queue } = this;
    const nodes = createInformer(client.of(nodeKind), {}, { clock, log });
    const pods = createInformer(client.of(podKind), { keep: shapes.keep }, { clock, log });
    const namespaces = createInformer(client.of(namespaceKind), {}, { clock, log });
    const budgets = createInformer(client.of(podDisruptionBudgetKind), {}, { clock, log });
    const isMine = (pod: Whole<Pod>): boolean => this.profiles.has(schedulerNameOf(pod));
    nodes.addHandler(watchNodes({ state, queue }));
    namespaces.addHandler(watchNamespaces({ state, queue }));
    budgets.addHandler(watchBudgets(state.budgets));
    // First: the others find the state as it is after the change.
    pods.addHandler(watchPods({ state, queue, isMine, info: (pod) => shapes.info(pod) }));
    pods.addHandler(watchNominations(state.nominations, isMine));
    pods.addHandler({ updated: (pod, previous) => failureLog.seen(pod, previous) });
    return { nodes, pods, namespaces, budgets };
  }

  private async schedule(signal: AbortSignal): Promise<void> {
    // A pod that looks homeless may be bound, and a node that looks empty full, until all lists are complete.
    await this.synced(signal);
    for (let sliceEndMs = this.deps.clock.monotonicMs() + sliceMs; ; ) {
      const queued = await this.queue.next(signal);
      await this.slots.take(signal);
      this.attempt(queued, signal);
      if (this.deps.clock.monotonicMs() < sliceEndMs) continue;
      await nextTurn();
      sliceEndMs = this.deps.clock.monotonicMs() + sliceMs;
    }
  }

  /** Tries a pod. One that a plugin fails at is tried again later: it must not keep the others from being placed. */
  private attempt(queued: QueuedPod, signal: AbortSignal): void {
    // It may have gone while it waited for a slot: no room must be made for it then.
    if (!this.queue.isTaken(queued)) {
      this.slots.release();
      return;
    }
    try {
      this.decide(queued, signal);
    } catch (error: unknown) {
      if (error instanceof InvariantError) throw error;
      this.deps.log.error("pod could not be decided on", { pod: formatKey(keyOf(queued.pod.pod)), error });
      this.metrics.attempt("error");
      this.forget(queued.pod.uid);
      this.queue.retry(queued);
      this.slots.release();
    }
  }

  /** Gives back the room that was assumed for a pod. */
  private forget(uid: string): void {
    const assumed = this.state.forget(uid);
    if (assumed !== undefined) this.queue.notify({ kind: "podGone", pod: assumed.pod, nodeName: assumed.nodeName });
  }

  private decide(queued: QueuedPod, signal: AbortSignal): void {
    // What was assumed when an earlier binding's fate was unknown.
    this.forget(queued.pod.uid);
    const profile = this.profiles.get(schedulerNameOf(queued.pod.pod));
    if (profile === undefined) throw new InvariantError("a pod of another scheduler was queued");
    const attempt = this.decider.decide(queued.pod, profile);
    const { nodeName, durationMs } = attempt;
    this.metrics.decided(nodeName === undefined ? "unschedulable" : "placed", durationMs / 1000);
    this.deps.decided?.(attempt, queued);
    this.write(nodeName === undefined ? this.giveUp(queued, attempt, signal) : this.place({ queued, nodeName, profile }, signal), queued);
  }

  private place(placement: Parameters<Placer["begin"]>[0], signal: AbortSignal): Promise<void> {
    const refused = this.placer.begin(placement);
    return refused === undefined ? this.placer.finish(placement, signal) : this.placer.refused(placement, refused, signal);
  }

  /** Puts a pod back that no node will do for, and says so; where others are to make room for it, has them do so first. */
  private async giveUp(queued: QueuedPod, attempt: Attempt, signal: AbortSignal): Promise<void> {
    const { rescue, tally } = attempt;
    const isRescued = rescue?.kind === "found";
    const refusedBy = new Set([...tally.keys()].map(({ plugin }) => plugin));
    this.metrics.attempt("unschedulable");
    this.metrics.refused(refusedBy);
    if (rescue !== undefined) this.metrics.rescued(rescue);
    if (!isRescued) this.queue.suspend(queued, refusedBy);
    const condition = { message: unplacedMessage(attempt), nominatedNodeName: this.promisedNode(queued.pod, rescue) };
    const told = this.reporter.unschedulable(queued, condition, signal);
    await (isRescued ? this.preemptor.carryOut(queued, rescue, { refusedBy, told }, signal) : told);
  }

  /** What is to be shown of the node promised to a pod: null for none any more, undefined for what it was. */
  private promisedNode(pod: PodInfo, rescue: RescueOutcome | undefined): string | null | undefined {
    if (rescue?.kind === "found") return rescue.nodeName;
    return rescue?.kind === "futile" && this.preemptor.withdraw(pod) ? null : undefined;
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

/** What the queue asks of the plugins of a pod's profile. */
function queueRules(profiles: ReadonlyMap<string, Profile>): Pick<ConstructorParameters<typeof SchedulingQueue>[0], "hintsOf" | "isGated"> {
  const hints = new Map(
    [...profiles].map(([name, { filters }]) => [name, new Map(filters.map((filter) => [filter.name, filter.wakes]))] as const),
  );
  return {
    hintsOf: ({ pod }, plugin) => hints.get(schedulerNameOf(pod))?.get(plugin),
    isGated: (pod) => profiles.get(schedulerNameOf(pod.pod))?.gates.some((plugin) => plugin.gate(pod) !== undefined) ?? false,
  };
}
