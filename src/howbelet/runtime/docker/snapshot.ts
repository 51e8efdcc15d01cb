import type { ContainerInspectInfo } from "dockerode";
import { parseIdentity } from "../identity.js";
import type { ContainerPhase, ContainerSnapshot } from "../interface.js";
import type { SandboxConnection } from "./network/pod-network.js";

/**
 * Reads an inspection; undefined when the labels are not a howbernetes container's. A sandbox that runs and is not
 * connected has not been started to the end; one that cannot be connected any more is as good as dead.
 */
export function snapshotOf(info: ContainerInspectInfo, connection: SandboxConnection | undefined): ContainerSnapshot | undefined {
  const identity = parseIdentity(info.Config.Labels ?? {});
  if (identity === undefined) return undefined;
  const { State: state } = info;
  const createdAtMs = Date.parse(info.Created);
  const startError = state.Error;
  // A start that failed leaves the container "created", with the error and an exit code: it will not run by itself.
  const failedStart = state.Status === "created" && (startError !== "" || state.ExitCode !== 0);
  const statePhase = failedStart ? "exited" : phaseOf(state.Status);
  const phase = statePhase === "running" ? runningPhase(connection) : statePhase;
  const startedAtMs = timeOf(state.StartedAt) ?? (failedStart ? createdAtMs : undefined);
  return {
    id: info.Id,
    identity,
    phase,
    createdAtMs,
    startedAtMs,
    finishedAtMs: phase === "exited" ? (timeOf(state.FinishedAt) ?? startedAtMs ?? createdAtMs) : undefined,
    exitCode: state.ExitCode,
    oomKilled: state.OOMKilled,
    startError: failedStart ? startError : "",
    image: info.Config.Image,
    imageId: info.Image,
    stopSignal: (info.Config as { readonly StopSignal?: string }).StopSignal || "SIGTERM",
    sandboxId: sandboxOf(info.HostConfig.NetworkMode ?? ""),
    ip: phase === "running" ? (connection?.ip ?? "") : "",
  };
}

/** Docker's state words; what is paused runs, as far as a pod is concerned, and what is being removed does not. */
export function phaseOf(status: string): ContainerPhase {
  if (status === "created") return "created";
  return status === "running" || status === "paused" || status === "restarting" ? "running" : "exited";
}

function timeOf(text: string): number | undefined {
  const ms = Date.parse(text);
  // The year 1 is Docker's "never".
  return ms > 0 ? ms : undefined;
}

function sandboxOf(networkMode: string): string {
  return networkMode.startsWith("container:") ? networkMode.slice("container:".length) : "";
}

function runningPhase(connection: SandboxConnection | undefined): ContainerPhase {
  if (connection?.state === "unconnected") return "created";
  return connection?.state === "lost" ? "exited" : "running";
}
