import { Command } from "commander";
import type { JsonObject } from "../../api/codec/json-values.js";
import { secretKind } from "../../api/kinds/secret/kind.js";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { forEachManifest, nameOf, namespaceOf } from "../manifests/for-each-manifest.js";
import type { Manifest } from "../manifests/manifest.js";
import { yamlText } from "../printers/yaml-text.js";
import { applyClientSide, currentJson } from "../resources/client-side-apply.js";
import { maskSecrets } from "../resources/mask-secrets.js";
import type { Place } from "../resources/object-calls.js";
import { applyServerSide } from "../resources/server-side-apply.js";
import { withoutManagedFields } from "../resources/without-managed-fields.js";
import { CommandFailure, isUsageError, UsageError } from "../usage-error.js";

interface DiffFlags extends FileFlags {
  readonly serverSide?: boolean;
  readonly forceConflicts?: boolean;
  readonly fieldManager: string;
  readonly showManagedFields?: boolean;
}

/** What `diff` ends with when it could not compare; 1 says that something differs. */
const failed = 2;

export const diffCommand = (env: CliEnv): Command =>
  addFileFlags(new Command("diff"))
    .option("--server-side", "compare with what the server's own merge would give")
    .option("--force-conflicts", "with --server-side: take over fields that others own with other values")
    .option("--field-manager <name>", "name under which the fields that are set would be owned", "howbectl-client-side-apply")
    .option("--show-managed-fields", "also compare who owns which field")
    .action((flags: DiffFlags) => diff(flags, env));

/** Shows by an external program what `apply` would change. Ends with 1 when there is something, with more when it failed. */
export async function diff(flags: DiffFlags, env: CliEnv): Promise<void> {
  const directory = await env.files.makeTemporaryDirectory();
  try {
    const { program, args } = diffProgram(env);
    const [live, merged] = [`${directory}/LIVE`, `${directory}/MERGED`];
    await Promise.all([env.files.makeDirectory(live), env.files.makeDirectory(merged)]);
    await writeVersions({ live, merged }, flags, env);
    const exitCode = await env.programs.run(program, [...args, live, merged]);
    if (exitCode !== 0) throw new CommandFailure("", exitCode);
  } catch (error: unknown) {
    if (!isUsageError(error)) throw error;
    throw new CommandFailure(`error: ${error.message}`, failed);
  } finally {
    await env.files.remove(directory);
  }
}

async function writeVersions(to: { readonly live: string; readonly merged: string }, flags: DiffFlags, env: CliEnv): Promise<void> {
  if (flags.filename === undefined) throw new UsageError("must specify -f FILENAME");
  const run = async (manifest: Manifest): Promise<void> => {
    const place = { kind: manifest.kind, key: { namespace: await namespaceOf(manifest, env), name: nameOf(manifest) } };
    const before = await currentJson(place, env);
    const after = await mergedJson(place, manifest, flags, env);
    const shown = (json: JsonObject): JsonObject => (flags.showManagedFields === true ? json : withoutManagedFields(json));
    const isSecret = place.kind.typeName === secretKind.typeName;
    const versions = isSecret ? maskSecrets(before, after) : { before, after };
    const name = fileName(place);
    if (versions.before !== undefined) await env.files.write(`${to.live}/${name}`, `${yamlText(shown(versions.before))}\n`);
    await env.files.write(`${to.merged}/${name}`, `${yamlText(shown(versions.after))}\n`);
  };
  await forEachManifest(flags, env, { verb: "diff", run, exitCode: failed });
}

async function mergedJson(place: Place, manifest: Manifest, flags: DiffFlags, env: CliEnv): Promise<JsonObject> {
  const mode = { ...flags, dryRun: "server", trial: true } as const;
  const apply = flags.serverSide === true ? applyServerSide : applyClientSide;
  return (await apply(place, manifest, mode, env)).json;
}

/** As kubectl names the files that it compares. */
function fileName({ kind: { group, version, kind }, key }: Place): string {
  return [group, version, kind, key.namespace, key.name].filter((part) => part !== "").join(".");
}

function diffProgram(env: CliEnv): { readonly program: string; readonly args: readonly string[] } {
  const [program = "diff", ...args] = (env.variable("KUBECTL_EXTERNAL_DIFF") ?? "diff -u -N").split(" ").filter((word) => word !== "");
  const strange = args.find((arg) => !/^[a-zA-Z0-9=-]+$/.test(arg));
  if (strange !== undefined) throw new UsageError(`KUBECTL_EXTERNAL_DIFF: "${strange}" may have letters, digits, = and - only`);
  return { program, args };
}
