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
  return withLastAppliedRecord(appliedManifest(manifest, namespace));
}

/** The manifest as `apply` wants the object to be, but for the record of it. */
export function appliedManifest(manifest: Manifest, namespace: string): JsonObject {
  const complete = completeManifest(manifest, namespace);
  const metadata = objectAt(complete, "metadata");
  const { [lastAppliedAnnotation]: _stale, ...annotations } = objectAt(metadata, "annotations");
  // kubectl, too, records annotations even where there are none: or the record itself would seem to be unwanted.
  return { ...complete, metadata: { ...metadata, annotations } };
}

/** The manifest with its apiVersion, kind and namespace. */
export function completeManifest({ kind, json }: Manifest, namespace: string): JsonObject {
  const scope = namespace === "" ? {} : { namespace };
  return { ...json, apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { ...objectAt(json, "metadata"), ...scope } };
}

/** An object's JSON with an annotation that records the rest of it. */
export function withLastAppliedRecord(json: JsonObject): JsonObject {
  const metadata = objectAt(json, "metadata");
  const { [lastAppliedAnnotation]: _stale, ...annotations } = objectAt(metadata, "annotations");
  const bare = metadata.annotations === undefined ? json : { ...json, metadata: { ...metadata, annotations } };
  const record = `${JSON.stringify(bare, sortedKeys)}\n`;
  return { ...bare, metadata: { ...metadata, annotations: { ...annotations, [lastAppliedAnnotation]: record } } };
}

/** The text of what the last apply recorded on an object. */
export function lastAppliedText(object: JsonObject): string | undefined {
  return stringAt(objectAt(objectAt(object, "metadata"), "annotations"), lastAppliedAnnotation);
}

/** What the last apply recorded on an object; undefined when none did, or the record is not readable. */
export function lastApplied(object: JsonObject): JsonObject | undefined {
  const record = lastAppliedText(object);
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
