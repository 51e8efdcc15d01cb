import { expect } from "chai";
import { lines } from "../../../test/builders/from-manifest.js";
import { Condition } from "../../gen/howbernetes/meta/v1/meta.js";
import { validateConditions } from "./conditions.js";

const healthy = { type: "Ready", status: "True", reason: "Enough", lastTransitionTime: { seconds: 1 } };
const errorsOf = (...changes: readonly object[]): string[] =>
  lines(
    validateConditions(
      changes.map((change) => Condition.fromPartial({ ...healthy, ...change })),
      "status.conditions",
    ),
  );

describe("validateConditions", () => {
  const at = "status.conditions[0]";
  const cases: readonly (readonly [change: object, errors: readonly string[]])[] = [
    [{}, []],
    [{ type: "example.com/Ready", status: "Unknown", reason: "A,b:c_", observedGeneration: 0, message: "m" }, []],
    [{ status: "Yes" }, [`${at}.status: Unsupported value: "Yes": supported values: "False", "True", "Unknown"`]],
    [{ observedGeneration: -1 }, [`${at}.observedGeneration: Invalid value: -1: must be greater than or equal to zero`]],
    [{ lastTransitionTime: undefined }, [`${at}.lastTransitionTime: Required value: must be set`]],
    [{ lastTransitionTime: { seconds: 0 } }, [`${at}.lastTransitionTime: Required value: must be set`]],
    [{ reason: "" }, [`${at}.reason: Required value: must be set`]],
    [{ reason: "a".repeat(1025) }, [`${at}.reason: Too long: may not be more than 1024 bytes`]],
    [{ message: "a".repeat(32 * 1024 + 1) }, [`${at}.message: Too long: may not be more than 32768 bytes`]],
  ];
  for (const [change, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${JSON.stringify(change).slice(0, 80)}`, () => {
      expect(errorsOf(change)).to.deep.equal(errors);
    });
  }

  it("refuses a type or reason that is not well-formed", () => {
    expect(errorsOf({ type: "a b", reason: "not so" }).map((line) => line.slice(0, line.indexOf(":")))).to.deep.equal([
      `${at}.type`,
      `${at}.reason`,
    ]);
  });

  it("refuses a second condition of a type", () => {
    expect(errorsOf({}, { status: "False" })).to.deep.equal(['status.conditions[1].type: Duplicate value: "Ready"']);
  });
});
