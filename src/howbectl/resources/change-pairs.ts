import { isDeepStrictEqual } from "node:util";
import type { Command } from "commander";
import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { mergePatch } from "../../api/patch/merge.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags } from "../flags/file-flags.js";
import { addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { objectAt } from "../manifests/json-fields.js";
import { UsageError } from "../usage-error.js";
import { type FindFlags, type FoundObject, forEachFoundObject } from "./found-objects.js";
import { patchObject } from "./object-calls.js";
import type { PairWords } from "./pair-words.js";
import { Reporter } from "./report.js";
import { addSelectionFlags } from "./selection-flags.js";

export interface PairFlags extends FindFlags, WriteFlags {
  readonly overwrite?: boolean;
  readonly list?: boolean;
  readonly resourceVersion?: string;
}

/** What sets labels and annotations apart. */
export interface PairLanguage {
  readonly type: "label" | "annotation";
  readonly field: "labels" | "annotations";
  /** @throws UsageError when something may not be set that way on an object which has `present` */
  check(words: PairWords, present: Readonly<Record<string, string>>, overwrite: boolean): void;
  /** As "labeled". */
  outcome(change: { readonly before: JsonObject; readonly after: JsonObject; readonly overwrite: boolean }): string;
  /** What is said of a key that was to go and is not there; undefined: nothing. */
  absent?(key: string): string;
}

/** Adds the flags that `label` and `annotate` share. */
export function addPairFlags(command: Command, type: "label" | "annotation", fieldManager: string): Command {
  return addSelectionFlags(addWriteFlags(addFileFlags(command), fieldManager))
    .argument(
      "[what...]",
      `TYPE NAME... or TYPE/NAME..., then KEY=VALUE to set a${type === "label" ? "" : "n"} ${type}, KEY- to remove one`,
    )
    .option("--all", "all objects of the types given, in the namespace")
    .option("--overwrite", `let a ${type} that has another value be changed`)
    .option("--list", `print the ${type}s`)
    .option("--resource-version <version>", "change the object only if it has this resourceVersion")
    .option("--local", "change the object as its file has it, and ask no server");
}

/** Sets and removes labels or annotations of objects. */
export async function changePairs(words: PairWords, language: PairLanguage, flags: PairFlags, env: CliEnv): Promise<void> {
  if (words.pairs.length === 0 && flags.list !== true) throw new UsageError(`at least one ${language.type} update is required`);
  if (flags.resourceVersion !== undefined && (flags.all === true || flags.selector !== undefined || words.resources.length > 2)) {
    throw new UsageError("--resource-version may only be used with a single resource");
  }
  const context = { language, flags, env, reporter: new Reporter(flags, env) };
  await forEachFoundObject(words.resources, flags, env, (found) => changeOne(found, words, context));
}

interface Context {
  readonly language: PairLanguage;
  readonly flags: PairFlags;
  readonly env: CliEnv;
  readonly reporter: Reporter;
}

async function changeOne(found: FoundObject, words: PairWords, context: Context): Promise<void> {
  const { language, flags, env, reporter } = context;
  const { kind, key, json: before } = found;
  const overwrite = flags.overwrite === true;
  language.check(words, textsAt(before, language.field), overwrite);
  const patch = patchOf(words, language, flags);
  const local = flags.local === true || flags.dryRun === "client";
  if (!local && language.absent !== undefined && flags.output === undefined) {
    const present = textsAt(before, language.field);
    for (const name of words.remove) if (!Object.hasOwn(present, name)) env.out.line(language.absent(name));
  }
  const wanted = pruned(mergePatch(before, patch), language.field);
  const outcome = language.outcome({ before, after: wanted, overwrite });
  // Nothing to do is nothing to send, unless the object must still be the one that was seen.
  const idle = local || (flags.resourceVersion === undefined && isDeepStrictEqual(wanted, before));
  const after = idle ? wanted : await send(found, patch, flags, env);
  if (flags.list === true) listPairs(textsAt(after, language.field), found, context, words);
  else await reporter.json({ kind, name: key.name, json: after }, outcome);
}

async function send({ kind, key }: FoundObject, patch: JsonObject, flags: PairFlags, env: CliEnv): Promise<JsonObject> {
  const patched = await patchObject({ kind, key }, { type: PatchType.MERGE, patch }, flags, env);
  return objectToJson(patched.kind, patched.object);
}

function patchOf({ set, remove }: PairWords, { field }: PairLanguage, { resourceVersion }: PairFlags): JsonObject {
  const pairs = Object.fromEntries([...set, ...remove.map((name): [string, null] => [name, null])]);
  return { metadata: { [field]: pairs, ...(resourceVersion === undefined ? {} : { resourceVersion }) } };
}

/** An object that has no label has no field for them either. */
function pruned(json: JsonObject, field: string): JsonObject {
  const { [field]: pairs, ...metadata } = objectAt(json, "metadata");
  const isEmpty = pairs === undefined || Object.keys(pairs as JsonObject).length === 0;
  return { ...json, metadata: isEmpty ? metadata : { ...metadata, [field]: pairs } };
}

function textsAt(json: JsonObject, field: string): Record<string, string> {
  const entries = Object.entries(objectAt(objectAt(json, "metadata"), field));
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

function listPairs(pairs: Readonly<Record<string, string>>, found: FoundObject, { language, flags, env }: Context, words: PairWords): void {
  const { kind, key } = found;
  const isSingle = flags.all !== true && flags.selector === undefined && flags.fieldSelector === undefined && words.resources.length <= 2;
  if (!isSingle) env.err.line(`Listing ${language.type}s for ${kind.kind}.${kind.group}/${key.name}:`);
  for (const name of Object.keys(pairs).sort()) env.out.line(`${isSingle ? "" : " "}${name}=${pairs[name] ?? ""}`);
}
