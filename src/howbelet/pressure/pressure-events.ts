import type { PodEvent } from "../pods/pod-reporter.js";
import { type PressureConditionType, pressureConditionTypes } from "./pressure-conditions.js";

/** Kubernetes' reasons, by whether there is pressure. */
const transitions: Readonly<Record<PressureConditionType, Readonly<Record<"begun" | "over", string>>>> = {
  MemoryPressure: { begun: "NodeHasInsufficientMemory", over: "NodeHasSufficientMemory" },
  DiskPressure: { begun: "NodeHasDiskPressure", over: "NodeHasNoDiskPressure" },
  PIDPressure: { begun: "NodeHasInsufficientPID", over: "NodeHasSufficientPID" },
};

/** What has to be told when a node is short of other things than before. */
export function pressureEvents(
  nodeName: string,
  before: ReadonlySet<PressureConditionType>,
  now: ReadonlySet<PressureConditionType>,
): readonly PodEvent[] {
  return pressureConditionTypes
    .filter((type) => before.has(type) !== now.has(type))
    .map((type) => {
      const reason = transitions[type][now.has(type) ? "begun" : "over"];
      return { type: "Normal", reason, message: `Node ${nodeName} status is now: ${reason}` };
    });
}
