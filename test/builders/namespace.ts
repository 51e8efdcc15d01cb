import type { Whole } from "../../src/api/object.js";
import { Namespace } from "../../src/gen/howbernetes/core/v1/namespace.js";
import { type MetadataOptions, metadata } from "./metadata.js";

/** An active namespace, or with `deleting` one that is to be emptied. */
export function namespace(options: MetadataOptions = {}): Whole<Namespace> {
  return Namespace.fromPartial({
    metadata: metadata({ graceSeconds: 0, ...options, namespace: "" }, { name: "default", namespace: "" }),
    spec: { finalizers: ["kubernetes"] },
    status: { phase: options.deleting === true ? "Terminating" : "Active" },
  }) as Whole<Namespace>;
}
