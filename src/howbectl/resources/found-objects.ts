import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import type { Kind } from "../../api/kinds/kind.js";
import { keyOf, type ObjectKey } from "../../api/object.js";
import type { CliEnv } from "../cli-env.js";
import { Failures } from "../failures.js";
import type { FileFlags } from "../flags/file-flags.js";
import { nameOf, namespaceOf } from "../manifests/for-each-manifest.js";
import { parseManifests } from "../manifests/manifest.js";
import { readManifestFiles } from "../manifests/manifest-files.js";
import { UsageError } from "../usage-error.js";
import { readObject } from "./object-calls.js";
import { parseResourceArguments, whatHint } from "./resource-arguments.js";
import { keyFor, type SelectionFlags, selectionOf } from "./selection-flags.js";

/** Flags by which a command is told of which objects it is to change. */
export interface FindFlags extends FileFlags, SelectionFlags {
  readonly all?: boolean;
  /** Take the objects as the files have them, and ask no server. */
  readonly local?: boolean;
  readonly subresource?: string;
}

/** An object that a command was asked to change, as it is now. */
export interface FoundObject {
  readonly kind: Kind;
  readonly key: ObjectKey;
  readonly json: JsonObject;
  /** The file that named it. */
  readonly source?: string;
}

/** An object that is still to be read. */
interface Named {
  readonly kind: Kind;
  readonly key: ObjectKey;
  readonly source?: string;
  /** As a file has it. */
  readonly manifest?: JsonObject;
}

/**
 * Does something with every object that words or `-f` name, or `-l`, `--field-selector` or `--all` select.
 *
 * @returns how many there were
 * @throws CommandFailure, after the last one, if any failed
 */
export async function forEachFoundObject(
  words: readonly string[],
  flags: FindFlags,
  env: CliEnv,
  act: (found: FoundObject) => Promise<void>,
): Promise<number> {
  const failures = new Failures();
  const named = flags.filename === undefined ? await namedByWords(words, flags, env) : await namedByFiles(words, flags, failures, env);
  for (const one of named) await failures.attempt(async () => act("json" in one ? one : await read(one, flags, env)));
  failures.throwIfAny();
  return named.length;
}

async function read({ kind, key, source, manifest }: Named, flags: FindFlags, env: CliEnv): Promise<FoundObject> {
  const origin = source === undefined ? {} : { source };
  if (flags.local === true && manifest !== undefined) return { kind, key, json: manifest, ...origin };
  const found = await readObject({ kind, key, subresource: flags.subresource }, env);
  return { kind, key, json: objectToJson(found.kind, found.object), ...origin };
}

async function namedByFiles(words: readonly string[], flags: FindFlags, failures: Failures, env: CliEnv): Promise<Named[]> {
  if (words.length > 0)
    throw new UsageError("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well");
  const named: Named[] = [];
  for (const parsed of (await readManifestFiles(flags.filename ?? [], env, flags.recursive)).flatMap(parseManifests)) {
    if ("error" in parsed) failures.add(parsed.error);
    else {
      const { manifest } = parsed;
      await failures.attempt(async () => {
        const key = { namespace: await namespaceOf(manifest, env), name: nameOf(manifest) };
        named.push({ kind: manifest.kind, key, source: manifest.source, manifest: manifest.json });
      });
    }
  }
  return named;
}

async function namedByWords(words: readonly string[], flags: FindFlags, env: CliEnv): Promise<(Named | FoundObject)[]> {
  if (flags.local === true) {
    throw new UsageError("can only use local files by -f rsrc.yaml or --filename=rsrc.json when --local=true is set");
  }
  if (words.length === 0) throw new UsageError("You must provide one or more resources by argument or filename.", whatHint);
  const what = parseResourceArguments(words);
  const selects = flags.selector !== undefined || flags.fieldSelector !== undefined;
  if (flags.all === true && flags.selector !== undefined) throw new UsageError("cannot set --all and --selector at the same time");
  if (what.form === "targets") {
    if (flags.all === true || selects) throw new UsageError("name cannot be provided when a selector is specified");
    return await Promise.all(what.targets.map(async ({ kind, name }) => ({ kind, key: await keyFor(kind, name, env) })));
  }
  if (flags.all !== true && !selects) throw new UsageError("resource(s) were provided, but no name was specified");
  const client = await env.client();
  const found: FoundObject[] = [];
  for (const kind of what.kinds) {
    const { items } = await client.of(kind).list({ ...(await selectionOf(kind, flags, env)), signal: env.signal });
    found.push(...items.map((object) => ({ kind, key: keyOf(object), json: objectToJson(kind, object) })));
  }
  return found;
}
