import { expect } from "chai";
import fc from "fast-check";
import { anyMessage } from "../../../test/builders/any-message.js";
import { complete } from "../codec/whole.js";
import { kinds } from "./index.js";

const seed = 20_240_601;

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
