import { throwIfAborted } from "../../base/abort.js";
import { execAction } from "../handlers/exec-action.js";
import type { ContainerStreams } from "../runtime/container-streams.js";
import { failed, type ProbeResult, unknown } from "./probe-result.js";
import { secondsText, type TimeLimit } from "./time-limit.js";

export interface ExecCheck {
  readonly command: readonly string[];
  readonly containerId: string;
  readonly streams: Pick<ContainerStreams, "exec">;
}

/** As in Kubernetes: no more of what a command writes is kept. */
const maxOutputBytes = 10 * 1024;

/** With so many commands left behind, no more are started. */
const maxLeftBehind = 4;

/**
 * A check whether a command in the container ends with 0; one that is not done in time has failed. Only the prober's
 * signal ends a check early, and not its timeout.
 *
 * Unlike Kubernetes: a command that takes too long is not killed, for Docker offers no such thing. It is left behind,
 * and those that keep hanging do not pile up.
 */
export function createExecCheck(check: ExecCheck, limit: TimeLimit): (signal: AbortSignal) => Promise<ProbeResult> {
  let running = 0;
  const late = failed(`command timed out: "${check.command.join(" ")}" timed out after ${secondsText(limit)}`);
  return async (signal) => {
    throwIfAborted(signal);
    if (running >= maxLeftBehind) return late;
    running += 1;
    const done = run(check, signal).finally(() => {
      running -= 1;
    });
    return await inTime(done, late, limit);
  };
}

async function inTime(done: Promise<ProbeResult>, late: ProbeResult, { clock, timeoutMs }: TimeLimit): Promise<ProbeResult> {
  // Left behind, it may still fail: that is nobody's concern then.
  done.catch((_leftBehind: unknown) => undefined);
  let cancel = (): void => undefined;
  const timeout = new Promise<ProbeResult>((resolve) => {
    cancel = clock.after(timeoutMs, () => resolve(late));
  });
  try {
    return await Promise.race([done, timeout]);
  } finally {
    cancel();
  }
}

async function run({ command, containerId, streams }: ExecCheck, signal: AbortSignal): Promise<ProbeResult> {
  const { exitCode, output } = await execAction(streams, { containerId, command, maxOutputBytes }, signal);
  if (exitCode === undefined) return unknown("the command's exit code is not known");
  return exitCode === 0 ? { outcome: "success", message: output } : failed(output);
}
