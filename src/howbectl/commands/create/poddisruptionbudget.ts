import { Command } from "commander";
import type { JsonObject } from "../../../api/codec/json-values.js";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { createGenerated, nameAndCommand, unstored } from "../../resources/create-generated.js";
import { UsageError } from "../../usage-error.js";

interface BudgetFlags {
  readonly selector?: string;
  readonly minAvailable?: string;
  readonly maxUnavailable?: string;
}

export const createPodDisruptionBudgetCommand = (env: CliEnv): Command =>
  addExamples(
    new Command("poddisruptionbudget")
      .alias("pdb")
      .description("Create a pod disruption budget")
      .argument("[name...]", "name of the budget")
      .option("--selector <query>", "labels of the pods, as app=web,tier=db")
      .option("--min-available <count>", "pods, or percent of them, that must remain")
      .option("--max-unavailable <count>", "pods, or percent of them, that may be missing")
      .action(async (words: string[], flags: BudgetFlags, self: Command) => {
        const { name } = nameAndCommand(words, self);
        await createGenerated(budgetManifest(name, flags), self, env);
      }),
    ["Let one pod at least remain", "create pdb web --selector=app=web --min-available=1"],
    ["Let no more than half be missing", "create pdb web --selector=app=web --max-unavailable=50%"],
  );

function budgetManifest(name: string, { selector, minAvailable, maxUnavailable }: BudgetFlags): JsonObject {
  if (!selector) throw new UsageError("a selector must be specified");
  if (!minAvailable && !maxUnavailable) throw new UsageError("one of min-available or max-unavailable must be specified");
  if (minAvailable && maxUnavailable) throw new UsageError("min-available and max-unavailable cannot be both specified");
  const spec = {
    ...(minAvailable ? { minAvailable: countOrPercent(minAvailable, "min-available") } : {}),
    ...(maxUnavailable ? { maxUnavailable: countOrPercent(maxUnavailable, "max-unavailable") } : {}),
    selector: { matchLabels: parseLabels(selector) },
  };
  const status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
  return { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { ...unstored, name }, spec, status };
}

function countOrPercent(text: string, flag: string): number | string {
  if (!/^[0-9]+%?$/.test(text)) throw new UsageError(`invalid format specified for ${flag}`);
  return text.endsWith("%") ? text : Number(text);
}

function parseLabels(selector: string): JsonObject {
  const pairs = selector.split(",").map((requirement) => /^\s*([^=!\s]+)\s*==?\s*([^=!\s]*)\s*$/.exec(requirement));
  if (pairs.includes(null)) throw new UsageError(`only equality-based selectors are supported, not "${selector}"`);
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
}
