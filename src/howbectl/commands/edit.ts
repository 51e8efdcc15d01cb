import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags } from "../flags/file-flags.js";
import { addSubresourceFlag } from "../flags/subresource-flag.js";
import { addValidateFlag, type WriteFlags } from "../flags/write-flags.js";
import { type EditFormat, EditSession } from "../resources/edit-session.js";
import { type FindFlags, type FoundObject, forEachFoundObject } from "../resources/found-objects.js";
import { UsageError } from "../usage-error.js";

interface EditFlags extends FindFlags, Pick<WriteFlags, "validate"> {
  readonly output: EditFormat;
  readonly saveConfig?: boolean;
  readonly fieldManager: string;
}

export const editCommand = (env: CliEnv): Command =>
  addSubresourceFlag(addValidateFlag(addFileFlags(new Command("edit"))))
    .argument("[what...]", "TYPE NAME... or TYPE/NAME...")
    .option("-o, --output <format>", "edit as yaml or json", parseFormat, "yaml")
    .option("--save-config", "record the edited object on it, so that a later apply knows what it had")
    .option("--field-manager <name>", "name under which the fields that are set are owned", "howbectl-edit")
    .action((words: string[], flags: EditFlags) => edit(words, flags, env));

function parseFormat(text: string): EditFormat {
  if (text === "yaml" || text === "json") return text;
  throw new UsageError(`The flag 'output' must be one of yaml|json, not "${text}"`);
}

/** Opens objects in the user's editor and sends what was changed of each. */
export async function edit(words: readonly string[], flags: EditFlags, env: CliEnv): Promise<void> {
  const found: FoundObject[] = [];
  await forEachFoundObject(words, flags, env, async (object) => void found.push(object));
  if (found.length === 0) throw new UsageError("edit cancelled, no objects found");
  await new EditSession(found, flags, env).run();
}
