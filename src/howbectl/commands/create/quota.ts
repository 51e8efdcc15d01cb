import { Command } from "commander";
import type { JsonObject } from "../../../api/codec/json-values.js";
import type { CliEnv } from "../../cli-env.js";
import { addExamples } from "../../flags/examples.js";
import { parseQuantities } from "../../flags/parse-quantities.js";
import { createGenerated, nameAndCommand, unstored } from "../../resources/create-generated.js";

interface QuotaFlags {
  readonly hard?: string;
  readonly scopes?: string;
}

export const createQuotaCommand = (env: CliEnv): Command =>
  addExamples(
    new Command("quota")
      .alias("resourcequota")
      .description("Create a quota")
      .argument("[name...]", "name of the quota")
      .option("--hard <limits>", "limits as RESOURCE=QUANTITY, comma-separated, as cpu=1,pods=10")
      .option("--scopes <scopes>", "scopes that the objects counted must be in, comma-separated")
      .action(async (words: string[], flags: QuotaFlags, self: Command) => {
        const { name } = nameAndCommand(words, self);
        await createGenerated(quotaManifest(name, flags), self, env);
      }),
    ["Bound what a namespace may have", "create quota small --hard=cpu=1,memory=1G,pods=10"],
    ["Bound pods that ask for no resources", "create quota loose --hard=pods=5 --scopes=BestEffort"],
  );

function quotaManifest(name: string, { hard, scopes }: QuotaFlags): JsonObject {
  const spec = {
    ...(hard ? { hard: parseQuantities(hard) } : {}),
    ...(scopes ? { scopes: scopes.split(",").map((scope) => scope.trim()) } : {}),
  };
  return { apiVersion: "v1", kind: "ResourceQuota", metadata: { ...unstored, name }, spec, status: {} };
}
