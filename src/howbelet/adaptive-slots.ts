import type { Slots } from "./limiter.js";

/** How much the shortest time gives way with each task: a machine that has become slower is believed after some thousand. */
const forgetting = 0.001;

/** How much a task counts in the average. */
const weight = 0.2;

/**
 * How many tasks are to wait inside what carries them out: none, and it idles between them; many, and they only slow
 * each other. Some, so that it never idles, cost little.
 */
const fewestWaiting = 2;
const mostWaiting = 4;

export interface AdaptiveSlotsOptions {
  readonly initial: number;
  readonly least: number;
  readonly most: number;
}

interface Times {
  aloneMs: number;
  averageMs: number;
}

/**
 * As many slots as keep a machine of unknown size busy and no more, learnt from how long tasks take (TCP Vegas' way):
 * the shortest time is what a task takes alone; what tasks take longer than that on average they have waited for
 * one another, and by how much tells how many of those in flight did so. One slot more or less at a time, and only
 * while all are taken: what does not wait tells nothing.
 */
export class AdaptiveSlots implements Slots {
  private slots: number;
  private readonly times = new Map<number, Times>();

  constructor(private readonly options: AdaptiveSlotsOptions) {
    this.slots = options.initial;
  }

  get count(): number {
    return this.slots;
  }

  finished(kind: number, tookMs: number, isFull: boolean): void {
    const times = this.times.get(kind) ?? { aloneMs: tookMs, averageMs: tookMs };
    this.times.set(kind, times);
    times.averageMs += weight * (tookMs - times.averageMs);
    times.aloneMs = Math.min(tookMs, times.aloneMs + forgetting * (times.averageMs - times.aloneMs));
    if (isFull) this.adapt(times);
  }

  private adapt({ aloneMs, averageMs }: Times): void {
    const waiting = averageMs <= 0 ? 0 : this.slots * (1 - Math.min(1, aloneMs / averageMs));
    const { least, most } = this.options;
    if (waiting < fewestWaiting) this.slots = Math.min(most, this.slots + 1);
    else if (waiting > mostWaiting) this.slots = Math.max(least, this.slots - 1);
  }
}
