import { readFile, rename, writeFile } from "node:fs/promises";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";

/** An image that this node has pulled for its pods. Times are of the wall clock: they outlive the process. */
export interface ImageRecord {
  readonly id: string;
  /** The names under which it was pulled. */
  readonly references: readonly string[];
  readonly pulledAtMs: number;
  /** When a pod last needed it; 0 while none has. */
  readonly usedAtMs: number;
}

interface RecordsFile {
  readonly version: 1;
  readonly images: readonly ImageRecord[];
}

/**
 * Which of the machine's images this node has brought there: only those may be collected, for a machine's Docker is
 * shared with its user (ADR 24). Written as soon as an image comes or goes, replaced by atomic rename; what is lost
 * with a crash in between is an image that stays.
 */
export class ImageRecords {
  private records = new Map<string, ImageRecord>();
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly deps: { readonly clock: Clock; readonly log: Log },
  ) {}

  /** Call it once, before anything else. */
  async load(): Promise<void> {
    try {
      const { images } = JSON.parse(await readFile(this.file, "utf8")) as RecordsFile;
      this.records = new Map(images.map((image) => [image.id, image]));
    } catch (error: unknown) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT")
        this.deps.log.warn("records of images cannot be read and are ignored", { file: this.file, error });
    }
  }

  all(): readonly ImageRecord[] {
    return [...this.records.values()];
  }

  /** `reference` means this image from now on, and no other. */
  pulled(id: string, reference: string): void {
    const nowMs = this.deps.clock.now();
    for (const record of this.records.values())
      if (record.id !== id && record.references.includes(reference))
        this.records.set(record.id, { ...record, references: record.references.filter((each) => each !== reference) });
    const before = this.records.get(id);
    const references = [...new Set([...(before?.references ?? []), reference])];
    this.records.set(id, { id, references, pulledAtMs: before?.pulledAtMs ?? nowMs, usedAtMs: nowMs });
    this.save();
  }

  /** A pod needs that image now, whoever has pulled it. */
  used(id: string): void {
    const record = this.records.get(id);
    // Kept in memory until the next change: a write for each start of a container would cost more than it tells.
    if (record !== undefined) this.records.set(id, { ...record, usedAtMs: this.deps.clock.now() });
  }

  /** Those images are not there any more. */
  forget(ids: readonly string[]): void {
    const gone = ids.filter((id) => this.records.delete(id));
    if (gone.length > 0) this.save();
  }

  /** Resolves once all is on the disk. */
  async saved(): Promise<void> {
    await this.writing;
  }

  private save(): void {
    const { file } = this;
    const contents: RecordsFile = { version: 1, images: this.all() };
    this.writing = this.writing
      .then(async () => {
        await writeFile(`${file}.new`, JSON.stringify(contents), { mode: 0o600 });
        await rename(`${file}.new`, file);
      })
      .catch((error: unknown) => this.deps.log.warn("records of images cannot be written", { file, error }));
  }
}
