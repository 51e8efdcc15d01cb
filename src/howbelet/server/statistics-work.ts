import { unavailable } from "../../api/errors.js";
import { NodeStatistics } from "../../gen/howbernetes/api/v1/metrics.js";
import type { SessionOutput } from "../../gen/howbernetes/api/v1/sessions.js";
import { isRuntimeUnavailable } from "../runtime/errors.js";
import type { UsageSampler } from "../statistics/usage-sampler.js";
import type { SessionWork } from "./session.js";

/** Tells once what the machine and its containers use. */
export function statisticsWork(statistics: Pick<UsageSampler, "read">): SessionWork {
  return {
    output: async function* (signal: AbortSignal): AsyncGenerator<SessionOutput> {
      const value = Buffer.from(NodeStatistics.encode(await readOrExplain(statistics, signal)).finish());
      yield { message: { $case: "data", value } };
    },
  };
}

async function readOrExplain(statistics: Pick<UsageSampler, "read">, signal: AbortSignal): Promise<NodeStatistics> {
  try {
    return await statistics.read(signal);
  } catch (error: unknown) {
    throw isRuntimeUnavailable(error) ? unavailable(error.message, error) : error;
  }
}
