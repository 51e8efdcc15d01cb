import { Command } from "commander";
import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { isNotFound } from "../../api/errors.js";
import { threeWayPatch } from "../../api/patch/three-way.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { addValidateFlag, addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { errorWhen, forEachManifest, nameOf, namespaceOf } from "../manifests/for-each-manifest.js";
import { lastApplied, lastAppliedAnnotation, withLastApplied } from "../manifests/last-applied.js";
import type { Manifest } from "../manifests/manifest.js";
import { errorDoing } from "../resources/error-doing.js";
import { createObject, type Place, patchObject, readObject } from "../resources/object-calls.js";
import { type Reported, Reporter } from "../resources/report.js";
import { applyServerSide } from "../resources/server-side-apply.js";
import { UsageError } from "../usage-error.js";

/** Flags of `apply`. */
export interface ApplyFlags extends FileFlags, WriteFlags {
  readonly serverSide?: boolean;
  readonly forceConflicts?: boolean;
}

export const applyCommand = (env: CliEnv): Command =>
  addValidateFlag(addWriteFlags(addFileFlags(new Command("apply")), "howbectl-client-side-apply"))
    .option("--server-side", "let the server merge, and keep track of who owns which field")
    .option("--force-conflicts", "with --server-side: take over fields that others own with other values")
    .action((flags: ApplyFlags, command: Command) => {
      const named = command.getOptionValueSource("fieldManager") === "cli";
      return apply(flags.serverSide === true && !named ? { ...flags, fieldManager: "howbectl" } : flags, env);
    });

/** Makes each object what its manifest says: creates it, or changes what differs. */
export async function apply(flags: ApplyFlags, env: CliEnv): Promise<void> {
  checkFlags(flags);
  const reporter = new Reporter(flags, env);
  const run = async (manifest: Manifest): Promise<void> => {
    const place = { kind: manifest.kind, key: { namespace: await namespaceOf(manifest, env), name: nameOf(manifest) } };
    const { outcome, json } =
      flags.serverSide === true ? await applyServerSide(place, manifest, flags, env) : await applyHere(place, manifest, flags, env);
    const reported: Reported = { kind: manifest.kind, name: manifest.name, json };
    await reporter.json(reported, outcome);
  };
  await forEachManifest(flags, env, { verb: "apply", run });
}

function checkFlags({ filename, serverSide, forceConflicts, dryRun }: ApplyFlags): void {
  if (forceConflicts === true && serverSide !== true) throw new UsageError("--force-conflicts only works with --server-side");
  if (dryRun === "client" && serverSide === true) {
    throw new UsageError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  }
  if (filename === undefined) throw new UsageError("must specify -f FILENAME", "See 'howbectl apply --help' for usage.");
}

interface Applied {
  readonly outcome: "created" | "configured" | "unchanged";
  readonly json: JsonObject;
}

/** Merges here, by what the last apply recorded on the object, and sends what differs. */
async function applyHere(place: Place, manifest: Manifest, flags: ApplyFlags, env: CliEnv): Promise<Applied> {
  const { kind, key } = place;
  const wanted = withLastApplied(manifest, key.namespace);
  const retrieving = errorWhen(`retrieving current configuration of:\n${describePlace(place)}\nfrom server for:`, manifest);
  const current = await errorDoing(retrieving, () => currentOf(place, env));
  if (current === undefined) {
    if (flags.dryRun === "client") return { outcome: "created", json: wanted };
    const create = () => createObject({ kind, namespace: key.namespace }, wanted, flags, env);
    const created = await errorDoing(errorWhen("creating", manifest), create);
    return { outcome: "created", json: objectToJson(kind, created) };
  }

  const original = lastApplied(current);
  if (original === undefined) warnOfMissingAnnotation(place, env);
  const patch = threeWayPatch(kind.typeName, original ?? {}, wanted, current);
  if (Object.keys(patch).length === 0) return { outcome: "unchanged", json: current };
  if (flags.dryRun === "client") return { outcome: "configured", json: wanted };

  const applying = errorWhen(`applying patch:\n${JSON.stringify(patch)}\nto:\n${describePlace(place)}\nfor:`, manifest);
  const send = () => patchObject(place, { type: PatchType.STRATEGIC_MERGE, patch }, flags, env);
  const { object } = await errorDoing(applying, send);
  const json = objectToJson(kind, object);
  // A patch may say in other words what is there already (cpu 0.1 for 100m): then nothing was written.
  const same = flags.dryRun === "none" && versionOf(json) === versionOf(current);
  return { outcome: same ? "unchanged" : "configured", json };
}

async function currentOf(place: Place, env: CliEnv): Promise<JsonObject | undefined> {
  try {
    const { kind, object } = await readObject(place, env);
    return objectToJson(kind, object);
  } catch (error: unknown) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const versionOf = ({ metadata }: JsonObject): unknown => (metadata as JsonObject | undefined)?.resourceVersion;

/** As kubectl says which object it was about. */
function describePlace({ kind: { group, version, kind, plural }, key }: Place): string {
  const types = `Resource: "${group}/${version}, Resource=${plural}", GroupVersionKind: "${group}/${version}, Kind=${kind}"`;
  return `${types}\nName: "${key.name}", Namespace: "${key.namespace}"`;
}

function warnOfMissingAnnotation({ kind, key }: Place, env: CliEnv): void {
  env.err.line(
    `Warning: resource ${kind.plural}/${key.name} is missing the ${lastAppliedAnnotation} annotation which is required by howbectl apply. ` +
      "howbectl apply should only be used on resources created declaratively by either howbectl create --save-config or howbectl apply. " +
      "The missing annotation will be patched automatically.",
  );
}
