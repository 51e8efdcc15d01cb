import { isApiError } from "../../api/errors.js";
import { isAbort } from "../../base/abort.js";
import type { CliEnv } from "../cli-env.js";
import { errorText } from "../error-text.js";
import type { FileFlags } from "../flags/file-flags.js";
import { CommandFailure, isUsageError, UsageError } from "../usage-error.js";
import { type Manifest, parseManifests } from "./manifest.js";
import { readManifestFiles } from "./manifest-files.js";

/** What is done with each manifest, and what to call it when it fails, as "creating". */
export interface ManifestAction {
  readonly doing: string;
  run(manifest: Manifest): Promise<void>;
}

/**
 * Does something with every manifest that `-f` names, in order. One that fails is reported and does not keep the
 * others from their turn.
 *
 * @throws CommandFailure, after the last one, if any failed
 */
export async function forEachManifest(flags: FileFlags, env: CliEnv, action: ManifestAction): Promise<void> {
  const texts = await readManifestFiles(flags.filename ?? [], env, flags.recursive);
  const failures: string[] = [];
  let documents = 0;
  for (const parsed of texts.flatMap(parseManifests)) {
    documents += 1;
    if ("error" in parsed) failures.push(errorText(parsed.error));
    else {
      try {
        await action.run(parsed.manifest);
      } catch (error: unknown) {
        if (!belongsToOneManifest(error)) throw error;
        failures.push(errorText(error, `error when ${action.doing} "${parsed.manifest.source}"`));
      }
    }
  }
  if (documents === 0) throw new UsageError(`no objects passed to ${action.doing === "creating" ? "create" : "apply"}`);
  if (failures.length > 0) throw new CommandFailure(failures.join("\n"));
}

/** Errors about the connection concern all manifests, and end the command at the first. */
function belongsToOneManifest(error: unknown): boolean {
  if (isAbort(error)) return false;
  return isUsageError(error) || (isApiError(error) && !["ServiceUnavailable", "Unauthorized", "Timeout"].includes(error.reason));
}

/**
 * The namespace that a manifest's object goes to; "" for cluster-scoped kinds.
 *
 * @throws UsageError when the manifest names another than `-n` does
 */
export async function namespaceOf(manifest: Manifest, env: CliEnv): Promise<string> {
  if (!manifest.kind.namespaced) return "";
  const asked = env.flags.namespace;
  const { namespace } = manifest;
  if (asked !== undefined && namespace !== undefined && asked !== namespace) {
    throw new UsageError(
      `the namespace from the provided object "${namespace}" does not match the namespace "${asked}". You must pass '--namespace=${namespace}' to perform this operation.`,
    );
  }
  return namespace ?? (await env.namespace());
}
