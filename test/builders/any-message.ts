import fc from "fast-check";
import { schema } from "../../src/api/schema/schema.js";

const maxDepth = 5;

/** Words that rules look at, and some that mean nothing. */
const words: readonly string[] = [
  ...["", "a", "a", "A b", "Always", "Never", "OnFailure", "RollingUpdate", "Recreate", "OnDelete", "Indexed", "Resource", "Utilization"],
  ...[
    "None",
    "In",
    "Exists",
    "NoExecute",
    "node.kubernetes.io/not-ready",
    "metadata.name",
    "* * * * *",
    "@every 1h",
    "UTC",
    "1Gi",
    "-5",
    "50%",
  ],
];

/** Any message of a type, as ts-proto shapes it: fields set or not, words from the few that rules look at. */
export function anyMessage(typeName: string, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const fields = schema.message(typeName).fields.map((field) => {
    const one = anyValue(field.type, field.message, depth);
    if (field.cardinality === "list") return [field.name, fc.array(one, { maxLength: 2 })] as const;
    if (field.cardinality === "map") {
      return [field.name, fc.dictionary(fc.constantFrom("cpu", "memory", "a"), one, { maxKeys: 2 })] as const;
    }
    return [field.name, fc.option(one, { nil: undefined, freq: 2 })] as const;
  });
  return fc.record(Object.fromEntries(fields));
}

/** Quantities, most of them valid, and one in two forms. */
const quantities = ["1", "1", "100m", "1Gi", "1000m", "0.5", "1e3", "1024Mi", "0", "-5", "A b", ""];

function anyValue(type: string, message: string | undefined, depth: number): fc.Arbitrary<unknown> {
  if (message === "howbernetes.meta.v1.Quantity") return fc.record({ string: fc.constantFrom(...quantities) });
  if (message !== undefined) return depth >= maxDepth ? fc.constant({}) : anyMessage(message, depth + 1);
  if (type === "bool") return fc.boolean();
  if (type === "bytes") return fc.constant(Buffer.alloc(0));
  if (type === "string") return fc.constantFrom(...words);
  return fc.oneof(fc.integer({ min: -1, max: 2 }), fc.integer({ min: -1, max: 70_000 }));
}
