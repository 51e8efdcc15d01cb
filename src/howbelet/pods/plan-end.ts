import { membersOf } from "./observed-pod.js";
import { planStop } from "./plan-stop.js";
import type { PlanInput, PodAction } from "./pod-action.js";

/** Ends all containers side by side, each with its grace; then removes everything; then it is finished. */
export function planRemoval(input: PlanInput): readonly PodAction[] {
  const { observed } = input;
  const members = membersOf(observed);
  const running = members.filter(({ phase }) => phase === "running");
  if (running.length > 0) return running.flatMap((snapshot) => planStop(snapshot, input));

  const rest = [...members, ...observed.sandboxes];
  if (rest.length === 0) return [{ type: "finish" }];
  return rest.map(({ id }) => ({ type: "removeContainer", id }));
}

/** Ends all containers and gives the network back; dead containers stay, for their logs. */
export function planSettling(input: PlanInput): readonly PodAction[] {
  const { observed } = input;
  const running = membersOf(observed).filter(({ phase }) => phase === "running");
  if (running.length > 0) return running.flatMap((snapshot) => planStop(snapshot, input));
  return observed.sandboxes.map(({ id }) => ({ type: "removeContainer", id }));
}
