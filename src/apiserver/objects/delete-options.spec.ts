import { expect } from "chai";
import { isInvalid } from "../../api/errors.js";
import { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import { checkedDeleteOptions, propagationPolicyOf } from "./delete-options.js";

describe("checkedDeleteOptions", () => {
  const options = (partial: object): DeleteOptions => DeleteOptions.fromPartial(partial);

  const refused: readonly { it: string; partial: object; message: string }[] = [
    {
      it: "two answers to one question",
      partial: { orphanDependents: true, propagationPolicy: "Foreground" },
      message:
        'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Foreground": orphanDependents and deletionPropagation cannot be both set',
    },
    {
      it: "an unknown policy",
      partial: { propagationPolicy: "Sideways" },
      message:
        'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"',
    },
    {
      it: "an unknown dry run",
      partial: { dryRun: ["All", "Some"] },
      message: 'DeleteOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["All","Some"]: supported values: "All"',
    },
  ];
  for (const { it: what, partial, message } of refused) {
    it(`refuses ${what}`, () => {
      expect(() => checkedDeleteOptions(options(partial)))
        .to.throw(message)
        .and.to.satisfy(isInvalid);
    });
  }

  it("takes what says nothing", () => {
    expect(propagationPolicyOf(checkedDeleteOptions(undefined))).to.equal(undefined);
    expect(propagationPolicyOf(checkedDeleteOptions(options({ propagationPolicy: "" })))).to.equal(undefined);
  });

  it("reads the older way of asking for orphans", () => {
    expect(propagationPolicyOf(options({ orphanDependents: true }))).to.equal("Orphan");
    expect(propagationPolicyOf(options({ orphanDependents: false }))).to.equal("Background");
  });
});
