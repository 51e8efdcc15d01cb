import type { Clock } from "../../base/clock.js";
import type { Container, Probe } from "../../gen/howbernetes/core/v1/container.js";
import { containerPort } from "../handlers/container-port.js";
import { httpTarget } from "../handlers/http-target.js";
import type { ContainerStreams } from "../runtime/container-streams.js";
import { createExecCheck } from "./exec-check.js";
import { checkGrpc } from "./grpc-check.js";
import { checkHttp } from "./http-check.js";
import { type ProbeResult, unknown } from "./probe-result.js";
import { checkTcp } from "./tcp-check.js";
import type { TimeLimit } from "./time-limit.js";

/** Makes one check. What it rejects with once `signal` has fired says nothing. */
export type Check = (signal: AbortSignal) => Promise<ProbeResult>;

/** What is checked. */
export interface CheckTarget {
  readonly container: Container;
  readonly id: string;
  /** Where to go when the probe names no host. */
  readonly address: string;
}

export interface CheckDeps {
  readonly streams: Pick<ContainerStreams, "exec">;
  readonly clock: Clock;
}

const defaultTimeoutSeconds = 1;

/** The check that a probe describes; it fails when it takes longer than the probe's timeout. */
export function createCheck(probe: Probe, target: CheckTarget, { streams, clock }: CheckDeps): Check {
  const limit = { clock, timeoutMs: (probe.timeoutSeconds || defaultTimeoutSeconds) * 1000 };
  const { exec } = probe.handler ?? {};
  if (exec !== undefined) return createExecCheck({ command: exec.command, containerId: target.id, streams }, limit);
  return createNetworkCheck(probe, target, limit);
}

function createNetworkCheck({ handler }: Probe, { container, address }: CheckTarget, limit: TimeLimit): Check {
  const { httpGet, tcpSocket, grpc } = handler ?? {};
  try {
    if (httpGet !== undefined) {
      const target = httpTarget(httpGet, container, address);
      return (signal) => checkHttp(target, limit, signal);
    }
    if (tcpSocket !== undefined) {
      const endpoint = { host: tcpSocket.host || address, port: containerPort(container, tcpSocket.port) };
      return (signal) => checkTcp(endpoint, limit, signal);
    }
    if (grpc !== undefined) {
      const call = { host: address, port: grpc.port ?? 0, service: grpc.service ?? "", isTls: grpc.mode === "TLS" };
      return (signal) => checkGrpc(call, limit, signal);
    }
    throw new Error("missing probe handler");
  } catch (error: unknown) {
    // Such as a port that has no number.
    const message = error instanceof Error ? error.message : String(error);
    return () => Promise.resolve(unknown(message));
  }
}
