import { isJsonObject } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { apiVersionOf } from "../../api/kinds/index.js";
import { objectAt, stringAt } from "./json-fields.js";
import type { Manifest } from "./manifest.js";

/** kubectl's own, so that an object may be applied now by one tool and now by the other. */
export const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * The manifest as it is sent: complete with apiVersion and namespace, and with an annotation that records it, by which
 * the next apply knows what this one set and a later manifest has left out.
 */
export function withLastApplied(manifest: Manifest, namespace: string): JsonObject {
  const { kind, json } = manifest;
  const metadata = objectAt(json, "metadata");
  const { [lastAppliedAnnotation]: _stale, ...annotations } = objectAt(metadata, "annotations");
  const scope = namespace === "" ? {} : { namespace };
  const applied = {
    ...json,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    metadata: { ...metadata, annotations, ...scope },
  };
  const record = `${JSON.stringify(applied, sortedKeys)}\n`;
  return { ...applied, metadata: { ...applied.metadata, annotations: { ...annotations, [lastAppliedAnnotation]: record } } };
}

/** What the last apply recorded on an object; undefined when none did, or the record is not readable. */
export function lastApplied(object: JsonObject): JsonObject | undefined {
  const record = stringAt(objectAt(objectAt(object, "metadata"), "annotations"), lastAppliedAnnotation);
  if (record === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(record);
    return isJsonObject(value) ? value : undefined;
  } catch (_unreadable: unknown) {
    return undefined;
  }
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
