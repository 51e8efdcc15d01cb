import type { HealthCheck } from "../base/health-checks.js";
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
  /** What must hold, besides that it has started. */
  readonly checks?: readonly HealthCheck[];
}

/** That a process has got to where it can work. `missing` names what it still waits for. */
export function startupCheck(missing: () => string | undefined): HealthCheck {
  return {
    name: "startup",
    check: async () => {
      const name = missing();
      if (name !== undefined) throw new Error(`waiting for ${name}`);
    },
  };
}

/** Runs one component until `signal` fires, its health and figures served beside it. */
export async function runWithHealth(stage: Stage, { listen, metrics, signal, onReady, checks = [] }: HealthOptions): Promise<void> {
  let isReady = false;
  const startup = startupCheck(() => (isReady ? undefined : stage.runnable.name));
  await checkAddress(listen);
  const http = await startHttpEndpoint({ listen, metrics, checks: [startup, ...checks] });
  try {
    await runInOrder([stage], signal, () => {
      isReady = true;
      onReady();
    });
  } finally {
    await http.stop();
  }
}
