import { expect } from "chai";
import fc from "fast-check";
import { complete } from "../codec/whole.js";
import { schema } from "../schema/schema.js";
import { kinds } from "./index.js";

const seed = 20_240_601;
const maxDepth = 5;

/** Any message of a type, as ts-proto shapes it: fields set or not, words from the few that rules look at. */
function anyMessage(typeName: string, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const fields = schema.message(typeName).fields.map((field) => {
    const one = anyValue(field.type, field.message, depth);
    if (field.cardinality === "list") return [field.name, fc.array(one, { maxLength: 2 })] as const;
    if (field.cardinality === "map")
      return [field.name, fc.dictionary(fc.constantFrom("cpu", "memory", "a"), one, { maxKeys: 2 })] as const;
    return [field.name, fc.option(one, { nil: undefined, freq: 2 })] as const;
  });
  return fc.record(Object.fromEntries(fields));
}

function anyValue(type: string, message: string | undefined, depth: number): fc.Arbitrary<unknown> {
  if (message !== undefined) return depth >= maxDepth ? fc.constant({}) : anyMessage(message, depth + 1);
  if (type === "bool") return fc.boolean();
  if (type === "bytes") return fc.constant(Buffer.alloc(0));
  if (type === "string")
    return fc.constantFrom("", "a", "Always", "RollingUpdate", "Recreate", "NoExecute", "node.kubernetes.io/not-ready", "Container");
  return fc.integer({ min: -1, max: 70_000 });
}

describe("applyDefaults", () => {
  for (const kind of kinds) {
    it(`of ${kind.kind} changes nothing a second time`, () => {
      const property = fc.property(anyMessage(kind.typeName), (message) => {
        const once = complete(kind, kind.message.fromPartial(message));
        kind.applyDefaults(once);
        const twice = structuredClone(once);
        kind.applyDefaults(twice);
        expect(twice).to.deep.equal(once);
      });
      fc.assert(property, { seed, numRuns: 50 });
    });
  }
});
