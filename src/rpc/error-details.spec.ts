import { expect } from "chai";
import fc from "fast-check";
import { ApiError, expired, type FieldError, invalid, tooLargeResourceVersion, tooManyRequests } from "../api/errors.js";
import { decodeErrorDetails, encodeErrorDetails, maxDetailsBytes, shorten } from "./error-details.js";

const pod = { group: "", kind: "Pod", name: "x" };
const cause = (path: string, message = "Required value"): FieldError => ({ path, reason: "FieldValueRequired", message });

describe("error details", () => {
  const cases = [
    { it: "an error with causes", error: invalid(pod, [cause("spec.a"), cause("spec.b")]) },
    { it: "a cause's own reason", error: invalid(pod, [{ path: ".spec.a", reason: "FieldManagerConflict", message: "conflict" }]) },
    { it: "an error with a time to wait", error: tooManyRequests("busy", 7) },
    { it: "an expired list that can be gone on with", error: expired("too old", "eyJ2IjoxfQ") },
    { it: "a revision yet to come", error: tooLargeResourceVersion(9, 5) },
    { it: "a bare error", error: new ApiError("Forbidden", "no") },
    { it: "characters beyond ASCII", error: new ApiError("BadRequest", "ungültig: 名前") },
  ];
  for (const { it: what, error } of cases) {
    it(`reads back ${what}`, () => {
      const read = decodeErrorDetails(encodeErrorDetails(error), undefined);

      const { reason, message, subject, causes, retryAfterSeconds, continueToken } = error;
      expect(read).to.deep.include({ reason, message, causes, subject, retryAfterSeconds, continueToken });
    });
  }

  it("fits whatever the error, and says how many causes it leaves out", () => {
    const error = invalid(
      pod,
      Array.from({ length: 500 }, (_, index) => cause(`spec.containers[${index}].image`)),
    );

    const bytes = encodeErrorDetails(error);

    const read = decodeErrorDetails(bytes, undefined);
    const kept = (read?.causes.length ?? 0) - 1;
    expect(bytes.length).to.be.at.most(maxDetailsBytes);
    expect(kept).to.be.greaterThan(10);
    expect(read?.causes.at(-1)?.message).to.equal(`and ${500 - kept} more`);
    expect(read?.message.endsWith(`and ${500 - kept} more]`)).to.equal(true);
  });

  it("never outgrows its bound", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 20_000, size: "max" });
    const causes = fc.array(fc.record({ path: text, reason: fc.constant("FieldValueInvalid" as const), message: text }), { maxLength: 20 });
    fc.assert(
      fc.property(text, text, causes, (name, message, all) => {
        const error = new ApiError("BadRequest", message, { subject: { ...pod, name }, causes: all });
        expect(encodeErrorDetails(error).length).to.be.at.most(maxDetailsBytes);
      }),
      { numRuns: 50 },
    );
  });

  const garbage = [
    { it: "bytes that are no message", bytes: Buffer.from([0xff, 0xff, 0xff]) },
    { it: "nothing", bytes: Buffer.alloc(0) },
    { it: "details of another type", bytes: Buffer.from([0x1a, 0x03, 0x0a, 0x01, 0x78]) },
  ];
  for (const { it: what, bytes } of garbage) {
    it(`makes nothing of ${what}`, () => {
      expect(decodeErrorDetails(bytes, undefined)).to.equal(undefined);
    });
  }

  const shortened = [
    { text: "short", maxBytes: 10, result: "short" },
    { text: "exactly ten", maxBytes: 10, result: "exactly..." },
    { text: "éééééé", maxBytes: 8, result: "éé..." },
    { text: "lone \ud800 surrogate", maxBytes: 100, result: "lone \ufffd surrogate" },
  ];
  for (const { text, maxBytes, result } of shortened) {
    it(`shortens ${JSON.stringify(text)} to ${maxBytes} bytes between characters`, () => {
      expect(shorten(text, maxBytes)).to.equal(result);
    });
  }
});
