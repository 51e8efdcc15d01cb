import { ApiError } from "../../api/errors.js";
import { untilAbort } from "../../base/abort.js";
import { type HealthService, HealthCheckResponse_ServingStatus as ServingStatus } from "../../gen/grpc/health/v1/health.js";
import type { Handlers } from "../../rpc/contracts.js";

export interface HealthDeps {
  /** Full names of the services that there are. */
  readonly services: readonly string[];
  /** Whether calls can be served now; must answer soon. */
  readonly isServing: (signal: AbortSignal) => Promise<boolean>;
}

/** Creates gRPC's health service. A server that stops ends watches, which says what there is to say. */
export function createHealthService({ services, isServing }: HealthDeps): Handlers<typeof HealthService> {
  const knows = (service: string): boolean => service === "" || services.includes(service);
  const statusNow = async (signal: AbortSignal): Promise<{ status: ServingStatus }> => ({
    status: (await isServing(signal)) ? ServingStatus.SERVING : ServingStatus.NOT_SERVING,
  });
  return {
    async check({ service }, { signal }) {
      if (!knows(service)) throw new ApiError("NotFound", "unknown service");
      return await statusNow(signal);
    },
    async *watch({ service }, { signal }) {
      yield knows(service) ? await statusNow(signal) : { status: ServingStatus.SERVICE_UNKNOWN };
      await untilAbort(signal);
    },
  };
}
