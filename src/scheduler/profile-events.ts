import { podKind } from "../api/kinds/pod/kind.js";
import type { Whole } from "../api/object.js";
import type { EventRecorder, EventSubject } from "../client/contracts.js";
import { createEventRecorder, type EventRecorderOptions } from "../client/event-recorder.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import { defaultSchedulerName, schedulerNameOf } from "./cluster/pod-info.js";

/**
 * Records Events in the name of the scheduler that a pod asks for, as Kubernetes does; of other schedulers' pods, which
 * only have to make room, in the name of the first.
 */
export function createProfileEvents(
  schedulerNames: readonly string[],
  options: Omit<EventRecorderOptions, "component">,
): EventRecorder & { flush(): Promise<void> } {
  const recorders = new Map(schedulerNames.map((component) => [component, createEventRecorder({ ...options, component })] as const));
  const first = recorders.get(schedulerNames[0] ?? "") ?? createEventRecorder({ ...options, component: defaultSchedulerName });
  const recorderFor = ({ kind, object }: EventSubject): EventRecorder =>
    (kind.typeName === podKind.typeName ? recorders.get(schedulerNameOf(object as unknown as Whole<Pod>)) : undefined) ?? first;
  return {
    event: (about, type, reason, message) => recorderFor(about).event(about, type, reason, message),
    flush: async () => {
      await Promise.all([...new Set([first, ...recorders.values()])].map((recorder) => recorder.flush()));
    },
  };
}
