import { expect } from "chai";
import { lines } from "../../../test/builders/from-manifest.js";
import { LabelSelector } from "../../gen/howbernetes/meta/v1/values.js";
import { validateAnnotations, validateLabelSelector, validateLabels } from "./labels.js";

describe("validateLabels", () => {
  it("accepts well-formed keys and values", () => {
    expect(validateLabels({ app: "web", "example.com/tier": "", "a.b/c_d": "x.y" }, "metadata.labels")).to.deep.equal([]);
  });

  it("names every bad key and value", () => {
    const errors = lines(validateLabels({ "bad key": "web", app: "bad value" }, "metadata.labels"));
    expect(errors).to.have.length(2);
    expect(errors[0]).to.match(/^metadata\.labels: Invalid value: "bad key": name part must consist of/);
    expect(errors[1]).to.match(/^metadata\.labels: Invalid value: "bad value": a valid label must be an empty string/);
  });
});

describe("validateAnnotations", () => {
  it("accepts any value, and capitals in the prefix", () => {
    expect(validateAnnotations({ "Example.com/note": "any thing\n☃" }, "metadata.annotations")).to.deep.equal([]);
  });

  it("accepts 256 KiB in all and refuses a byte more", () => {
    const value = "☃".repeat((256 * 1024 - 1) / 3);
    expect(validateAnnotations({ a: value }, "metadata.annotations")).to.deep.equal([]);
    expect(lines(validateAnnotations({ aa: value }, "metadata.annotations"))).to.deep.equal([
      "metadata.annotations: Too long: may not be more than 262144 bytes",
    ]);
  });
});

describe("validateLabelSelector", () => {
  const cases = [
    { it: "accepts In with values", expression: { key: "app", operator: "In", values: ["a"] }, errors: [] },
    { it: "accepts Exists without values", expression: { key: "app", operator: "Exists", values: [] }, errors: [] },
    {
      it: "refuses In without values",
      expression: { key: "app", operator: "In", values: [] },
      errors: ["spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"],
    },
    {
      it: "refuses DoesNotExist with values",
      expression: { key: "app", operator: "DoesNotExist", values: ["a"] },
      errors: ["spec.selector.matchExpressions[0].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'"],
    },
    {
      it: "refuses an operator that there is not",
      expression: { key: "app", operator: "Like", values: [] },
      errors: ['spec.selector.matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator'],
    },
  ];
  for (const { it: does, expression, errors } of cases) {
    it(does, () => {
      const selector = LabelSelector.fromPartial({ matchExpressions: [expression] });
      expect(lines(validateLabelSelector(selector, "spec.selector"))).to.deep.equal(errors);
    });
  }

  it("checks keys and values of both forms", () => {
    const selector = LabelSelector.fromPartial({
      matchLabels: { "-a": "b" },
      matchExpressions: [{ key: "a b", operator: "In", values: ["c d"] }],
    });
    expect(validateLabelSelector(selector, "s").map(({ path }) => path)).to.deep.equal([
      "s.matchLabels",
      "s.matchExpressions[0].key",
      "s.matchExpressions[0].values[0]",
    ]);
  });
});
