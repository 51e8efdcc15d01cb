import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { Clock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import type { ApiClient, Informer } from "../../src/client/contracts.js";
import { createInformer } from "../../src/client/informer.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";

const byController = "controller";
const indexes = {
  [byController]: ({ metadata }: Whole<Pod>) =>
    metadata.ownerReferences.flatMap(({ controller, uid = "" }) => (controller === true ? [uid] : [])),
};

/** What a workload's controllers must keep to. */
export interface Bounds {
  /** No more pods than this may be without deletionTimestamp. */
  readonly maxTotal: number;
  /** The controllers leave no fewer pods than this available. */
  readonly minAvailable: number;
}

/**
 * Watches the pods of a namespace that holds one workload, and notes whenever they are out of bounds.
 *
 * Of several bounds that were in force since all was last settled the widest hold, for a controller may not have seen the
 * latest. Pods that the test itself harmed are not the controllers' doing: for each that was available one fewer has to be,
 * until all is settled again. Pods without a controller do not count, nor do those whose owner the test took away.
 */
export class PodBounds {
  readonly violations: string[] = [];
  private readonly pods: Informer<Pod>;
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;
  private readonly inForce: Bounds[] = [];
  private readonly doomed = new Set<string>();
  private readonly abandoned = new Set<string>();
  private lost = 0;

  constructor(client: ApiClient, namespace: string, clock: Clock) {
    this.pods = createInformer(client.of(podKind), { namespace, indexes }, { clock, log: createLog("test", "silent") });
    this.pods.addHandler({
      added: (pod) => this.checkTotal(pod),
      updated: (pod, previous) => {
        if (isAvailable(previous) && !isAvailable(pod)) this.noteLoss(pod);
      },
      deleted: (pod) => {
        if (isAvailable(pod)) this.noteLoss(pod);
      },
    });
    this.ended = this.pods.run(this.stopping.signal);
  }

  /** Call it before the change that brings these bounds. */
  allow(bounds: Bounds): void {
    this.inForce.push(bounds);
  }

  /** The test deletes this pod, or has it deleted. */
  willDelete(pod: Whole<Pod>): void {
    this.doomed.add(pod.metadata.uid);
  }

  /** The test is about to take an owner from its pods. */
  willAbandon(ownerUid: string): void {
    const left = this.pods.byIndex(byController, ownerUid).filter((pod) => this.counts(pod));
    this.lost += left.filter(isAvailable).length;
    this.abandoned.add(ownerUid);
  }

  /** All is as the latest bounds say: earlier ones, and losses, are history. */
  settled(): void {
    this.inForce.splice(0, this.inForce.length - 1);
    this.lost = 0;
  }

  /** Resolves when the watch has shown this revision. */
  async reached(resourceVersion: string): Promise<void> {
    await this.pods.reached(resourceVersion, this.stopping.signal);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  private checkTotal(pod: Whole<Pod>): void {
    if (!this.counts(pod) || !isLive(pod)) return;
    const live = this.pods.list().filter((each) => isLive(each) && this.counts(each));
    const most = Math.max(...this.inForce.map(({ maxTotal }) => maxTotal));
    if (live.length > most) this.violations.push(`${live.length} pods, where ${most} are allowed, with ${pod.metadata.name}`);
  }

  private noteLoss(pod: Whole<Pod>): void {
    if (!this.counts(pod)) return;
    const isDeletion = pod.metadata.deletionTimestamp !== undefined && !this.doomed.has(pod.metadata.uid);
    if (!isDeletion) {
      this.lost += 1;
      return;
    }
    const available = this.pods.list().filter((each) => isAvailable(each) && this.counts(each)).length;
    const fewest = Math.min(...this.inForce.map(({ minAvailable }) => minAvailable)) - this.lost;
    if (available < fewest) this.violations.push(`${available} pods available, where ${fewest} must be, without ${pod.metadata.name}`);
  }

  private counts({ metadata }: Whole<Pod>): boolean {
    return metadata.ownerReferences.some(({ controller, uid = "" }) => controller === true && !this.abandoned.has(uid));
  }
}

function isLive({ metadata, status }: Whole<Pod>): boolean {
  return metadata.deletionTimestamp === undefined && status.phase !== "Succeeded" && status.phase !== "Failed";
}

function isAvailable(pod: Whole<Pod>): boolean {
  return isLive(pod) && pod.status.conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
