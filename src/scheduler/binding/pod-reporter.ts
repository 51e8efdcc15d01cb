import { isConflict, isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { formatRfc3339, timeFromMs } from "../../api/values/time.js";
import type { Clock } from "../../base/clock.js";
import type { EventRecorder, ResourceClient } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { QueuedPod } from "../queue/queued-pod.js";

/** Why a pod has no node. */
export interface Report {
  /** Kubernetes' sentence. */
  readonly message: string;
  /** The node that others are to leave for it; null when none is promised to it any more, undefined to leave it at that. */
  readonly nominatedNodeName?: string | null | undefined;
}

/** Tells users what became of a pod: in its PodScheduled condition, and in Events. */
export class PodReporter {
  constructor(
    private readonly pods: ResourceClient<Pod>,
    private readonly events: EventRecorder,
    private readonly clock: Clock,
  ) {}

  /** The api-server sets the condition together with the binding, and writes the Event unless a plugin did the binding. */
  scheduled(pod: Whole<Pod>, nodeName: string): void {
    const { namespace, name } = pod.metadata;
    this.events.event({ kind: podKind, object: pod }, "Normal", "Scheduled", `Successfully assigned ${namespace}/${name} to ${nodeName}`);
  }

  /** Says why no node suits, and which one others are to leave for it. Written only when it says something new. */
  async unschedulable(queued: QueuedPod, { message, nominatedNodeName }: Report, signal: AbortSignal): Promise<void> {
    const { pod } = queued.pod;
    this.events.event({ kind: podKind, object: pod }, "Warning", "FailedScheduling", message);
    const shown = pod.status.conditions.find(({ type }) => type === "PodScheduled");
    const stands = shown?.status === "False" && shown.reason === "Unschedulable";
    const isTold = queued.explained === message || (queued.explained === undefined && stands && shown.message === message);
    if (isTold && (nominatedNodeName === undefined || nominatedNodeName === (pod.status.nominatedNodeName ?? null))) return;
    const since = stands || queued.explained !== undefined ? {} : { lastTransitionTime: formatRfc3339(timeFromMs(this.clock.now())) };
    const condition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message, ...since };
    const status = { conditions: [condition], ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }) };
    queued.explained = message;
    const patch = { metadata: { uid: pod.metadata.uid }, status };
    const written = queued.told.then(async () => {
      await this.pods.patch(keyOf(pod), "strategic", patch, { signal, subresource: "status" });
    });
    queued.told = written.catch((_thrownBelow: unknown) => undefined);
    try {
      await written;
    } catch (error: unknown) {
      // So that the next attempt tells it.
      queued.explained = undefined;
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }
}
