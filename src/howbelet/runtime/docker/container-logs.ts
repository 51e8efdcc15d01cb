import type { Readable } from "node:stream";
import { abortError } from "../../../base/abort.js";
import type { ContainerLogOptions } from "../container-streams.js";
import { closeStream, type DockerEngine, engineError } from "./engine.js";
import { unframe } from "./log-stream.js";

/** A container's output as it was written, rotated files of it included. Never held as a whole, however long it is. */
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
  const stream = await engine.open(signal, (abortSignal) => openLog(engine, id, query, abortSignal));
  const stop = (): void => closeStream(stream);
  signal.addEventListener("abort", stop, { once: true });
  try {
    yield* unframe(stream, isTerminal);
  } catch (error: unknown) {
    throw signal.aborted ? abortError(signal) : engineError(error);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** As much of docker-modem as opening a log takes. */
interface LogModem {
  dial(request: object, done: (error: unknown, stream: Readable) => void): void;
}

/** dockerode's own call gathers a log that is not followed in memory, all of it. */
function openLog({ docker }: DockerEngine, id: string, options: object, abortSignal: AbortSignal): Promise<Readable> {
  const statusCodes = { 200: true, 404: "no such container", 500: "server error" };
  const request = { path: `/containers/${encodeURIComponent(id)}/logs?`, method: "GET", isStream: true, statusCodes, options, abortSignal };
  return new Promise((resolve, reject) => {
    (docker.modem as LogModem).dial(request, (error, stream) => {
      if (error === null || error === undefined) resolve(stream);
      else reject(error);
    });
  });
}
