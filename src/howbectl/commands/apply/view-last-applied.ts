import { Command } from "commander";
import type { CliEnv } from "../../cli-env.js";
import { addFileFlags } from "../../flags/file-flags.js";
import { lastApplied, lastAppliedText } from "../../manifests/last-applied.js";
import { formatJson } from "../../printers/object-format.js";
import { type FindFlags, type FoundObject, forEachFoundObject } from "../../resources/found-objects.js";
import { addSelectionFlags } from "../../resources/selection-flags.js";
import { UsageError } from "../../usage-error.js";

interface ViewFlags extends FindFlags {
  readonly output: "yaml" | "json";
}

export const viewLastAppliedCommand = (env: CliEnv): Command =>
  addSelectionFlags(addFileFlags(new Command("view-last-applied")))
    .description("Print what the last apply recorded on an object")
    .argument("[what...]", "TYPE NAME... or TYPE/NAME...")
    .option("--all", "all objects of the types given, in the namespace")
    .option("-o, --output <format>", "yaml or json", parseOutput, "yaml")
    .action(async (words: string[], own: ViewFlags) => {
      await forEachFoundObject(words, own, env, async (found) => view(found, own, env));
    });

function parseOutput(text: string): "yaml" | "json" {
  if (text === "yaml" || text === "json") return text;
  throw new UsageError(`Unexpected -o output mode: ${text}, the flag 'output' must be one of yaml|json`);
}

function view({ key, json }: FoundObject, { output }: ViewFlags, env: CliEnv): void {
  const record = lastApplied(json);
  if (lastAppliedText(json) === undefined) throw new UsageError(`no last-applied-configuration annotation found on resource: ${key.name}`);
  if (record === undefined) throw new UsageError(`the last-applied-configuration annotation of ${key.name} cannot be read`);
  env.out.line(formatJson(output, record, true));
}
