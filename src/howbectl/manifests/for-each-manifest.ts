import type { CliEnv } from "../cli-env.js";
import { Failures } from "../failures.js";
import type { FileFlags } from "../flags/file-flags.js";
import { UsageError } from "../usage-error.js";
import { objectAt } from "./json-fields.js";
import { type Manifest, parseManifests } from "./manifest.js";
import { readManifestFiles } from "./manifest-files.js";

/** What is done with each manifest, and what to call it when it fails. */
export interface ManifestAction {
  /** As "creating"; absent: the error alone says enough, or `run` says it. */
  readonly doing?: string;
  /** As "create", for a complaint that there is nothing to do it with. */
  readonly verb: string;
  run(manifest: Manifest): Promise<void>;
  /** What the command ends with when one failed; 1 unless given. */
  readonly exitCode?: number;
}

/**
 * Does something with every manifest that `-f` names, in order. One that fails is reported and does not keep the
 * others from their turn.
 *
 * @throws CommandFailure, after the last one, if any failed
 */
export async function forEachManifest(flags: FileFlags, env: CliEnv, action: ManifestAction): Promise<void> {
  const texts = await readManifestFiles(flags.filename ?? [], env, flags.recursive);
  const failures = new Failures();
  let documents = 0;
  for (const parsed of texts.flatMap(parseManifests)) {
    documents += 1;
    if ("error" in parsed) failures.add(parsed.error);
    else {
      const { manifest } = parsed;
      const doing = action.doing === undefined ? undefined : errorWhen(action.doing, manifest);
      await failures.attempt(() => action.run(manifest), doing);
    }
  }
  if (documents === 0) throw new UsageError(`no objects passed to ${action.verb}`);
  failures.throwIfAny(action.exitCode);
}

/** `error when creating "f.yaml"`. */
export function errorWhen(doing: string, manifest: Pick<Manifest, "source">): string {
  return `error when ${doing} "${manifest.source}"`;
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

/**
 * A manifest's name, for commands that need one.
 *
 * @throws UsageError when it has none
 */
export function nameOf({ name, source, json }: Manifest): string {
  if (name !== "") return name;
  const isGenerated = objectAt(json, "metadata").generateName !== undefined;
  throw new UsageError(`from "${source}": ${isGenerated ? "only create takes metadata.generateName" : "resource name may not be empty"}`);
}
