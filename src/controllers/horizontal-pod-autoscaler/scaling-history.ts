/** Something that was found at a moment by the monotonic clock. */
interface Dated {
  readonly atMs: number;
  readonly replicas: number;
}

// No window may look back for longer.
const keptMs = 3_600_000;

/**
 * What one HorizontalPodAutoscaler has wanted and done in the last hour. Of this process alone: after another one has
 * taken over, it begins with what there is, so that nothing is scaled down in haste.
 */
export class ScalingHistory {
  private wanted: Dated[] = [];
  private done: Dated[] = [];

  /** Notes what there is, if nothing else is known. */
  begin(replicas: number, atMs: number): void {
    if (this.wanted.length === 0) this.wanted.push({ atMs, replicas });
  }

  /** Notes what the metrics ask for. */
  recommend(replicas: number, atMs: number): void {
    this.wanted = [...this.wanted.filter((each) => each.atMs > atMs - keptMs), { atMs, replicas }];
  }

  /** Notes a change, negative when there are fewer. */
  scaled(change: number, atMs: number): void {
    this.done = [...this.done.filter((each) => each.atMs > atMs - keptMs), { atMs, replicas: change }];
  }

  /** What was asked for after `sinceMs`. */
  recommendations(sinceMs: number): readonly number[] {
    return this.wanted.filter(({ atMs }) => atMs > sinceMs).map(({ replicas }) => replicas);
  }

  /** By how many replicas there have come to be more, and fewer taken off, after `sinceMs`. */
  changeSince(sinceMs: number): number {
    return this.done.filter(({ atMs }) => atMs > sinceMs).reduce((sum, { replicas }) => sum + replicas, 0);
  }
}
