import { expect } from "chai";
import { admitted, lines } from "../../../../test/builders/from-manifest.js";
import { podDisruptionBudget } from "../../../../test/builders/index.js";
import { podDisruptionBudgetKind } from "./kind.js";

const percent =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

describe("validatePodDisruptionBudget", () => {
  const cases: readonly (readonly [spec: string, errors: readonly string[]])[] = [
    ["", []],
    ["minAvailable: 0, selector: { matchLabels: { app: web } }", []],
    ["minAvailable: 100%", []],
    ["maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow", []],
    ["selector: {}", []],
    ["minAvailable: -1", ["spec.minAvailable: Invalid value: -1: must be greater than or equal to 0"]],
    ["minAvailable: 101%", ['spec.minAvailable: Invalid value: "101%": must not be greater than 100%']],
    ["maxUnavailable: some", [`spec.maxUnavailable: Invalid value: "some": ${percent}`]],
    ["maxUnavailable: 200%", ['spec.maxUnavailable: Invalid value: "200%": must not be greater than 100%']],
    [
      "unhealthyPodEvictionPolicy: Never",
      ['spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"'],
    ],
    [
      "selector: { matchExpressions: [{ key: app, operator: In }] }",
      ["spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'"],
    ],
  ];
  for (const [spec, errors] of cases) {
    it(`${errors.length === 0 ? "accepts" : "refuses"} ${spec || "no bounds"}`, () => {
      const { validate } = podDisruptionBudgetKind;
      expect(lines(validate(admitted(podDisruptionBudgetKind, `spec: { ${spec} }`)))).to.deep.equal(errors);
    });
  }

  it("refuses both bounds at once", () => {
    const both = podDisruptionBudget({ minAvailable: 1, maxUnavailable: "25%" });
    expect(lines(podDisruptionBudgetKind.validate(both))).to.deep.equal([
      'spec: Invalid value: {"minAvailable":1,"maxUnavailable":"25%"}: minAvailable and maxUnavailable cannot be both set',
    ]);
  });
});

describe("a PodDisruptionBudget's changes", () => {
  it("start at generation 1, with nothing allowed", () => {
    const draft = podDisruptionBudget({ generation: 7, status: { disruptionsAllowed: 3 } });
    podDisruptionBudgetKind.prepareForCreate(draft);
    expect([draft.metadata.generation, draft.status.disruptionsAllowed]).to.deep.equal([1, undefined]);
  });

  it("of the spec raise the generation and leave the status alone", () => {
    const previous = podDisruptionBudget({ minAvailable: 1, generation: 3, status: { disruptionsAllowed: 2 } });
    const next = podDisruptionBudget({ maxUnavailable: 1, matchLabels: { app: "api" }, status: { disruptionsAllowed: 9 } });
    expect(podDisruptionBudgetKind.validateUpdate(next, previous)).to.deep.equal([]);
    podDisruptionBudgetKind.prepareForUpdate(next, previous);
    expect([next.metadata.generation, next.status.disruptionsAllowed]).to.deep.equal([4, 2]);
  });

  it("of the status must make sense", () => {
    const next = podDisruptionBudget({ status: { disruptionsAllowed: -1, currentHealthy: 2, conditions: [] } });
    expect(lines(podDisruptionBudgetKind.validateStatusUpdate?.(next, podDisruptionBudget()) ?? [])).to.deep.equal([
      "status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0",
    ]);
  });
});

describe("columns of poddisruptionbudgets", () => {
  const cases = [
    { given: { minAvailable: 0 }, cells: ["0", "N/A"] },
    { given: { maxUnavailable: "25%" }, cells: ["N/A", "25%"] },
  ];
  for (const { given, cells } of cases) {
    it(`show ${cells.join(" and ")} of ${JSON.stringify(given)}`, () => {
      const web = podDisruptionBudget({ ...given, status: { disruptionsAllowed: 1 }, createdMs: 1_000 });
      expect(podDisruptionBudgetKind.columns.map(({ name, cell }) => `${name}=${cell(web, 61_000)}`)).to.deep.equal([
        "NAME=web",
        `MIN AVAILABLE=${cells[0]}`,
        `MAX UNAVAILABLE=${cells[1]}`,
        "ALLOWED DISRUPTIONS=1",
        "AGE=60s",
      ]);
    });
  }
});
