import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { isConflict } from "../../api/errors.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";
import { completeManifest } from "../manifests/last-applied.js";
import type { Manifest } from "../manifests/manifest.js";
import { UsageError } from "../usage-error.js";
import { type Place, patchObject, type WriteMode } from "./object-calls.js";

/** kubectl's advice on conflicts. */
const conflictHint = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

/**
 * Tells the server all that this manager wants of an object; the server merges.
 *
 * @throws UsageError when another manager owns a field with another value
 */
export async function applyServerSide(
  place: Place,
  manifest: Manifest,
  flags: WriteMode & { readonly forceConflicts?: boolean },
  env: CliEnv,
): Promise<{ readonly outcome: "serverside-applied"; readonly json: JsonObject }> {
  const patch = completeManifest(manifest, place.key.namespace);
  try {
    const force = flags.forceConflicts === true;
    const { kind, object } = await patchObject(place, { type: PatchType.APPLY, patch, force }, flags, env);
    return { outcome: "serverside-applied", json: objectToJson(kind, object) };
  } catch (error: unknown) {
    if (isConflict(error)) throw new UsageError(error.message, conflictHint);
    throw error;
  }
}
