import { Command } from "commander";
import type { CliEnv } from "../../cli-env.js";
import { parseInteger } from "../../flags/parse-flag.js";
import { createGenerated, nameAndCommand, unstored } from "../../resources/create-generated.js";

interface PriorityClassFlags {
  readonly value: number;
  readonly description?: string;
  readonly globalDefault?: boolean;
  readonly preemptionPolicy: string;
}

export const createPriorityClassCommand = (env: CliEnv): Command =>
  new Command("priorityclass")
    .alias("pc")
    .description("Create a priority class")
    .argument("[name...]", "name of the priority class")
    .option("--value <number>", "priority of the pods that name the class", parseInteger, 0)
    .option("--description <text>", "when the class is to be used")
    .option("--global-default", "pods that name no class are of this one")
    .option("--preemption-policy <policy>", "PreemptLowerPriority or Never", "PreemptLowerPriority")
    .action(async (words: string[], flags: PriorityClassFlags, self: Command) => {
      const { name } = nameAndCommand(words, self);
      const { value, description, globalDefault, preemptionPolicy } = flags;
      const json = {
        apiVersion: "scheduling.k8s.io/v1",
        kind: "PriorityClass",
        metadata: { ...unstored, name },
        value,
        ...(description ? { description } : {}),
        ...(globalDefault === true ? { globalDefault } : {}),
        preemptionPolicy,
      };
      await createGenerated(json, self, env);
    });
