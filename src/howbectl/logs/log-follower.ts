import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { formatKey, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { abortable, type Deferred, deferred, isAbort, throwIfAborted } from "../../base/abort.js";
import type { Selection } from "../../client/contracts.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import type { CliEnv } from "../cli-env.js";
import { errorText } from "../error-text.js";
import type { PodContainer } from "../pods/pod-containers.js";
import { changesAfter } from "../resources/changes-after.js";
import { selectionOfOne } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";
import { ContainerFollow } from "./container-follow.js";
import { type FollowedPod, planFollow } from "./follow-plan.js";
import type { LogPrinting } from "./log-printer.js";

/** Whose logs are followed, and how. */
export interface FollowOrder {
  readonly pods: Selection;
  /** The workload that makes the pods: while it is there, and a job not at its end, more may come. */
  readonly workload: { readonly kind: Kind; readonly key: ObjectKey } | undefined;
  readonly choice: "one" | "all";
  readonly containersOf: (pod: Whole<Pod>) => readonly PodContainer[];
  /**
   * For the pods that are there at the beginning. Those that come are read from their beginning; one that was there
   * and takes the place of another, from then on.
   */
  readonly options: PodLogOptions;
  readonly printing: LogPrinting;
  readonly maxStreams: number;
  /** Say what breaks off, and go on with the others. */
  readonly ignoreErrors: boolean;
}

interface Tracked {
  pod: Whole<Pod>;
  isGone: boolean;
  readonly isOld: boolean;
  readonly containers: readonly PodContainer[];
  /** Undefined until it is its turn. */
  follows: readonly ContainerFollow[] | undefined;
  isDone: boolean;
}

/**
 * Follows the logs of all pods of a selection, or of one after the other, through the restarts of their containers and
 * the coming and going of pods. One watch tells of the pods; nothing is asked for again.
 */
export class LogFollower {
  private readonly tracked = new Map<string, Tracked>();
  private isOver: boolean;
  private news: Deferred<void> = deferred();
  private readonly running = new Set<Promise<void>>();
  private failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly order: FollowOrder,
    private readonly env: CliEnv,
  ) {
    this.isOver = order.workload === undefined;
  }

  /** @throws UsageError when more is asked for at the beginning than may be followed at once; ApiError when an output breaks off */
  async run(): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([this.env.signal, stop.signal]);
    const watching: Promise<void>[] = [];
    try {
      const watch = await this.listPods(signal);
      watching.push(this.guard(watch()));
      if (this.order.workload !== undefined) watching.push(this.guard(this.watchWorkload(this.order.workload, signal)));
      await this.followUntilDone(signal);
    } finally {
      stop.abort();
      await Promise.all([...watching, ...this.running]);
    }
    throwIfAborted(this.env.signal);
  }

  private async followUntilDone(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { promise } = this.news;
      if (this.failure !== undefined) throw this.failure.error;
      const pods = [...this.tracked.values()];
      const { choice, maxStreams } = this.order;
      const plan = planFollow({ choice, maxStreams, isOver: this.isOver, pods: pods.map(followedPod) });
      if (plan.isDone) return;
      for (const pod of plan.start) this.start(pod, signal);
      if (plan.start.length === 0) await abortable(promise, signal);
    }
  }

  private start({ metadata: { uid } }: Whole<Pod>, signal: AbortSignal): void {
    const tracked = this.tracked.get(uid);
    if (tracked === undefined) return;
    const isFirst = [...this.tracked.values()].every(({ follows }) => follows === undefined);
    if (this.order.choice === "one") this.sayChoice(tracked, isFirst);
    const options = this.optionsFor(tracked, isFirst);
    tracked.follows = tracked.containers.map(
      (container) => new ContainerFollow({ container, options, printing: this.order.printing, env: this.env }),
    );
    for (const follow of tracked.follows) follow.see(tracked.pod, tracked.isGone);
    const all = Promise.all(tracked.follows.map((follow) => this.attempt(follow.run(tracked.pod, signal))));
    const done = this.guard(
      all.then(() => {
        tracked.isDone = true;
      }),
    ).finally(() => this.running.delete(done));
    this.running.add(done);
  }

  private optionsFor({ isOld }: Tracked, isFirst: boolean): PodLogOptions {
    const { choice, options } = this.order;
    if (!isOld) return fromBeginning(options);
    return choice === "one" && !isFirst ? { ...fromBeginning(options), tailLines: 0 } : options;
  }

  private sayChoice({ pod }: Tracked, isFirst: boolean): void {
    const candidates = [...this.tracked.values()].filter(({ isGone, isDone }) => !isGone && !isDone);
    const name = `pod/${pod.metadata.name}`;
    if (candidates.length > 1) this.env.err.line(`Found ${candidates.length} pods, using ${name}`);
    else if (!isFirst) this.env.err.line(`Using ${name}`);
  }

  private async attempt(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error: unknown) {
      if (isAbort(error) || !this.order.ignoreErrors) throw error;
      this.env.err.line(errorText(error));
    }
  }

  /** Never rejects: what fails is kept for `run` to throw. */
  private async guard(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error: unknown) {
      if (!isAbort(error)) this.failure ??= { error };
    }
    this.tell();
  }

  private tell(): void {
    const told = this.news;
    this.news = deferred();
    told.resolve();
  }

  /** Lists the pods, and resolves with what watches them from there on. */
  private async listPods(signal: AbortSignal): Promise<() => Promise<void>> {
    const client = (await this.env.client()).of(podKind);
    const list = await client.list({ ...this.order.pods, signal });
    for (const pod of list.items) this.track(pod, true);
    this.checkBound();
    return async () => {
      for await (const { type, object } of changesAfter(client, this.order.pods, list, signal)) this.see(object, type === "deleted");
    };
  }

  private checkBound(): void {
    const { choice, maxStreams } = this.order;
    const perPod = [...this.tracked.values()].map(({ containers }) => containers.length);
    const streams = choice === "all" ? perPod.reduce((sum, count) => sum + count, 0) : Math.max(0, ...perPod);
    if (streams > maxStreams) throw tooManyStreams(streams, maxStreams);
  }

  private track(pod: Whole<Pod>, isOld: boolean): void {
    const containers = this.order.containersOf(pod);
    this.tracked.set(pod.metadata.uid, { pod, isGone: false, isOld, containers, follows: undefined, isDone: false });
  }

  private see(pod: Whole<Pod>, isGone: boolean): void {
    const known = this.tracked.get(pod.metadata.uid);
    if (known === undefined && !isGone) this.track(pod, false);
    if (known !== undefined) {
      known.pod = pod;
      known.isGone = isGone;
      for (const follow of known.follows ?? []) follow.see(pod, isGone);
      if (isGone && (known.isDone || known.follows === undefined)) this.tracked.delete(pod.metadata.uid);
    }
    this.tell();
  }

  private async watchWorkload(workload: { readonly kind: Kind; readonly key: ObjectKey }, signal: AbortSignal): Promise<void> {
    const client = (await this.env.client()).of(workload.kind);
    const selection = selectionOfOne(workload.key);
    const list = await client.list({ ...selection, signal });
    this.setOver(list.items.every((object) => hasFinished(object)));
    for await (const { type, object } of changesAfter(client, selection, list, signal)) {
      if (formatKey(keyOf(object)) === formatKey(workload.key)) this.setOver(type === "deleted" || hasFinished(object));
    }
  }

  private setOver(isOver: boolean): void {
    this.isOver = isOver;
    this.tell();
  }
}

/** What kubectl says of too many logs at once. */
export function tooManyStreams(count: number, most: number): UsageError {
  return new UsageError(
    `you are attempting to follow ${count} log streams, but maximum allowed concurrency is ${most}, use --max-log-requests to increase the limit`,
  );
}

function followedPod({ pod, isGone, isOld, containers, follows, isDone }: Tracked): FollowedPod {
  return { pod, isGone, isOld, streams: containers.length, following: isDone ? "done" : follows === undefined ? "not yet" : "now" };
}

/** A workload that makes no more pods: a job at its end. */
function hasFinished(object: object): boolean {
  const conditions = (object as Partial<Whole<Job>>).status?.conditions ?? [];
  return conditions.some(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True");
}

function fromBeginning({ follow, timestamps }: PodLogOptions): PodLogOptions {
  return PodLogOptions.fromPartial({ follow, timestamps });
}
