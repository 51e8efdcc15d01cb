import { unsupported } from "../../api/validation/field-error.js";
import type { ResourceWeight, ScoringStrategy, ShapePoint } from "../plugins/scoring-strategy.js";
import type { FieldReader } from "./field-reader.js";

const types: readonly ScoringStrategy["type"][] = ["LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"];

/** Kubernetes' default. */
const cpuAndMemory: readonly ResourceWeight[] = [
  { name: "cpu", weight: 1 },
  { name: "memory", weight: 1 },
];

/** Reads a `scoringStrategy`. */
export function readStrategy(strategy: FieldReader): ScoringStrategy {
  const named = strategy.text("type", "LeastAllocated");
  const type = types.find((one) => one === named);
  if (type === undefined) strategy.errors.push(unsupported(strategy.at("type"), named, types));
  const read = readResources(
    strategy.objects("resources"),
    (weight) => weight > 0 && weight <= 100,
    "resource weight not in valid range (0, 100]",
  );
  const resources = read.length === 0 ? cpuAndMemory : read;
  const made = readCurve(strategy, type ?? "LeastAllocated", resources);
  strategy.end();
  return made;
}

/** Reads weights of resources; one that is not said is 1. */
export function readResources(items: readonly FieldReader[], isWeight: (weight: number) => boolean, range: string): ResourceWeight[] {
  return items.map((item) => {
    const read = { name: item.text("name"), weight: item.whole("weight", 1, isWeight, range) };
    item.end();
    return read;
  });
}

function readCurve(strategy: FieldReader, type: ScoringStrategy["type"], resources: readonly ResourceWeight[]): ScoringStrategy {
  const field = "requestedToCapacityRatio";
  if (type !== "RequestedToCapacityRatio") {
    strategy.refuse(field, "must be nil when type is not RequestedToCapacityRatio");
    return { type, resources };
  }
  if (!strategy.has(field)) {
    const message = "Required value: must be specified when type is RequestedToCapacityRatio";
    strategy.errors.push({ path: strategy.at(field), reason: "FieldValueRequired", message });
  }
  const ratio = strategy.object(field);
  const shape = readShape(ratio);
  ratio.end();
  return { type, resources, shape };
}

function readShape(ratio: FieldReader): readonly ShapePoint[] {
  const within =
    (most: number) =>
    (value: number): boolean =>
      value >= 0 && value <= most;
  const items = ratio.objects("shape");
  if (items.length === 0) {
    ratio.errors.push({
      path: ratio.at("shape"),
      reason: "FieldValueRequired",
      message: "Required value: at least one point must be specified",
    });
  }
  let last = -1;
  return items.map((item) => {
    const utilization = item.whole("utilization", 0, within(100), "not in valid range [0, 100]");
    const score = item.whole("score", 0, within(10), "not in valid range [0, 10]");
    if (utilization <= last) item.wrong("utilization", utilization, "values must be sorted in increasing order");
    last = utilization;
    item.end();
    return { utilization, score };
  });
}
