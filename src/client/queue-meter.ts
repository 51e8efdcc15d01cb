import type { Clock } from "../base/clock.js";
import type { Counter, Gauge, Histogram, Metrics } from "../base/metrics.js";

/** What a queue tells of its keys' lives. */
export interface QueueObserver {
  /** The key begins to wait, be it for its present work to end. */
  added(key: string): void;
  /** It has been handed out. */
  taken(key: string): void;
  /** The work on it is over. */
  done(key: string): void;
}

type Label = "controller";

interface Figures {
  readonly controller: string;
  readonly depth: Gauge<Label>;
  readonly adds: Counter<Label>;
  readonly waits: Histogram<Label>;
  readonly retries: Counter<Label>;
  readonly unfinished: Gauge<Label>;
}

// A backlog of thousands takes minutes.
const waitBuckets: readonly number[] = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_000];

/**
 * Counts what a queue does from its beginning, and shows it once it is told where: a queue fills before the loop that
 * works it off has begun. Queues of one controller's name add up.
 */
export class QueueMeter implements QueueObserver {
  private readonly waitingSince = new Map<string, number>();
  private readonly workedOnSince = new Map<string, number>();
  private figures: Figures | undefined;
  private adds = 0;
  private retries = 0;
  /** What this queue has put into gauges that it shares. */
  private shown = { depth: 0, unfinished: 0 };

  constructor(private readonly clock: Pick<Clock, "monotonicMs">) {}

  added(key: string): void {
    this.waitingSince.set(key, this.clock.monotonicMs());
    this.count("adds");
    this.showDepth();
  }

  taken(key: string): void {
    const nowMs = this.clock.monotonicMs();
    const sinceMs = this.waitingSince.get(key) ?? nowMs;
    this.waitingSince.delete(key);
    this.workedOnSince.set(key, nowMs);
    this.figures?.waits.observe({ controller: this.figures.controller }, (nowMs - sinceMs) / 1000);
    this.showDepth();
  }

  done(key: string): void {
    this.workedOnSince.delete(key);
  }

  /** A key is to be tried again after a failure. */
  retried(): void {
    this.count("retries");
  }

  /** Shows the figures, with what has been counted so far, until the returned function is called. */
  show(metrics: Metrics, controller: string): () => void {
    const figures = figuresOf(metrics, controller);
    this.figures = figures;
    figures.adds.inc({ controller }, this.adds);
    figures.retries.inc({ controller }, this.retries);
    this.showDepth();
    const stopShowing = metrics.beforeRender(() => this.showUnfinished(figures));
    return () => {
      stopShowing();
      figures.depth.add({ controller }, -this.shown.depth);
      figures.unfinished.add({ controller }, -this.shown.unfinished);
      this.shown = { depth: 0, unfinished: 0 };
      this.figures = undefined;
    };
  }

  private count(what: "adds" | "retries"): void {
    this[what] += 1;
    this.figures?.[what].inc({ controller: this.figures.controller });
  }

  private showDepth(): void {
    if (this.figures === undefined) return;
    const depth = this.waitingSince.size;
    this.figures.depth.add({ controller: this.figures.controller }, depth - this.shown.depth);
    this.shown.depth = depth;
  }

  private showUnfinished({ unfinished, controller }: Figures): void {
    const nowMs = this.clock.monotonicMs();
    const seconds = [...this.workedOnSince.values()].reduce((sum, sinceMs) => sum + (nowMs - sinceMs) / 1000, 0);
    unfinished.add({ controller }, seconds - this.shown.unfinished);
    this.shown.unfinished = seconds;
  }
}

function figuresOf(metrics: Metrics, controller: string): Figures {
  const labels: readonly Label[] = ["controller"];
  return {
    controller,
    depth: metrics.gauge({ name: "howbernetes_workqueue_depth", help: "Keys that wait to be reconciled.", labels }),
    adds: metrics.counter({
      name: "howbernetes_workqueue_adds_total",
      help: "Keys that began to wait; one that waits already does not count again.",
      labels,
    }),
    waits: metrics.histogram({
      name: "howbernetes_workqueue_wait_seconds",
      help: "Time from a key's being added to its being handed to a worker.",
      labels,
      buckets: waitBuckets,
    }),
    retries: metrics.counter({ name: "howbernetes_workqueue_retries_total", help: "Keys added again after a failure.", labels }),
    unfinished: metrics.gauge({
      name: "howbernetes_workqueue_unfinished_seconds",
      help: "Time that the reconciles under way have taken so far, summed up; one that grows and grows hangs.",
      labels,
    }),
  };
}
