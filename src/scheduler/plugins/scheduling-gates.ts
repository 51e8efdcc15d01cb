import type { GatePlugin } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";

const name = "SchedulingGates";

/** Keeps pods out of the queue as long as somebody holds them back by a gate in `spec.schedulingGates`. */
export const schedulingGates: GatePlugin = {
  name,
  gate: ({ pod: { spec } }) =>
    spec.schedulingGates.length === 0
      ? undefined
      : lastingRefusal(name, `waiting for scheduling gates: [${spec.schedulingGates.map((gate) => gate.name).join(" ")}]`),
};
