import type { Clock } from "../../base/clock.js";
import type { Container, LifecycleHandler } from "../../gen/howbernetes/core/v1/container.js";
import type { ContainerStreams } from "../runtime/container-streams.js";
import { execAction } from "./exec-action.js";
import { httpAction } from "./http-action.js";
import { httpTarget } from "./http-target.js";

/** What of a failed command's output its user is shown. */
const maxOutputBytes = 1024;

/** The container whose hook is due. */
export interface HandlerTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIp: string;
}

export interface HandlerDeps {
  readonly streams: Pick<ContainerStreams, "exec">;
  readonly clock: Clock;
}

/**
 * Does what a hook says, to its end. As in Kubernetes, any answer to a hook's request is a success, whatever its status.
 * @throws Error that says why it failed; an abort error when `signal` fired
 */
export async function runHandler(handler: LifecycleHandler, target: HandlerTarget, deps: HandlerDeps, signal: AbortSignal): Promise<void> {
  const { exec, httpGet, sleep } = handler;
  const { container, containerId, podIp } = target;
  if (exec !== undefined) {
    const { command } = exec;
    const { exitCode, output } = await execAction(deps.streams, { containerId, command, maxOutputBytes }, signal);
    if (exitCode !== 0) throw new Error(`command '${command.join(" ")}' exited with ${exitCode ?? "an unknown code"}: ${output.trim()}`);
  } else if (httpGet !== undefined) {
    await httpAction(httpTarget(httpGet, container, podIp), { maxRedirects: 0, maxBodyBytes: 0 }, signal);
  } else if (sleep !== undefined) {
    await deps.clock.sleep((sleep.seconds ?? 0) * 1000, signal);
  } else {
    throw new Error("the hook says nothing that can be done");
  }
}
