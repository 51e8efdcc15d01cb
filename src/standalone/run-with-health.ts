import { startHttpEndpoint } from "../base/http-endpoint.js";
import { runInOrder, type Stage } from "../base/lifecycle.js";
import type { Metrics } from "../base/metrics.js";

import { checkAddress } from "./address-check.js";

export interface HealthOptions {
  /** "host:port" of health and metrics. */
  readonly listen: string;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  readonly onReady: () => void;
}

/** Runs one component until `signal` fires, its health and figures served beside it. */
export async function runWithHealth(stage: Stage, { listen, metrics, signal, onReady }: HealthOptions): Promise<void> {
  let isReady = false;
  const waitingFor = (): readonly string[] => (isReady ? [] : [stage.runnable.name]);
  await checkAddress(listen);
  const http = await startHttpEndpoint({ listen, metrics, waitingFor });
  try {
    await runInOrder([stage], signal, () => {
      isReady = true;
      onReady();
    });
  } finally {
    await http.stop();
  }
}
