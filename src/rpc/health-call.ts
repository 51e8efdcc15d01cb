import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { abortError, throwIfAborted } from "../base/abort.js";
import { type HealthCheckResponse, HealthCheckResponse_ServingStatus, HealthService } from "../gen/grpc/health/v1/health.js";
import { codeName } from "./reason-codes.js";

export interface HealthQuestion {
  /** `host:port`. */
  readonly address: string;
  /** "" asks about the server as a whole. */
  readonly service: string;
  /** The server's certificate is not checked. */
  readonly isTls: boolean;
}

/** The status that the server tells, as "SERVING", or how the call failed, its code as "UNIMPLEMENTED". */
export type HealthAnswer =
  | { readonly status: string; readonly error?: undefined }
  | { readonly status: undefined; readonly error: { readonly code: string; readonly message: string } };

/** No healthy answer is nearly as long. */
const maxReceiveBytes = 64 * 1024;

/**
 * Asks any server's gRPC health service, over a connection of its own. @throws an abort error when `signal` fires
 */
export async function askHealth({ address, service, isTls }: HealthQuestion, signal: AbortSignal): Promise<HealthAnswer> {
  throwIfAborted(signal);
  const creds = isTls ? credentials.createSsl(null, null, null, { rejectUnauthorized: false }) : credentials.createInsecure();
  const client = new Client(`dns:${address}`, creds, {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_http_proxy": 0,
    "grpc.enable_retries": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.max_receive_message_length": maxReceiveBytes,
    "grpc.primary_user_agent": "kube-probe/howbernetes",
  });
  try {
    return await new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = HealthService.check;
      const done = (error: ServiceError | null, response?: HealthCheckResponse): void => {
        signal.removeEventListener("abort", cancel);
        if (signal.aborted) reject(abortError(signal));
        else if (error !== null) resolve({ status: undefined, error: { code: codeName(error.code), message: error.details } });
        else resolve({ status: HealthCheckResponse_ServingStatus[response?.status ?? 0] ?? "UNKNOWN" });
      };
      const call = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service }, done);
      const cancel = (): void => call.cancel();
      signal.addEventListener("abort", cancel, { once: true });
    });
  } finally {
    client.close();
  }
}
