import type { Whole } from "../../src/api/object.js";
import { PriorityClass } from "../../src/gen/howbernetes/scheduling/v1/priority_class.js";
import { type MetadataOptions, metadata } from "./metadata.js";

/** What a test may say of a PriorityClass. */
export interface PriorityClassOptions extends MetadataOptions {
  /** 1000 by default. */
  readonly value?: number;
  readonly globalDefault?: boolean;
  /** "PreemptLowerPriority" by default. */
  readonly preemptionPolicy?: "PreemptLowerPriority" | "Never";
}

/** A PriorityClass named high. */
export function priorityClass(options: PriorityClassOptions = {}): Whole<PriorityClass> {
  const { value = 1000, globalDefault = false, preemptionPolicy = "PreemptLowerPriority" } = options;
  return PriorityClass.fromPartial({
    metadata: metadata({ ...options, namespace: "" }, { name: "high", namespace: "" }),
    value,
    globalDefault,
    preemptionPolicy,
  }) as Whole<PriorityClass>;
}
