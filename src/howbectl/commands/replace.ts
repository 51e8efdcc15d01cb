import { Command } from "commander";
import { isNotFound } from "../../api/errors.js";
import type { CliEnv } from "../cli-env.js";
import { addDeleteFlags, type DeleteHowFlags, deleteOptionsOf } from "../flags/delete-flags.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { addSubresourceFlag } from "../flags/subresource-flag.js";
import { addValidateFlag, addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { forEachManifest, nameOf, namespaceOf } from "../manifests/for-each-manifest.js";
import { completeManifest, lastAppliedText, withLastAppliedRecord } from "../manifests/last-applied.js";
import type { Manifest } from "../manifests/manifest.js";
import { awaitDeletion, deletionMessage } from "../resources/deletion.js";
import { createObject, deleteObject, type Place, replaceObject } from "../resources/object-calls.js";
import { Reporter } from "../resources/report.js";
import { UsageError } from "../usage-error.js";

interface ReplaceFlags extends FileFlags, WriteFlags, DeleteHowFlags {
  readonly saveConfig?: boolean;
  readonly subresource?: string;
}

export const replaceCommand = (env: CliEnv): Command =>
  addSubresourceFlag(addDeleteFlags(addValidateFlag(addWriteFlags(addFileFlags(new Command("replace")), "howbectl-replace"))))
    .option("--force", "delete the object and create it anew")
    .option("--save-config", "record the manifest on the object, so that a later apply knows what it had")
    .action((flags: ReplaceFlags) => replace(flags, env));

/** Puts each manifest's object in the place of the stored one. */
export async function replace(flags: ReplaceFlags, env: CliEnv): Promise<void> {
  checkFlags(flags);
  const reporter = new Reporter(flags, env);
  const run = async (manifest: Manifest): Promise<void> => {
    const place = { kind: manifest.kind, key: { namespace: await namespaceOf(manifest, env), name: nameOf(manifest) } };
    await (flags.force === true
      ? replaceByForce(place, manifest, flags, { env, reporter })
      : replaceOne(place, manifest, flags, { env, reporter }));
  };
  await forEachManifest(flags, env, { doing: "replacing", verb: "replace", run });
}

function checkFlags({ filename, force, gracePeriod, timeout, dryRun }: ReplaceFlags): void {
  if (gracePeriod >= 0 && force !== true) throw new UsageError("--grace-period must have --force specified");
  if (timeout !== 0 && force !== true) throw new UsageError("--timeout must have --force specified");
  if (force === true && dryRun !== "none") throw new UsageError("--dry-run can not be used when --force is set");
  if (filename === undefined) throw new UsageError("must specify -f FILENAME", "See 'howbectl replace --help' for usage.");
}

interface Surroundings {
  readonly env: CliEnv;
  readonly reporter: Reporter;
}

async function replaceOne(place: Place, manifest: Manifest, flags: ReplaceFlags, { env, reporter }: Surroundings): Promise<void> {
  const wanted = wantedJson(place, manifest, flags);
  if (flags.dryRun === "client") return await reporter.json({ kind: place.kind, name: place.key.name, json: wanted }, "replaced");
  const { kind, object } = await replaceObject({ ...place, subresource: flags.subresource }, wanted, flags, env);
  if (flags.output === undefined) await reporter.json({ kind: place.kind, name: place.key.name, json: {} }, "replaced");
  else await reporter.object({ kind, object }, "replaced");
}

/** A record of what was applied is kept true, where there is one. */
function wantedJson({ key }: Place, manifest: Manifest, flags: ReplaceFlags) {
  const complete = completeManifest(manifest, key.namespace);
  return flags.saveConfig === true || lastAppliedText(complete) !== undefined ? withLastAppliedRecord(complete) : complete;
}

/** How long a deletion may take that a new object waits for, unless told. */
const defaultTimeoutMs = 5 * 60_000;

async function replaceByForce(place: Place, manifest: Manifest, flags: ReplaceFlags, { env, reporter }: Surroundings): Promise<void> {
  const { kind, key } = place;
  // A new object of the name can only be when the old one is gone, so it gets a moment at least.
  const options = deleteOptionsOf(flags.cascade, flags.gracePeriod === 0 ? 1 : flags.gracePeriod, false);
  try {
    const { object, deleted } = await deleteObject(place, options, env);
    env.out.line(deletionMessage(kind, key, { force: false, dryRun: "none" }));
    if (!deleted)
      await awaitDeletion([{ kind, key, uid: object.metadata.uid }], flags.timeout === 0 ? defaultTimeoutMs : flags.timeout, env);
  } catch (error: unknown) {
    if (!isNotFound(error)) throw error;
  }
  const object = await createObject({ kind, namespace: key.namespace }, wantedJson(place, manifest, flags), flags, env);
  await reporter.object({ kind, object }, "replaced");
}
