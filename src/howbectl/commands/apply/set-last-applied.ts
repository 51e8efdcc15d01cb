import { Command } from "commander";
import { PatchType } from "../../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../../cli-env.js";
import { addFileFlags, type FileFlags } from "../../flags/file-flags.js";
import type { WriteFlags } from "../../flags/write-flags.js";
import { forEachManifest, nameOf, namespaceOf } from "../../manifests/for-each-manifest.js";
import { lastAppliedAnnotation, lastAppliedText, withLastApplied } from "../../manifests/last-applied.js";
import type { Manifest } from "../../manifests/manifest.js";
import { currentJson } from "../../resources/client-side-apply.js";
import { patchObject } from "../../resources/object-calls.js";
import { Reporter } from "../../resources/report.js";
import { UsageError } from "../../usage-error.js";

interface SetFlags extends FileFlags, WriteFlags {
  readonly createAnnotation?: boolean;
}

export const setLastAppliedCommand = (env: CliEnv): Command =>
  addFileFlags(new Command("set-last-applied"))
    .description("Record a manifest on its object as what was last applied, and change nothing else")
    .option("--create-annotation", "also where nothing was recorded yet")
    .action((_own: FileFlags, command: Command) => setLastApplied(command.optsWithGlobals<SetFlags>(), env));

async function setLastApplied(flags: SetFlags, env: CliEnv): Promise<void> {
  const reporter = new Reporter(flags, env);
  const run = async (manifest: Manifest): Promise<void> => {
    const { kind } = manifest;
    const place = { kind, key: { namespace: await namespaceOf(manifest, env), name: nameOf(manifest) } };
    const record = lastAppliedText(withLastApplied(manifest, place.key.namespace)) ?? "";
    const current = await currentJson(place, env);
    if (current === undefined) throw new UsageError(`${kind.plural} "${manifest.name}" not found`);
    if (lastAppliedText(current) === undefined && flags.createAnnotation !== true) {
      throw new UsageError(
        `no last-applied-configuration annotation found on resource: ${manifest.name}, to create the annotation, run the command with --create-annotation`,
      );
    }
    const patch = { metadata: { annotations: { [lastAppliedAnnotation]: record } } };
    if (flags.dryRun === "client") return await reporter.json({ kind, name: manifest.name, json: current }, "configured");
    await reporter.object(await patchObject(place, { type: PatchType.MERGE, patch }, flags, env), "configured");
  };
  await forEachManifest(flags, env, { verb: "set-last-applied", run });
}
