import { NodeStatistics } from "../../gen/howbernetes/api/v1/metrics.js";
import type { SessionOutput } from "../../gen/howbernetes/api/v1/sessions.js";
import type { UsageSampler } from "../statistics/usage-sampler.js";
import type { SessionWork } from "./session.js";

/** Tells once what the machine and its containers use. */
export function statisticsWork(statistics: Pick<UsageSampler, "read">): SessionWork {
  return {
    output: async function* (signal: AbortSignal): AsyncGenerator<SessionOutput> {
      const value = Buffer.from(NodeStatistics.encode(await statistics.read(signal)).finish());
      yield { message: { $case: "data", value } };
    },
  };
}
