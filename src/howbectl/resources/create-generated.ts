import type { Command } from "commander";
import type { JsonObject } from "../../api/codec/json-values.js";
import { kindOf } from "../../api/kinds/index.js";
import type { CliEnv } from "../cli-env.js";
import { objectAt, stringAt } from "../manifests/json-fields.js";
import { UsageError } from "../usage-error.js";
import { type CreateFlags, createAndReport } from "./create-and-report.js";

/** What kubectl's objects have that nobody has stored: printing it, too, makes the two tools' output equal. */
export const unstored = { creationTimestamp: null } as const;

/**
 * Takes the one name from a command's words; what follows `--` is the command that the object is to run.
 *
 * @throws UsageError when there is not one name
 */
export function nameAndCommand(words: readonly string[], command: Command): { readonly name: string; readonly command: readonly string[] } {
  const { before: names } = wordsAfterDashes(words, command);
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) {
    throw new UsageError(`exactly one NAME is required, got ${names.length}`, `See '${pathOf(command)} --help' for usage.`);
  }
  return { name, command: words.slice(names.length) };
}

/** A command's words, apart from those that stand after `--`: commander gives them as one list. */
export function wordsAfterDashes(
  words: readonly string[],
  command: Command,
): { readonly before: readonly string[]; readonly after: readonly string[] } {
  const given = rootOf(command).rawArgs;
  const dashes = given.indexOf("--");
  const count = dashes < 0 ? words.length : words.length - (given.length - dashes - 1);
  return { before: words.slice(0, count), after: words.slice(count) };
}

type Parsed = Command & { readonly rawArgs: readonly string[] };

function rootOf(command: Command): Parsed {
  return command.parent === null ? (command as Parsed) : rootOf(command.parent);
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** Creates an object that was made of a command's flags; where it goes is written in it only if `-n` says so. */
export async function createGenerated(json: JsonObject, command: Command, env: CliEnv): Promise<void> {
  const kind = kindOf(stringAt(json, "apiVersion"), stringAt(json, "kind") ?? "");
  if (kind === undefined) throw new UsageError(`the server doesn't have a resource type "${stringAt(json, "kind") ?? ""}"`);
  const asked = kind.namespaced ? env.flags.namespace : undefined;
  const placed = asked === undefined ? json : { ...json, metadata: { ...objectAt(json, "metadata"), namespace: asked } };
  const namespace = kind.namespaced ? await env.namespace() : "";
  await createAndReport({ kind, namespace, json: placed }, command.optsWithGlobals<CreateFlags>(), env);
}
