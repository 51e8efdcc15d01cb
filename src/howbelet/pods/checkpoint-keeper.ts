import type { Checkpoint, CheckpointStore } from "./checkpoint-store.js";

/** Keeps one pod's checkpoint up to date, and writes it only when it has changed. */
export class CheckpointKeeper {
  private saved = { pod: "", version: -1 };

  constructor(private readonly checkpoints: Pick<CheckpointStore, "save">) {}

  /** One that cannot be written is written the next time. `version` grows with each change of what is not the pod's own. */
  async save(checkpoint: Checkpoint, version: number): Promise<void> {
    const { generation = 0, deletionTimestamp } = checkpoint.pod.metadata;
    const pod = `${generation} ${deletionTimestamp?.seconds ?? ""}`;
    if (this.saved.pod === pod && this.saved.version === version) return;
    await this.checkpoints.save(checkpoint);
    this.saved = { pod, version };
  }
}
