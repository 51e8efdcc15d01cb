import { expect } from "chai";
import fc from "fast-check";
import { anyMessage } from "../../../test/builders/any-message.js";
import { lines } from "../../../test/builders/from-manifest.js";
import { canonicalizeObject } from "../codec/canonical.js";
import { complete } from "../codec/whole.js";
import type { ApiObject, Whole } from "../object.js";
import { kinds } from "./index.js";
import type { Kind } from "./kind.js";

const parameters = { seed: 20_260_103, numRuns: 50 };

/** Any object of a kind as the api-server has it when it judges: it may be wrong in every way. */
function anyObject<T extends ApiObject>(kind: Kind<T>): fc.Arbitrary<Whole<T>> {
  return anyMessage(kind.typeName).map((message) => {
    const draft = complete(kind, kind.message.fromPartial(message));
    kind.applyDefaults(draft);
    kind.prepareForCreate(draft);
    canonicalizeObject(kind, draft);
    return draft;
  });
}

describe("rules", () => {
  for (const kind of kinds) {
    it(`of ${kind.kind} judge whatever they are given, and name what is wrong`, () => {
      const property = fc.property(anyObject(kind), (object) => {
        for (const line of lines(kind.validate(object))) expect(line).to.match(/^[a-zA-Z][^\s]*(\{topologyKey, whenUnsatisfiable\})?: ./s);
      });
      fc.assert(property, parameters);
    });

    it(`of ${kind.kind} take an object that stays what it was for no change`, () => {
      const property = fc.property(anyObject(kind), (object) => {
        const next = structuredClone(object);
        kind.prepareForUpdate(next, object);
        expect(next).to.deep.equal(object);
        expect(lines(kind.validateUpdate(next, object))).to.deep.equal([]);
      });
      fc.assert(property, parameters);
    });

    it(`of ${kind.kind} compare any two objects`, () => {
      const property = fc.property(anyObject(kind), anyObject(kind), (next, previous) => {
        kind.prepareForUpdate(next, previous);
        expect(kind.validateUpdate(next, previous)).to.be.an("array");
        expect(kind.validateStatusUpdate?.(next, previous) ?? []).to.be.an("array");
      });
      fc.assert(property, parameters);
    });
  }
});
