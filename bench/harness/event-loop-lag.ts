import type { Comparison } from "./measurement.js";

/** How late a server's event loop was, at the 99th percentile since this was last asked, in milliseconds. `http` is where its metrics are. */
async function eventLoopLagMs(http: string): Promise<number> {
  const metrics = await (await fetch(`http://${http}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(metrics)?.[1]) * 1_000;
}

/** The same comparisons, with how late the server's event loop was meanwhile. */
export async function withLag(comparisons: readonly Comparison[], http: string): Promise<readonly Comparison[]> {
  const lagMs = await eventLoopLagMs(http);
  return comparisons.map((comparison) => ({ ...comparison, lagMs }));
}
