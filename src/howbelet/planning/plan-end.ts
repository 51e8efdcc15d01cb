import { isSidecar } from "../pods/pod-containers.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { membersOf } from "./observed-pod.js";
import { planStop } from "./plan-stop.js";
import type { PlanInput, PodAction } from "./pod-action.js";

/** Ends all containers, each with its grace; then removes everything; then it is finished. */
export function planRemoval(input: PlanInput): readonly PodAction[] {
  const { observed } = input;
  const members = membersOf(observed);
  const running = members.filter(({ phase }) => phase === "running");
  if (running.length > 0) return planEnding(running, input);

  const rest = [...members, ...observed.sandboxes];
  if (rest.length === 0) return [{ type: "finish" }];
  return rest.map(({ id }) => ({ type: "removeContainer", id }));
}

/** Ends all containers and gives the network back; dead containers stay, for their logs. */
export function planSettling(input: PlanInput): readonly PodAction[] {
  const { observed } = input;
  const running = membersOf(observed).filter(({ phase }) => phase === "running");
  if (running.length > 0) return planEnding(running, input);
  return observed.sandboxes.map(({ id }) => ({ type: "removeContainer", id }));
}

/** Ends running containers side by side; but sidecars only when those that they serve have ended, the last one first. */
export function planEnding(running: readonly ContainerSnapshot[], input: PlanInput): readonly PodAction[] {
  const rankOf = rankIn(input);
  return running.flatMap((snapshot) => {
    const { container } = snapshot.identity;
    const isHeld = running.some((other) => rankOf(other) > rankOf(snapshot));
    return planStop(snapshot, { of: "pod", message: `Stopping container ${container}`, graceMs: input.graceSeconds * 1000, isHeld }, input);
  });
}

/** Sidecars rank by their order, app containers above them; whatever else there is waits for nobody, and nobody for it. */
function rankIn({ pod }: PlanInput): (snapshot: ContainerSnapshot) => number {
  const { initContainers } = pod.spec;
  return ({ identity: { kind, container } }) => {
    if (kind === "app") return initContainers.length;
    const index = kind === "init" ? initContainers.findIndex((each) => each.name === container && isSidecar(each)) : -1;
    return index < 0 ? Number.NaN : index;
  };
}
