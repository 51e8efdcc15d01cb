import { Command } from "commander";
import type { CliEnv } from "../../cli-env.js";
import { createGenerated, nameAndCommand, unstored } from "../../resources/create-generated.js";

export const createServiceAccountCommand = (env: CliEnv): Command =>
  new Command("serviceaccount")
    .alias("sa")
    .description("Create a service account")
    .argument("[name...]", "name of the service account")
    .action(async (words: string[], _flags: object, command: Command) => {
      const { name } = nameAndCommand(words, command);
      await createGenerated({ apiVersion: "v1", kind: "ServiceAccount", metadata: { ...unstored, name } }, command, env);
    });
