import { throwIfAborted } from "../../base/abort.js";
import { linkAbort } from "../../base/linked-abort.js";
import { execAction } from "../handlers/exec-action.js";
import type { ContainerStreams, StreamedProcess } from "../runtime/container-streams.js";
import { failed, type ProbeResult, unknown } from "./probe-result.js";
import { secondsText, type TimeLimit } from "./time-limit.js";

export interface ExecCheck {
  readonly command: readonly string[];
  readonly containerId: string;
  readonly streams: Pick<ContainerStreams, "exec">;
}

/** As in Kubernetes: no more of what a command writes is kept. */
const maxOutputBytes = 10 * 1024;

/** A runtime need not have the means to kill a command: with so many left behind, no more are started. */
const maxLeftBehind = 4;

/**
 * A check whether a command in the container ends with 0. One that is not done in time has failed, and is killed; where
 * that cannot be done it is left behind, and those that keep hanging do not pile up.
 */
export function createExecCheck(check: ExecCheck, limit: TimeLimit): (signal: AbortSignal) => Promise<ProbeResult> {
  let running = 0;
  const late = failed(`command timed out: "${check.command.join(" ")}" timed out after ${secondsText(limit)}`);
  return async (signal) => {
    throwIfAborted(signal);
    if (running >= maxLeftBehind) return late;
    running += 1;
    const command = begin(check, signal);
    command.done
      .finally(() => {
        running -= 1;
      })
      // Left behind, it may still fail: that is nobody's concern then.
      .catch((_leftBehind: unknown) => undefined);
    return await inTime(command, late, limit);
  };
}

interface Command {
  readonly done: Promise<ProbeResult>;
  /** Ends it, if that can be done. */
  readonly kill: () => void;
}

function begin({ command, containerId, streams }: ExecCheck, signal: AbortSignal): Command {
  const linked = linkAbort(signal);
  let process: StreamedProcess | undefined;
  const started = (running: StreamedProcess): void => {
    process = running;
  };
  const kill = (): void => {
    // What it has started may hold its output open: nobody waits for that.
    const ended = (): void => linked.abort();
    process?.kill?.().then(ended, (_leftBehind: unknown) => undefined);
  };
  const done = execAction(streams, { containerId, command, maxOutputBytes, started }, linked.signal)
    .then(({ exitCode, output }): ProbeResult => {
      if (exitCode === undefined) return unknown("the command's exit code is not known");
      return exitCode === 0 ? { outcome: "success", message: output } : failed(output);
    })
    .finally(linked.unlink);
  return { done, kill };
}

async function inTime({ done, kill }: Command, late: ProbeResult, { clock, timeoutMs }: TimeLimit): Promise<ProbeResult> {
  let cancel = (): void => undefined;
  const timeout = new Promise<ProbeResult>((resolve) => {
    cancel = clock.after(timeoutMs, () => {
      resolve(late);
      kill();
    });
  });
  try {
    return await Promise.race([done, timeout]);
  } finally {
    cancel();
  }
}
