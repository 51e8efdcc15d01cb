import type { Quantity } from "../../src/gen/howbernetes/meta/v1/values.js";

/** Resource quantities by name, as { cpu: "1", memory: "1Gi" }. */
export function quantities(texts: Readonly<Record<string, string>>): { [name: string]: Quantity } {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, { string: text }]));
}
