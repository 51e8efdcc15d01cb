import { abortable } from "../../base/abort.js";
import type { ContainerStreams, StreamedProcess } from "../runtime/container-streams.js";

/** How a command in a container ended. */
export interface ExecResult {
  /** Undefined when the runtime does not know. */
  readonly exitCode: number | undefined;
  /** What it wrote to either stream, in order, as far as that was wanted. */
  readonly output: string;
}

export interface ExecActionOptions {
  readonly containerId: string;
  readonly command: readonly string[];
  /** What it writes beyond this is read, so that it can go on, and dropped. */
  readonly maxOutputBytes: number;
  /** Called when it runs. */
  readonly started?: (process: StreamedProcess) => void;
}

/**
 * Runs a command in a running container to its end. When `signal` fires, nobody waits for it any more, though it may go on.
 * @throws RuntimeError as for `ContainerStreams.exec`; an abort error
 */
export async function execAction(
  streams: Pick<ContainerStreams, "exec">,
  { containerId, command, maxOutputBytes, started }: ExecActionOptions,
  signal: AbortSignal,
): Promise<ExecResult> {
  const running = async (): Promise<ExecResult> => {
    const process = await streams.exec(containerId, { command, stdin: false, tty: false }, signal);
    started?.(process);
    const pieces: Buffer[] = [];
    let room = maxOutputBytes;
    for await (const { data } of process.output) {
      if (room <= 0) continue;
      pieces.push(data.subarray(0, room));
      room -= data.length;
    }
    return { exitCode: await process.exitCode(), output: Buffer.concat(pieces).toString() };
  };
  return abortable(running(), signal);
}
