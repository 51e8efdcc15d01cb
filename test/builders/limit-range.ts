import type { Whole } from "../../src/api/object.js";
import { LimitRange } from "../../src/gen/howbernetes/core/v1/limit_range.js";
import { type MetadataOptions, metadata } from "./metadata.js";
import { quantities } from "./quantities.js";

type Amounts = Readonly<Record<string, string>>;

/** An item of a LimitRange, quantities as { cpu: "1" }. */
export interface LimitOptions {
  /** "Container" by default. */
  readonly type?: string;
  readonly min?: Amounts;
  readonly max?: Amounts;
  readonly default?: Amounts;
  readonly defaultRequest?: Amounts;
  readonly maxLimitRequestRatio?: Amounts;
}

/** What a test may say of a LimitRange. */
export interface LimitRangeOptions extends MetadataOptions {
  readonly limits?: readonly LimitOptions[];
}

/** A LimitRange named limits, with no item unless some are given, and no defaults filled in. */
export function limitRange(options: LimitRangeOptions = {}): Whole<LimitRange> {
  return LimitRange.fromPartial({
    metadata: metadata(options, { name: "limits", namespace: "default" }),
    spec: {
      limits: (options.limits ?? []).map((limit) => ({
        type: limit.type ?? "Container",
        min: quantities(limit.min ?? {}),
        max: quantities(limit.max ?? {}),
        default: quantities(limit.default ?? {}),
        defaultRequest: quantities(limit.defaultRequest ?? {}),
        maxLimitRequestRatio: quantities(limit.maxLimitRequestRatio ?? {}),
      })),
    },
  }) as Whole<LimitRange>;
}
