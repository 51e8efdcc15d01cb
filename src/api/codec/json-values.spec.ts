import { expect } from "chai";
import { messageFromJson, messageToJson } from "./json.js";

const budget = "howbernetes.policy.v1.PodDisruptionBudget";
const secret = "howbernetes.core.v1.Secret";

describe("the zero time", () => {
  const zero = { seconds: 0, nanos: 0 };

  it("is left out where it may be", () => {
    expect(messageToJson(budget, { metadata: { creationTimestamp: zero } })).to.not.have.nested.property("metadata.creationTimestamp");
  });

  it("is null where it must be said, and in maps", () => {
    const json = messageToJson(budget, { status: { conditions: [{ lastTransitionTime: zero }], disruptedPods: { web: zero } } });
    expect(json).to.have.nested.property("status.conditions[0].lastTransitionTime", null);
    expect(json).to.have.nested.property("status.disruptedPods.web", null);
  });
});

describe("bytes", () => {
  for (const written of ["hunter2", "aGk", 5, { a: 1 }]) {
    it(`that are not base64, as ${JSON.stringify(written)}, are refused without being shown`, () => {
      const { errors } = messageFromJson(secret, { data: { password: written } });
      expect(errors).to.deep.equal([
        { path: "data[password]", reason: "FieldValueTypeInvalid", message: "Invalid value: must be base64 text" },
      ]);
    });
  }
});
