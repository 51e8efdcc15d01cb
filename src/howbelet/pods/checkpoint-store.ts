import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeWhole } from "../../api/codec/whole.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import type { Log } from "../../base/log.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { newLife, type PodLife } from "./pod-life.js";
import type { PodRecords } from "./pod-records.js";

/** What a node keeps of a pod to go on with it alone. */
export interface Checkpoint {
  /** As last seen. */
  readonly pod: Whole<Pod>;
  readonly records: PodRecords;
  readonly life: PodLife;
}

interface CheckpointFile {
  readonly version: 1;
  /** The Pod message, base64. */
  readonly pod: string;
  readonly records: PodRecords;
  /** Absent in those of older agents. */
  readonly life?: PodLife;
}

const suffix = ".json";

/**
 * Checkpoints, one file per pod, replaced by atomic rename: a killed process leaves the old one or the new one. They
 * are not flushed to the disk, which would cost every container's start more than it protects: after a power failure
 * nothing runs any more, and labels still tell the restart counts.
 */
export class CheckpointStore {
  constructor(
    private readonly directory: string,
    private readonly log: Log,
  ) {}

  /** All of them; what cannot be read is reported and left out. */
  async load(): Promise<readonly Checkpoint[]> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const names = (await readdir(this.directory)).filter((name) => name.endsWith(suffix));
    const loaded = await Promise.all(names.map((name) => this.read(name)));
    return loaded.filter((checkpoint) => checkpoint !== undefined);
  }

  async save({ pod, records, life }: Checkpoint): Promise<void> {
    const file: CheckpointFile = { version: 1, pod: Buffer.from(podKind.message.encode(pod).finish()).toString("base64"), records, life };
    const path = this.pathOf(pod.metadata.uid);
    const draft = `${path}.new`;
    await writeFile(draft, JSON.stringify(file), { mode: 0o600 });
    await rename(draft, path);
  }

  async remove(podUid: string): Promise<void> {
    await rm(this.pathOf(podUid), { force: true });
  }

  private async read(name: string): Promise<Checkpoint | undefined> {
    try {
      const file = JSON.parse(await readFile(join(this.directory, name), "utf8")) as CheckpointFile;
      return { pod: decodeWhole(podKind, Buffer.from(file.pod, "base64")), records: file.records, life: { ...newLife, ...file.life } };
    } catch (error: unknown) {
      this.log.warn("checkpoint cannot be read and is ignored", { file: name, error });
      return undefined;
    }
  }

  private pathOf(podUid: string): string {
    return join(this.directory, `${podUid}${suffix}`);
  }
}
