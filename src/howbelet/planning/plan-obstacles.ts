import type { PlanInput, PodAction } from "./pod-action.js";

/** A failed pull is called ErrImagePull for this long before it is called a back-off, so that its reason can be read. */
const pullErrorShownMs = 1_000;

/** What must be done, or waited for, before a container can be made; undefined when nothing must. */
export function planObstacles(container: string, input: PlanInput): readonly PodAction[] | undefined {
  const { memory, nowMs } = input;
  const setback = memory.setbacks.get(container);
  if (setback !== undefined && nowMs < setback.retryAtMs) return [{ type: "wake", afterMs: setback.retryAtMs - nowMs }];
  const image = memory.images.get(container);
  if (image === undefined) return [{ type: "ensureImage", container }];
  if (image.state === "present") return planVolumeError(container, input) ?? planConfigError(container, input);
  if (image.state === "ensuring") return [];
  if (nowMs >= image.retryAtMs) return [{ type: "ensureImage", container }];

  const retry: PodAction = { type: "wake", afterMs: image.retryAtMs - nowMs };
  if (image.reason !== "ErrImagePull") return [retry];
  const shownUntilMs = image.failedAtMs + pullErrorShownMs;
  return nowMs < shownUntilMs ? [{ type: "wake", afterMs: shownUntilMs - nowMs }] : [{ type: "noteImageBackOff", container }, retry];
}

/** Nothing is waited for by time: what the volumes lack wakes the pod when it comes. */
function planVolumeError(container: string, { volumeProblems, memory }: PlanInput): readonly PodAction[] | undefined {
  const problem = volumeProblems.get(container);
  if (problem === undefined) return undefined;
  if (problem.state === "pending" || memory.volumeErrors.get(container) === problem.message) return [];
  return [{ type: "noteVolumeError", container, message: problem.message }];
}

/** Nor here: what the environment lacks wakes the pod when it comes. */
function planConfigError(container: string, { environmentProblems, memory }: PlanInput): readonly PodAction[] | undefined {
  const problem = environmentProblems.get(container);
  if (problem === undefined) return undefined;
  if (problem.state === "pending" || memory.configErrors.get(container) === problem.message) return [];
  return [{ type: "noteConfigError", container, message: problem.message }];
}
