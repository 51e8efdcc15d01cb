import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import { abortable, type Deferred, deferred, isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { ObjectList, ResourceClient, Selection } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { changesAfter } from "../resources/changes-after.js";
import { isOverdue } from "./plan-drain.js";

/** How a pod's departure ended: it is gone, or has been overdue for too long to be waited for. */
export type Departure = "gone" | "overdue";

/** Tells when pods are gone, from one watch for all of them. */
export class Departures {
  private readonly ends = new Map<string, Deferred<Departure>>();
  private readonly timers = new Map<string, () => void>();
  private readonly broken = deferred<never>();

  /**
   * @param pods those that may be asked for
   * @param overdueSeconds how long after its deletion was due a pod is no longer waited for; 0: for ever
   */
  constructor(
    private readonly pods: readonly Whole<Pod>[],
    private readonly overdueSeconds: number,
    private readonly clock: Clock,
  ) {
    for (const pod of pods) this.ends.set(pod.metadata.uid, deferred());
  }

  /** Watches until `signal` fires. When it cannot, those who wait are told. */
  async watch(client: ResourceClient<Pod>, selection: Selection, list: ObjectList<Pod>, signal: AbortSignal): Promise<void> {
    for (const pod of this.pods) this.seen(pod);
    try {
      for await (const { type, object } of changesAfter(client, selection, list, signal)) {
        if (type === "deleted") this.ends.get(object.metadata.uid)?.resolve("gone");
        else this.seen(object);
      }
    } catch (error: unknown) {
      if (!isAbort(error)) this.broken.reject(error);
    } finally {
      for (const cancel of this.timers.values()) cancel();
    }
  }

  /** Resolves once a pod has gone; rejects with an abort error when `signal` fires, or with what broke the watch. */
  async left({ metadata }: Whole<Pod>, signal: AbortSignal): Promise<Departure> {
    const end = this.ends.get(metadata.uid)?.promise ?? Promise.resolve<Departure>("gone");
    return await abortable(Promise.race([end, this.broken.promise]), signal);
  }

  /** Sets the moment from which a pod that is being deleted is not waited for any more. */
  private seen(pod: Whole<Pod>): void {
    const { uid, deletionTimestamp } = pod.metadata;
    const end = this.ends.get(uid);
    if (end === undefined || this.overdueSeconds === 0 || deletionTimestamp === undefined) return;
    this.timers.get(uid)?.();
    if (isOverdue(pod, this.overdueSeconds, this.clock.now())) {
      end.resolve("overdue");
      return;
    }
    const dueMs = (timeToMs(deletionTimestamp) ?? 0) + this.overdueSeconds * 1_000 + 1;
    this.timers.set(
      uid,
      this.clock.after(dueMs - this.clock.now(), () => end.resolve("overdue")),
    );
  }
}
