import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { containersOf } from "./pod-containers.js";
import { newLife, type PodLife } from "./pod-life.js";
import type { CrashLoop, Ending, ImageState, PodMemory, Setback } from "./pod-memory.js";
import { type ContainerRecord, type PodRecords, recordOf } from "./pod-records.js";

/** A pod's memory and records, as its worker and the executor of its steps change them. */
export class PodState implements PodMemory {
  readonly images = new Map<string, ImageState>();
  readonly endings = new Map<string, Ending>();
  readonly inPostStart = new Set<string>();
  readonly failedPostStart = new Set<string>();
  readonly setbacks = new Map<string, Setback>();
  readonly configErrors = new Map<string, string>();
  readonly volumeErrors = new Map<string, string>();
  readonly crashLoops = new Map<string, CrashLoop>();
  readonly endedAtMs = new Map<string, number>();
  readonly outOfMemory = new Set<string>();
  readonly lastWords = new Map<string, string>();
  stopByMs: number | undefined;
  /** Grows with each change of what is checkpointed. */
  version = 0;

  constructor(
    private current: PodRecords,
    private currentLife: PodLife = newLife,
  ) {}

  get life(): PodLife {
    return this.currentLife;
  }

  setLife(change: Partial<PodLife>): void {
    this.currentLife = { ...this.currentLife, ...change };
    this.version += 1;
  }

  get records(): PodRecords {
    return this.current;
  }

  setRecord(container: string, change: Partial<ContainerRecord>): void {
    this.current = { ...this.current, [container]: { ...recordOf(this.current, container), ...change } };
    this.version += 1;
  }

  /** One of its containers has been made at some time. */
  get hasStarted(): boolean {
    return Object.values(this.current).some(({ started }) => started === true);
  }

  /** Takes over from the api-server what neither labels nor checkpoint may know any more. */
  adopt({ initContainerStatuses, containerStatuses, ephemeralContainerStatuses }: PodStatus): void {
    const all = [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses];
    for (const { name = "", restartCount = 0, containerID = "" } of all) {
      const record = recordOf(this.current, name);
      if (restartCount <= record.restartCount && (containerID === "" || record.started)) continue;
      const started = containerID !== "" || record.started;
      this.setRecord(name, { restartCount: Math.max(restartCount, record.restartCount), started });
    }
  }

  setEnding(id: string, change: Partial<Ending>): void {
    const ending = this.endings.get(id);
    if (ending !== undefined) this.endings.set(id, { ...ending, ...change });
  }

  /** What became of one image says nothing of another that the pod's user has named in its place. */
  forgetImages(before: Whole<Pod>, now: Whole<Pod>): void {
    const images = new Map(containersOf(before).map(({ container: { name, image } }) => [name, image]));
    for (const { container } of containersOf(now))
      if (images.get(container.name) !== container.image) this.images.delete(container.name ?? "");
  }

  /** Forgets what is known of containers that are not there any more. */
  keepOnly(ids: ReadonlySet<string>): void {
    const { endings, endedAtMs, outOfMemory, lastWords, inPostStart, failedPostStart } = this;
    for (const known of [endings, endedAtMs, outOfMemory, lastWords, inPostStart, failedPostStart]) {
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
    }
  }
}
