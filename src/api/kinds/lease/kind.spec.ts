import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { leaseKind } from "./kind.js";

describe("Lease", () => {
  const cases: readonly (readonly [spec: string, errors: readonly string[]])[] = [
    ["{}", []],
    ['{ holderIdentity: "", leaseDurationSeconds: 1, leaseTransitions: 0 }', []],
    ["{ leaseDurationSeconds: 0 }", ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"]],
    ["{ leaseTransitions: -1 }", ["spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"]],
    [
      "{ strategy: OldestEmulationVersion, preferredHolder: a }",
      ["spec.strategy: Forbidden: not honoured by howbernetes yet", "spec.preferredHolder: Forbidden: not honoured by howbernetes yet"],
    ],
  ];
  for (const [spec, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${spec}`, () => {
      expect(lines(leaseKind.validate(admitted(leaseKind, `spec: ${spec}`)))).to.deep.equal(errors);
    });
  }

  it("shows who holds it", () => {
    const lease = admitted(leaseKind, "{ metadata: { name: scheduler }, spec: { holderIdentity: a-1 } }");
    expect(leaseKind.columns.map(({ name, cell }) => `${name}=${cell(lease, 0)}`)).to.deep.equal([
      "NAME=scheduler",
      "HOLDER=a-1",
      "AGE=<unknown>",
    ]);
  });
});
