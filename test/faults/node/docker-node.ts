import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadIdentity } from "../../../src/howbelet/node-identity.js";
import { removeCluster } from "../../../src/howbelet/runtime/docker/cleanup.js";
import type { TestCluster } from "../../../src/testing/index.js";
import { containersOf, type NodeContainer } from "../../e2e/harness/containers.js";
import { type Running, start } from "../../e2e/harness/process.js";
import type { DoomedSettings } from "./doomed-howbelet.js";

/** A node of a test's cluster whose howbelet is a process on real Docker, to be killed and started again. */
export class DockerNode {
  readonly directory = mkdtempSync(join(tmpdir(), "howbernetes-node-"));
  private howbelet: Running | undefined;

  constructor(
    private readonly cluster: TestCluster,
    readonly name: string,
  ) {}

  private get dataDir(): string {
    return join(this.directory, "data");
  }

  /** Starts its howbelet and waits until it is ready; one that is doomed lives through so many moments. */
  async start(moments?: number): Promise<Running> {
    const settings: DoomedSettings = {
      ...(await this.cluster.invite(this.name)),
      nodeName: this.name,
      dataDir: this.dataDir,
      moments: moments ?? null,
    };
    const file = join(this.directory, "settings.json");
    writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
    const howbelet = start(process.execPath, ["--import", "tsx", "test/faults/node/doomed-howbelet.ts", file]);
    this.howbelet = howbelet;
    await howbelet.until("the howbelet to be ready, or dead", (stdout) => /^(ready|killed .*)$/m.test(stdout));
    return howbelet;
  }

  /** Ends its howbelet as SIGKILL does, if it still runs. */
  async kill(): Promise<void> {
    await this.howbelet?.stop("SIGKILL");
    this.howbelet = undefined;
  }

  containers(): Promise<NodeContainer[]> {
    return containersOf(this.name);
  }

  /** The files that it keeps of pods: checkpoints, volumes, last words, what is mounted into sandboxes. */
  podFiles(): readonly string[] {
    return ["pods", "sandboxes", "volumes/disk", "volumes/memory", "termination-messages"].flatMap((folder) => {
      try {
        return readdirSync(join(this.dataDir, folder)).map((name) => `${folder}/${name}`);
      } catch (_noSuchFolder: unknown) {
        return [];
      }
    });
  }

  /** Ends it and removes all that it made. */
  async destroy(): Promise<void> {
    await this.kill();
    const identity = await loadIdentity(this.dataDir);
    if (identity !== undefined) await removeCluster(identity.clusterUid);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
