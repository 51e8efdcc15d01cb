import { isAbort } from "../../base/abort.js";
import type { PodProcess } from "../../client/pod-streams.js";
import type { CliEnv } from "../cli-env.js";

/** Which of the user's ends a process gets. */
export interface SessionEnds {
  readonly stdin: boolean;
  /** Keys go to the process as they are pressed, and the window's size with them. */
  readonly tty: boolean;
}

/** What a user asks for, and what is to be had. */
export interface WantedEnds extends SessionEnds {
  readonly quiet?: boolean;
}

/** The ends that a process can be given: a terminal needs an input that is one. Says so where it is not. */
export function possibleEnds({ stdin, tty, quiet = false }: WantedEnds, env: CliEnv): SessionEnds {
  if (!stdin || !tty) return { stdin, tty: false };
  if (env.input.isTerminal) return { stdin, tty };
  if (!quiet) env.err.line("Unable to use a TTY - input is not a terminal or the right kind of file");
  return { stdin, tty: false };
}

/**
 * Connects the user's terminal, or standard streams, with a process, until the process ends. The terminal is as it was
 * afterwards, however it ends.
 *
 * @param open starts the session; the terminal is raw by then
 * @returns the process' exit code, where it is known
 */
export async function runSession(
  { stdin, tty }: SessionEnds,
  open: (signal: AbortSignal) => Promise<PodProcess>,
  env: CliEnv,
): Promise<number | undefined> {
  const stop = new AbortController();
  const signal = AbortSignal.any([env.signal, stop.signal]);
  const restore = tty ? env.terminal.makeRaw() : undefined;
  let input = Promise.resolve();
  try {
    const process = await open(signal);
    const stopResizing = tty ? followSize(process, env) : undefined;
    if (stdin) input = passInput(process, env, signal);
    try {
      for await (const { stream, data } of process.output) await (stream === "stdout" ? env.out : env.err).bytes(data);
    } finally {
      stopResizing?.();
    }
    return await process.exitCode();
  } finally {
    restore?.();
    stop.abort();
    await input;
  }
}

/** The size at the beginning goes with the call; this tells of those that come. */
function followSize(process: PodProcess, env: CliEnv): () => void {
  return env.terminal.onResize(() => {
    const size = env.terminal.size();
    // Best effort: a session that ends meanwhile has no size any more.
    if (size !== undefined) process.resize(size).catch((_ended: unknown) => undefined);
  });
}

/** Never rejects: an input that breaks off is an input that ends. */
async function passInput(process: PodProcess, env: CliEnv, signal: AbortSignal): Promise<void> {
  try {
    for await (const chunk of env.input.chunks(signal)) await process.write(chunk);
  } catch (error: unknown) {
    if (!isAbort(error)) env.err.line(`error: standard input cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  process.endInput();
}
