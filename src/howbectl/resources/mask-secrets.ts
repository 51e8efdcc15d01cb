import type { JsonObject } from "../../api/codec/json-values.js";
import { objectAt } from "../manifests/json-fields.js";
import { lastAppliedAnnotation } from "../manifests/last-applied.js";

/** Two versions of a Secret that show which values differ, and none of them. */
export function maskSecrets(
  before: JsonObject | undefined,
  after: JsonObject,
): { readonly before: JsonObject | undefined; readonly after: JsonObject } {
  const [old, next] = [objectAt(before, "data"), objectAt(after, "data")];
  const mask = (own: JsonObject, other: JsonObject, when: string): JsonObject =>
    Object.fromEntries(Object.keys(own).map((key) => [key, other[key] === undefined || other[key] === own[key] ? "***" : `*** (${when})`]));
  return {
    before: before === undefined ? undefined : withData(before, mask(old, next, "before")),
    after: withData(after, mask(next, old, "after")),
  };
}

/** What the last apply recorded holds the values too. */
function withData(json: JsonObject, data: JsonObject): JsonObject {
  const metadata = objectAt(json, "metadata");
  const { [lastAppliedAnnotation]: record, ...annotations } = objectAt(metadata, "annotations");
  const masked = record === undefined ? annotations : { ...annotations, [lastAppliedAnnotation]: "***" };
  const shown = { ...json, metadata: Object.keys(masked).length === 0 ? metadata : { ...metadata, annotations: masked } };
  return Object.keys(data).length === 0 ? shown : { ...shown, data };
}
