import type { Whole } from "../../src/api/object.js";
import { timeFromMs } from "../../src/api/values/time.js";
import { Node } from "../../src/gen/howbernetes/core/v1/node.js";
import type { Taint } from "../../src/gen/howbernetes/core/v1/scheduling.js";
import { birthMs, type MetadataOptions, metadata } from "./metadata.js";
import { quantities } from "./quantities.js";

/** What a test may say of a node. */
export interface NodeOptions extends MetadataOptions {
  /** Status of its Ready condition: true is "True", false is "False"; "none" leaves the condition out. */
  readonly ready?: boolean | "Unknown" | "none";
  /** 4 CPUs, 8Gi of memory and 110 pods by default. */
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly unschedulable?: boolean;
  readonly taints?: readonly Partial<Taint>[];
}

/** A node that is ready and has room. */
export function node(options: NodeOptions = {}): Whole<Node> {
  const { ready = true, unschedulable = false, taints = [] } = options;
  const allocatable = quantities({ cpu: "4", memory: "8Gi", pods: "110", ...options.allocatable });
  const status = ready === "Unknown" ? "Unknown" : ready === true ? "True" : "False";
  return Node.fromPartial({
    metadata: metadata(options, { name: "n1", namespace: "" }),
    spec: { ...(unschedulable ? { unschedulable } : {}), taints: [...taints] },
    status: {
      capacity: allocatable,
      allocatable,
      conditions: ready === "none" ? [] : [{ type: "Ready", status, lastTransitionTime: timeFromMs(birthMs) }],
    },
  }) as Whole<Node>;
}
