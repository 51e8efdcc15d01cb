import { askHealth } from "../../rpc/health-call.js";
import { hostPort } from "./network-error.js";
import { failed, type ProbeResult } from "./probe-result.js";
import { secondsText, type TimeLimit, within } from "./time-limit.js";

export interface GrpcCheck {
  readonly host: string;
  readonly port: number;
  /** "" asks about the server as a whole. */
  readonly service: string;
  /** Its certificate is not checked. */
  readonly isTls: boolean;
}

/** Whether gRPC's health service says SERVING. */
export function checkGrpc({ host, port, service, isTls }: GrpcCheck, limit: TimeLimit, signal: AbortSignal): Promise<ProbeResult> {
  const address = hostPort(host, port);
  const work = async (ending: AbortSignal): Promise<ProbeResult> => {
    const answer = await askHealth({ address, service, isTls }, ending);
    if (answer.status === "SERVING") return { outcome: "success", message: "service healthy" };
    if (answer.status !== undefined) return failed(`service unhealthy (responded with "${answer.status}")`);
    const { code, message } = answer.error;
    if (code === "UNAVAILABLE") return failed(`error: failed to connect service at "${address}": ${message}`);
    if (code === "UNIMPLEMENTED")
      return failed(`error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${message}`);
    return failed(`error: health rpc probe failed: rpc error: code = ${code} desc = ${message}`);
  };
  return within(limit, signal, { work, late: `timeout: failed to connect service "${address}" within ${secondsText(limit)}` });
}
