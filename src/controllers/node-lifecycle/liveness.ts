import type { Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Lease } from "../../gen/howbernetes/coordination/v1/lease.js";

/** Annotation of a node's Lease, written by the api-server when the node's stream broke and did not come back. */
export const disconnectedAnnotation = "howbernetes.dev/disconnected";

/** Times of judging nodes. */
export interface LivenessTimes {
  /** A node whose Lease says nothing else is given up after this long without renewal. */
  readonly silenceMs: number;
  /** A node that was not heard of since we began to listen is given this long: it may be reconnecting just like us. */
  readonly firstGraceMs: number;
}

/** Three heartbeats; and twice as much for everyone after a start. */
export const defaultLivenessTimes: LivenessTimes = { silenceMs: 15_000, firstGraceMs: 30_000 };

/** Whether a node lives, and if it does, when to ask again at the latest. */
export type Verdict = { readonly alive: true; readonly askAgainMs: number } | { readonly alive: false };

interface Pulse {
  /** What of its Lease changes with each renewal. */
  beat: string | undefined;
  /** When it changed last, by our own monotonic clock and without the time we were blocked. */
  heardMs: number;
  silenceMs: number;
  /** It changed since we began to listen. */
  heard: boolean;
  /** What its Lease said of a broken stream when we first saw it: it may have been mended since, so only news counts. */
  oldBreak: string | undefined;
  disconnected: boolean;
}

/**
 * Tells living nodes from dead ones by when their Leases were seen to change. What time a Lease says it is does not
 * matter: neither a node's clock nor a step of our own makes a node look dead.
 */
export class Liveness {
  private readonly pulses = new Map<string, Pulse>();

  constructor(
    private readonly clock: Clock,
    private readonly blockedMs: () => number,
    private readonly times: LivenessTimes = defaultLivenessTimes,
  ) {}

  /** Begins to listen to a node, if not begun already. */
  expect(nodeName: string): void {
    if (this.pulses.has(nodeName)) return;
    const { silenceMs } = this.times;
    this.pulses.set(nodeName, {
      beat: undefined,
      heardMs: this.nowMs(),
      silenceMs,
      heard: false,
      oldBreak: undefined,
      disconnected: false,
    });
  }

  /** Takes note of a node's Lease. @returns whether the verdict is another now, or may be sooner than was said before */
  observe(lease: Whole<Lease>): boolean {
    const { name, annotations } = lease.metadata;
    this.expect(name);
    const pulse = this.pulses.get(name);
    if (pulse === undefined) return false;
    const before = { ...pulse, alive: this.verdict(name).alive };
    const { renewTime, acquireTime, leaseDurationSeconds = 0 } = lease.spec;
    const beat = JSON.stringify([renewTime?.seconds, renewTime?.nanos, acquireTime?.seconds, acquireTime?.nanos]);
    const brokenAt = annotations[disconnectedAnnotation];
    if (pulse.beat === undefined) pulse.oldBreak = brokenAt;
    else if (pulse.beat !== beat) Object.assign(pulse, { heardMs: this.nowMs(), heard: true });
    pulse.beat = beat;
    pulse.silenceMs = leaseDurationSeconds > 0 ? leaseDurationSeconds * 1000 : this.times.silenceMs;
    pulse.disconnected = brokenAt !== undefined && brokenAt !== pulse.oldBreak;
    // Once it was heard, the first grace is over.
    return this.verdict(name).alive !== before.alive || pulse.heard !== before.heard || pulse.silenceMs < before.silenceMs;
  }

  forget(nodeName: string): void {
    this.pulses.delete(nodeName);
  }

  verdict(nodeName: string): Verdict {
    const pulse = this.pulses.get(nodeName);
    if (pulse === undefined) return { alive: true, askAgainMs: this.times.firstGraceMs };
    if (pulse.disconnected) return { alive: false };
    const limitMs = pulse.heard ? pulse.silenceMs : Math.max(pulse.silenceMs, this.times.firstGraceMs);
    const leftMs = pulse.heardMs + limitMs - this.nowMs();
    return leftMs > 0 ? { alive: true, askAgainMs: leftMs } : { alive: false };
  }

  private nowMs(): number {
    return this.clock.monotonicMs() - this.blockedMs();
  }
}
