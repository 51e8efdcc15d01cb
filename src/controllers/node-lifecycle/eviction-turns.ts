import type { Clock } from "../../base/clock.js";

/** Whether a node may begin to evict its pods, or when it may ask again. */
export type Turn = { readonly granted: true } | { readonly granted: false; readonly askAgainMs: number };

/**
 * Gives the nodes of each zone turns to begin evicting, one each interval. A turn given stands until it is taken back:
 * a write that has to be made again costs no other.
 */
export class EvictionTurns {
  private readonly granted = new Set<string>();
  private readonly lastMs = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  /** Asks for a node's turn at the pace of now; the interval counts from the last turn, whatever the pace was then. */
  ask(nodeName: string, zone: string, intervalMs: number): Turn {
    if (this.granted.has(nodeName)) return { granted: true };
    const nowMs = this.clock.monotonicMs();
    const lastMs = this.lastMs.get(zone);
    const askAgainMs = lastMs === undefined ? 0 : lastMs + intervalMs - nowMs;
    if (askAgainMs > 0) return { granted: false, askAgainMs };
    this.lastMs.set(zone, nowMs);
    this.granted.add(nodeName);
    return { granted: true };
  }

  /** The node has no need of its turn any more. */
  takeBack(nodeName: string): void {
    this.granted.delete(nodeName);
  }
}
