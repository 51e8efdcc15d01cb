import { abortError } from "../../../base/abort.js";
import type { ContainerLogOptions } from "../container-streams.js";
import { closeStream, type DockerEngine, engineError } from "./engine.js";
import { unframe } from "./log-stream.js";

/** A container's output as it was written. */
export async function* containerLogs(
  engine: DockerEngine,
  { id, isTerminal }: { readonly id: string; readonly isTerminal: boolean },
  options: ContainerLogOptions,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const query = {
    follow: options.follow,
    stdout: options.stdout,
    stderr: options.stderr,
    timestamps: options.timestamps,
    ...(options.tailLines === undefined ? {} : { tail: options.tailLines }),
    ...(options.sinceSeconds === undefined ? {} : { since: options.sinceSeconds }),
  };
  const container = engine.docker.getContainer(id);
  if (!query.follow) {
    const whole = await engine.call(signal, (abortSignal) => container.logs({ ...query, follow: false, abortSignal }));
    yield* unframe(single(Buffer.from(whole)), isTerminal);
    return;
  }
  const stream = await engine.open(signal, (abortSignal) => container.logs({ ...query, follow: true, abortSignal }));
  const stop = (): void => closeStream(stream);
  signal.addEventListener("abort", stop, { once: true });
  try {
    yield* unframe(stream as AsyncIterable<Buffer>, isTerminal);
  } catch (error: unknown) {
    throw signal.aborted ? abortError(signal) : engineError(error);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

async function* single(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
