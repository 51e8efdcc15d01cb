import type { Whole } from "../../api/object.js";
import { createPodStreams, type PodProcess, type TerminalSize } from "../../client/pod-streams.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CliEnv } from "../cli-env.js";
import type { PodContainer } from "../pods/pod-containers.js";
import type { SessionFlags } from "./session-flags.js";
import { possibleEnds, runSession } from "./terminal-session.js";

/** Connects the user's terminal with a container's own process, until it ends. */
export async function attachTo(
  { metadata, spec }: Whole<Pod>,
  container: PodContainer,
  { stdin = false, tty = false, quiet = false }: SessionFlags,
  env: CliEnv,
): Promise<void> {
  if (tty && !container.tty && !quiet) {
    env.err.line(`error: Unable to use a TTY - container ${container.name} did not allocate one`);
  }
  const ends = possibleEnds({ stdin, tty: container.tty, quiet }, env);
  if (!quiet) env.err.line("If you don't see a command prompt, try pressing enter.");

  const streams = createPodStreams(await env.client());
  const size = ends.tty ? env.terminal.size() : undefined;
  const options = { stdin, tty: container.tty, container: container.name, terminalSize: size };
  const open = async (signal: AbortSignal) => {
    const process = await streams.attach(metadata, { ...options, signal });
    if (size !== undefined) redraw(process, size);
    return process;
  };
  await runSession(ends, open, env);
  // Another pod's containers do not come back to be attached to.
  if (quiet || !ends.tty || (spec.restartPolicy ?? "Always") !== "Always") return;
  const resume = `howbectl attach ${metadata.name} -c ${container.name} -i -t`;
  env.out.line(
    container.role === "ephemeral"
      ? `Session ended, the ephemeral container will not be restarted but may be reattached using '${resume}' if it is still running`
      : `Session ended, resume using '${resume}' command when the pod is running`,
  );
}

/** A program that draws on the whole screen draws anew only when the size changes. What is sent stays in order. */
function redraw(process: PodProcess, { columns, rows }: TerminalSize): void {
  for (const extra of [1, 0]) process.resize({ columns: columns + extra, rows: rows + extra }).catch((_ended: unknown) => undefined);
}
