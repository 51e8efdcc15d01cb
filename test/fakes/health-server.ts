import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import { type HealthCheckResponse, HealthCheckResponse_ServingStatus, HealthService } from "../../src/gen/grpc/health/v1/health.js";

/** A gRPC server that says how well it and its services are, without TLS. */
export class HealthServer {
  /** How often it has been asked. */
  asked = 0;
  readonly statuses = new Map<string, "SERVING" | "NOT_SERVING" | "no answer">([["", "SERVING"]]);
  private readonly server = new Server();

  /** Listens on a port that is free; `hasHealth`: false leaves the health service out. */
  async listen(host = "127.0.0.1", hasHealth = true): Promise<number> {
    if (hasHealth) this.server.addService(HealthService, { check: this.check, watch: () => undefined });
    return await new Promise((resolve, reject) => {
      const bound = (error: Error | null, port: number): void => (error === null ? resolve(port) : reject(error));
      this.server.bindAsync(`${host}:0`, ServerCredentials.createInsecure(), bound);
    });
  }

  stop(): void {
    this.server.forceShutdown();
  }

  private readonly check = (
    { request }: { readonly request: { readonly service: string } },
    done: (error: { readonly code: number; readonly details: string } | null, answer?: HealthCheckResponse) => void,
  ): void => {
    this.asked += 1;
    const found = this.statuses.get(request.service);
    if (found === undefined) done({ code: status.NOT_FOUND, details: "unknown service" });
    else if (found !== "no answer") done(null, { status: HealthCheckResponse_ServingStatus[found] });
  };
}
