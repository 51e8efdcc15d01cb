import { chmod, type FileHandle, mkdir, open, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../base/clock.js";
import { ifPresent } from "../../base/if-present.js";
import { linkAbort } from "../../base/linked-abort.js";
import type { Log } from "../../base/log.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { ContainerStreams } from "../runtime/container-streams.js";
import { isRuntimeError } from "../runtime/errors.js";
import type { ContainerSnapshot, Mount } from "../runtime/interface.js";

/** Kubernetes' bounds: of a message, of all messages of a pod, and of what is taken of a log in place of one. */
const maxMessageBytes = 4096;
const maxPodBytes = 12 * 1024;
const maxLogBytes = 2048;
const maxLogLines = 80;

/** A pod's next step waits for the words of its dead: not for ever. */
const readDeadlineMs = 10_000;

/** Of a container that dies again and again, the files of so many runs are kept: its last ones may still be asked for. */
const keptRuns = 3;

export interface TerminationMessagesDeps {
  /** Where the files are made. */
  readonly directory: string;
  /** Whether the runtime can show such a file to a container. */
  readonly isLocal: () => boolean;
  readonly streams: Pick<ContainerStreams, "logs">;
  readonly clock: Clock;
  readonly log: Log;
}

/** A dead container whose last words are wanted. */
export interface DeadContainer {
  readonly container: Container;
  readonly snapshot: ContainerSnapshot;
  /** How many containers its pod's spec has, which share what may be told. */
  readonly siblings: number;
}

/**
 * The files in which containers may say why they ended. Each run of a container has one of its own; the last few live as
 * long as its pod. Nothing is thrown for them: a pod is not kept from running or ending by a lack of words.
 */
export class TerminationMessages {
  /** The runtime has shown that it does not see the files: it runs on this machine, and the agent in a container. */
  private areUnseen = false;

  constructor(private readonly deps: TerminationMessagesDeps) {}

  /** Makes the file of a container that is about to be made; undefined when it cannot have one. */
  async mountFor(podUid: string, { name = "", terminationMessagePath = "" }: Container, attempt: number): Promise<Mount | undefined> {
    if (terminationMessagePath === "" || this.areUnseen || !this.deps.isLocal()) return undefined;
    const source = this.fileOf(podUid, name, attempt);
    try {
      await mkdir(join(this.deps.directory, podUid), { recursive: true, mode: 0o700 });
      await rm(this.fileOf(podUid, name, attempt - keptRuns), { force: true });
      await writeFile(source, "");
      // Whoever the container runs as may write it; the folder keeps everybody else on this machine out.
      await chmod(source, 0o666);
    } catch (error: unknown) {
      this.deps.log.warn("no file can be made for the last words of a container", { container: name, pod: podUid, error });
      return undefined;
    }
    return { source, target: terminationMessagePath, isReadOnly: false, propagation: "private" };
  }

  /**
   * Whether a container could not be made because the runtime does not see its file. No other gets one then: to go
   * without last words is better than not to run.
   */
  areRefusedBy(error: unknown): boolean {
    const { directory, log } = this.deps;
    if (!isRuntimeError(error) || !error.message.includes(`source path does not exist: ${directory}`)) return false;
    if (!this.areUnseen) log.warn("the container engine does not see the node's files: containers cannot leave messages", { directory });
    this.areUnseen = true;
    return true;
  }

  /** What a dead container left to be told; of one that failed without, the end of its log, if it wants that. */
  async lastWords({ container, snapshot, siblings }: DeadContainer, signal: AbortSignal): Promise<string> {
    const { podUid, container: name, attempt } = snapshot.identity;
    const maxBytes = Math.min(maxMessageBytes, Math.floor(maxPodBytes / Math.max(1, siblings)));
    const message = container.terminationMessagePath ? await this.read(this.fileOf(podUid, name, attempt), maxBytes) : "";
    const wantsLog = message === "" && container.terminationMessagePolicy === "FallbackToLogsOnError" && snapshot.exitCode !== 0;
    return wantsLog ? this.endOfLog(snapshot.id, Math.min(maxBytes, maxLogBytes), signal) : message;
  }

  async remove(podUid: string): Promise<void> {
    await rm(join(this.deps.directory, podUid), { recursive: true, force: true });
  }

  /** Removes the files of pods that the node does not have: asked of each when its turn comes. */
  async removeLeftovers(isPresent: (podUid: string) => boolean): Promise<void> {
    const found = (await ifPresent(readdir(this.deps.directory))) ?? [];
    for (const uid of found) if (!isPresent(uid)) await this.remove(uid);
  }

  private fileOf(podUid: string, container: string, attempt: number): string {
    return join(this.deps.directory, podUid, `${container}_${attempt}`);
  }

  /** The end of a file counts, as in Kubernetes. */
  private async read(path: string, maxBytes: number): Promise<string> {
    let file: FileHandle | undefined;
    try {
      file = await ifPresent(open(path));
      if (file === undefined) return "";
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.min(size, maxBytes));
      await file.read(buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString();
    } catch (error: unknown) {
      return `Error on reading termination log ${path}: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      await file?.close();
    }
  }

  private async endOfLog(id: string, maxBytes: number, signal: AbortSignal): Promise<string> {
    const options = { follow: false, timestamps: false, tailLines: maxLogLines, sinceSeconds: undefined, stdout: true, stderr: true };
    const { streams, clock, log } = this.deps;
    const limit = linkAbort(signal);
    const cancel = clock.after(readDeadlineMs, limit.abort);
    let end: Buffer = Buffer.alloc(0);
    try {
      // Lines may be of any length: of what has come, only the end is kept.
      for await (const piece of streams.logs(id, options, limit.signal)) end = Buffer.from(Buffer.concat([end, piece]).subarray(-maxBytes));
    } catch (error: unknown) {
      if (!signal.aborted) log.warn("log of a dead container cannot be read", { container: id, error });
    } finally {
      cancel();
      limit.unlink();
    }
    return end.toString();
  }
}
