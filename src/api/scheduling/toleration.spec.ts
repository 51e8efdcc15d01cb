import { expect } from "chai";
import type { Taint, Toleration } from "../../gen/howbernetes/core/v1/scheduling.js";
import { repellingEffects, tolerates, untoleratedTaint } from "./toleration.js";

describe("tolerates", () => {
  const taint: Taint = { key: "gpu", value: "true", effect: "NoSchedule", timeAdded: undefined };
  const cases: { it: string; toleration: Toleration; covers: boolean }[] = [
    { it: "covers an equal key, value and effect", toleration: { key: "gpu", value: "true", effect: "NoSchedule" }, covers: true },
    { it: "takes Equal for the operator when there is none", toleration: { key: "gpu", value: "false" }, covers: false },
    { it: "covers every effect without one", toleration: { key: "gpu", operator: "Equal", value: "true" }, covers: true },
    { it: "does not cover another effect", toleration: { key: "gpu", value: "true", effect: "NoExecute" }, covers: false },
    { it: "ignores the value with Exists", toleration: { key: "gpu", operator: "Exists" }, covers: true },
    { it: "covers everything with Exists and no key", toleration: { operator: "Exists" }, covers: true },
    { it: "covers nothing with neither key nor operator", toleration: {}, covers: false },
    { it: "does not cover another key", toleration: { key: "disk", operator: "Exists" }, covers: false },
    { it: "covers nothing by an unknown operator", toleration: { key: "gpu", operator: "Like", value: "true" }, covers: false },
  ];
  for (const { it: does, toleration, covers } of cases) {
    it(does, () => expect(tolerates(toleration, taint)).to.equal(covers));
  }
});

describe("untoleratedTaint", () => {
  const soft: Taint = { key: "soft", effect: "PreferNoSchedule", timeAdded: undefined };
  const hard: Taint = { key: "hard", effect: "NoExecute", timeAdded: undefined };

  it("finds the first one that repels and is not tolerated", () => {
    expect(untoleratedTaint([soft, hard], [], repellingEffects)).to.equal(hard);
  });

  it("finds none when all that repel are tolerated", () => {
    expect(untoleratedTaint([soft, hard], [{ key: "hard", operator: "Exists" }], repellingEffects)).to.equal(undefined);
  });
});
