import type { ObjectKey } from "../../api/object.js";
import type { PodProcess, PodStreams } from "../../client/pod-streams.js";
import type { CliEnv } from "../cli-env.js";
import { throwUnlessSucceeded } from "../sessions/exit-failure.js";
import { UsageError } from "../usage-error.js";

/** What a shell, and a container runtime, say of a program that cannot be run or is not there. */
const notRunnable: ReadonlySet<number | undefined> = new Set([126, 127]);

/** Where programs run that copy. */
export interface CopyPlace {
  readonly streams: PodStreams;
  readonly pod: ObjectKey;
  readonly container: string;
  readonly env: CliEnv;
}

/** Whether a path in the container is a directory. */
export async function isDirectoryThere({ streams, pod, container, env }: CopyPlace, path: string): Promise<boolean> {
  const process = await streams.exec(pod, { container, command: ["test", "-d", path], signal: env.signal });
  for await (const _said of process.output);
  return (await process.exitCode()) === 0;
}

/** Feeds an archive to a program. @throws UsageError when there is no such program; CommandFailure when it fails */
export async function feed(
  { streams, pod, container, env }: CopyPlace,
  command: readonly string[],
  archive: AsyncIterable<Buffer>,
): Promise<void> {
  const process = await streams.exec(pod, { container, command, stdin: true, signal: env.signal });
  let hasEnded = false;
  const sending = send(process, archive, () => hasEnded);
  // What fails there is thrown below; until then nobody listens.
  sending.catch((_later: unknown) => undefined);
  for await (const { data } of process.output) await env.err.bytes(data);
  hasEnded = true;
  check(await process.exitCode(), container);
  await sending;
}

async function send(process: PodProcess, archive: AsyncIterable<Buffer>, hasEnded: () => boolean): Promise<void> {
  try {
    for await (const piece of archive) {
      if (hasEnded()) return;
      await process.write(piece);
    }
  } finally {
    process.endInput();
  }
}

/**
 * Has a program's output read. @throws UsageError when there is no such program; CommandFailure when it fails; what the
 * reader throws
 */
export async function readFrom(
  { streams, pod, container, env }: CopyPlace,
  command: readonly string[],
  read: (output: AsyncIterable<Buffer>) => Promise<void>,
): Promise<void> {
  const process = await streams.exec(pod, { container, command, signal: env.signal });
  async function* stdout(): AsyncGenerator<Buffer> {
    for await (const { stream, data } of process.output) {
      if (stream === "stdout") yield data;
      else await env.err.bytes(data);
    }
    // Instead of an archive there may be a word about why there is none.
    check(await process.exitCode(), container);
  }
  await read(stdout());
}

function check(exitCode: number | undefined, container: string): void {
  if (notRunnable.has(exitCode)) throw new UsageError(`container ${container} has no tar program, which cp needs in it`);
  throwUnlessSucceeded(exitCode);
}
