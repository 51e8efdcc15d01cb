import { expect } from "chai";
import { pod, priorityClass } from "../../../test/builders/index.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { resolvePriority } from "./resolve-priority.js";

describe("resolvePriority", () => {
  const high = priorityClass({ name: "high", value: 100, preemptionPolicy: "Never" });
  const usual = priorityClass({ name: "usual", value: 10, globalDefault: true });
  const alsoUsual = priorityClass({ name: "also-usual", value: 5, globalDefault: true });

  const resolved: readonly (readonly [what: string, spec: Partial<PodSpec>, classes: (typeof high)[], outcome: readonly unknown[]])[] = [
    ["is 0 without a class", {}, [high], ["", 0, "PreemptLowerPriority"]],
    ["is its class's", { priorityClassName: "high" }, [high, usual], ["high", 100, "Never"]],
    ["is the default class's", {}, [high, usual], ["usual", 10, "PreemptLowerPriority"]],
    ["is the lowest default's of several", {}, [usual, alsoUsual], ["also-usual", 5, "PreemptLowerPriority"]],
    [
      "is the system's own, stored or not",
      { priorityClassName: "system-node-critical" },
      [],
      ["system-node-critical", 2_000_001_000, "PreemptLowerPriority"],
    ],
    ["may be said if it is right", { priorityClassName: "high", priority: 100, preemptionPolicy: "Never" }, [high], ["high", 100, "Never"]],
  ];
  for (const [what, spec, classes, outcome] of resolved) {
    it(what, () => {
      const result = resolvePriority(pod({ spec }).spec, classes);
      expect(result.outcome === "resolved" ? [result.className, result.priority, result.preemptionPolicy] : result).to.deep.equal(outcome);
    });
  }

  const refused: readonly (readonly [what: string, spec: Partial<PodSpec>, outcome: string, refusal: string])[] = [
    ["a class that is not there", { priorityClassName: "none" }, "unknown", "no PriorityClass with name none was found"],
    [
      "another priority",
      { priorityClassName: "high", priority: 7 },
      "contradicted",
      "the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 100 from the given PriorityClass name",
    ],
    [
      "another policy",
      { preemptionPolicy: "Never" },
      "contradicted",
      "the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name",
    ],
  ];
  for (const [what, spec, outcome, refusal] of refused) {
    it(`refuses ${what}`, () => expect(resolvePriority(pod({ spec }).spec, [high])).to.deep.equal({ outcome, refusal }));
  }
});
