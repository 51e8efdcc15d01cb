import { isDeepStrictEqual } from "node:util";
import { Command } from "commander";
import { objectToJson } from "../../api/codec/json.js";
import type { Json } from "../../api/codec/json-values.js";
import { parseYaml, YamlError } from "../../api/codec/yaml.js";
import { applyPatch } from "../../api/patch/patch.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags } from "../flags/file-flags.js";
import { addSubresourceFlag } from "../flags/subresource-flag.js";
import { addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { type FindFlags, type FoundObject, forEachFoundObject } from "../resources/found-objects.js";
import { patchObject } from "../resources/object-calls.js";
import { Reporter } from "../resources/report.js";
import { UsageError } from "../usage-error.js";

type Language = "json" | "merge" | "strategic";

interface PatchFlags extends FindFlags, WriteFlags {
  readonly patch?: string;
  readonly patchFile?: string;
  readonly type: Language;
}

const patchTypes = { json: PatchType.JSON, merge: PatchType.MERGE, strategic: PatchType.STRATEGIC_MERGE } as const;

export const patchCommand = (env: CliEnv): Command =>
  addSubresourceFlag(addWriteFlags(addFileFlags(new Command("patch")), "howbectl-patch"))
    .argument("[what...]", "TYPE NAME... or TYPE/NAME...")
    .option("-p, --patch <text>", "the patch, as JSON or YAML")
    .option("--patch-file <path>", "file with the patch, as JSON or YAML")
    .option(
      "--type <language>",
      "json (a list of operations), merge (null deletes, lists are replaced), or strategic (lists are merged by their keys)",
      parseLanguage,
      "strategic",
    )
    .option("--local", "patch the object as its file has it, and ask no server")
    .action((words: string[], flags: PatchFlags) => patch(words, flags, env));

/** Changes fields of objects, each by the same patch. */
export async function patch(words: readonly string[], flags: PatchFlags, env: CliEnv): Promise<void> {
  const body = await readPatch(flags, env);
  const reporter = new Reporter(flags, env);
  const count = await forEachFoundObject(words, flags, env, (found) => patchOne(found, body, flags, { env, reporter }));
  if (count === 0) throw new UsageError("no objects passed to patch");
}

interface Surroundings {
  readonly env: CliEnv;
  readonly reporter: Reporter;
}

async function patchOne(found: FoundObject, body: Json, flags: PatchFlags, to: Surroundings): Promise<void> {
  const { env, reporter } = to;
  const { kind, key, json } = found;
  if (flags.local === true || flags.dryRun === "client") {
    const patched = applyPatch(kind, json, flags.type, body);
    await reporter.json({ kind, name: key.name, json: patched }, outcome(!isDeepStrictEqual(patched, json)));
    return;
  }
  const place = { kind, key, subresource: flags.subresource };
  const patched = await patchObject(place, { type: patchTypes[flags.type], patch: body }, flags, env);
  const done = outcome(!isDeepStrictEqual(objectToJson(patched.kind, patched.object), json));
  // Of a subresource it is still the object that was patched.
  if (flags.output === undefined || flags.output === "name") await reporter.json({ kind, name: key.name, json: {} }, done);
  else await reporter.object(patched, done);
}

const outcome = (changed: boolean): string => (changed ? "patched" : "patched (no change)");

async function readPatch({ patch: text, patchFile, type }: PatchFlags, env: CliEnv): Promise<Json> {
  if (text !== undefined && patchFile !== undefined) throw new UsageError("cannot specify --patch and --patch-file together");
  if (!text && !patchFile) throw new UsageError("must specify --patch or --patch-file containing the contents of the patch");
  const source = text || (await env.files.read(patchFile ?? ""));
  const body = parsePatch(source);
  const isList = Array.isArray(body);
  if (type === "json" && !isList) throw new UsageError(`unable to parse "${source}": a JSON patch is a list of operations`);
  if (type !== "json" && (isList || typeof body !== "object" || body === null)) {
    throw new UsageError(`unable to parse "${source}": a ${type} patch is an object`);
  }
  return body;
}

function parsePatch(source: string): Json {
  try {
    return parseYaml(source) ?? null;
  } catch (error: unknown) {
    if (error instanceof YamlError) throw new UsageError(`unable to parse "${source}": yaml: line ${error.line}: ${error.message}`);
    throw error;
  }
}

function parseLanguage(text: string): Language {
  if (text === "json" || text === "merge" || text === "strategic") return text;
  throw new UsageError(`--type must be one of [json merge strategic], not "${text}"`);
}
