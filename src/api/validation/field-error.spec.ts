import { expect } from "chai";
import { duplicate, forbiddenField, invalidValue, required, tooLong, unsupported } from "./field-error.js";

describe("field errors", () => {
  const cases = [
    { error: required("a"), reason: "FieldValueRequired", message: "Required value" },
    { error: required("a", "why"), reason: "FieldValueRequired", message: "Required value: why" },
    { error: invalidValue("a", -1, "must be more"), reason: "FieldValueInvalid", message: "Invalid value: -1: must be more" },
    { error: invalidValue("a", 'x"y', "no"), reason: "FieldValueInvalid", message: 'Invalid value: "x\\"y": no' },
    { error: invalidValue("a", "", "no"), reason: "FieldValueInvalid", message: 'Invalid value: "": no' },
    { error: invalidValue("a", { app: "x" }, "no"), reason: "FieldValueInvalid", message: 'Invalid value: {"app":"x"}: no' },
    {
      error: invalidValue("a", { matchLabels: { app: "x" }, matchExpressions: [], more: undefined }, "no"),
      reason: "FieldValueInvalid",
      message: 'Invalid value: {"matchLabels":{"app":"x"}}: no',
    },
    { error: invalidValue("a", {}, "no"), reason: "FieldValueInvalid", message: "Invalid value: {}: no" },
    { error: invalidValue("a", undefined, "no"), reason: "FieldValueInvalid", message: "Invalid value: null: no" },
    {
      error: unsupported("a", "x", ["A", "B"]),
      reason: "FieldValueNotSupported",
      message: 'Unsupported value: "x": supported values: "A", "B"',
    },
    { error: duplicate("a", "x"), reason: "FieldValueDuplicate", message: 'Duplicate value: "x"' },
    { error: forbiddenField("a", "why"), reason: "FieldValueForbidden", message: "Forbidden: why" },
    { error: tooLong("a", 253), reason: "FieldValueTooLong", message: "Too long: may not be more than 253 bytes" },
  ];
  for (const { error, reason, message } of cases) {
    it(message, () => {
      expect(error).to.deep.equal({ path: "a", reason, message });
    });
  }
});
