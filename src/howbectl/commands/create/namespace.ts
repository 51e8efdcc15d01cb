import { Command } from "commander";
import type { CliEnv } from "../../cli-env.js";
import { createGenerated, nameAndCommand, unstored } from "../../resources/create-generated.js";

export const createNamespaceCommand = (env: CliEnv): Command =>
  new Command("namespace")
    .alias("ns")
    .description("Create a namespace")
    .argument("[name...]", "name of the namespace")
    .action(async (words: string[], _flags: object, command: Command) => {
      const { name } = nameAndCommand(words, command);
      await createGenerated({ apiVersion: "v1", kind: "Namespace", metadata: { ...unstored, name }, spec: {}, status: {} }, command, env);
    });
