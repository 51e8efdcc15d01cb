import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { addValidateFlag, addWriteFlags, type WriteFlags } from "../flags/write-flags.js";
import { forEachManifest, nameOf, namespaceOf } from "../manifests/for-each-manifest.js";
import type { Manifest } from "../manifests/manifest.js";
import { applyClientSide } from "../resources/client-side-apply.js";
import { type Reported, Reporter } from "../resources/report.js";
import { applyServerSide } from "../resources/server-side-apply.js";
import { UsageError } from "../usage-error.js";
import { setLastAppliedCommand } from "./apply/set-last-applied.js";
import { viewLastAppliedCommand } from "./apply/view-last-applied.js";

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
    })
    .addCommand(viewLastAppliedCommand(env))
    .addCommand(setLastAppliedCommand(env));

/** Makes each object what its manifest says: creates it, or changes what differs. */
export async function apply(flags: ApplyFlags, env: CliEnv): Promise<void> {
  checkFlags(flags);
  const reporter = new Reporter(flags, env);
  const run = async (manifest: Manifest): Promise<void> => {
    const place = { kind: manifest.kind, key: { namespace: await namespaceOf(manifest, env), name: nameOf(manifest) } };
    const { outcome, json } =
      flags.serverSide === true ? await applyServerSide(place, manifest, flags, env) : await applyClientSide(place, manifest, flags, env);
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
