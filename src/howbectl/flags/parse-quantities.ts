import type { JsonObject } from "../../api/codec/json-values.js";
import { canonicalQuantity } from "../../api/values/quantity.js";
import { UsageError } from "../usage-error.js";

/** Reads `cpu=200m,memory=512Mi` into quantities by resource. @throws UsageError on anything else */
export function parseQuantities(text: string): JsonObject {
  const entries = text.split(",").map((pair): [string, string] => {
    const [resource = "", quantity, ...others] = pair.split("=");
    if (quantity === undefined || others.length > 0) {
      throw new UsageError(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
    }
    const canonical = canonicalQuantity(quantity);
    if (canonical === undefined) {
      throw new UsageError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }
    return [resource, canonical];
  });
  return Object.fromEntries(entries);
}
