import { Command } from "commander";
import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../../api/object.js";
import { threeWayPatch } from "../../api/patch/three-way.js";
import type { CliEnv } from "../cli-env.js";
import { addFileFlags, type FileFlags } from "../flags/file-flags.js";
import { addWriteFlags, dryRunSuffix, type WriteFlags } from "../flags/write-flags.js";
import { forEachManifest, namespaceOf } from "../manifests/for-each-manifest.js";
import { lastApplied, lastAppliedAnnotation, withLastApplied } from "../manifests/last-applied.js";
import type { Manifest } from "../manifests/manifest.js";
import { formatJson, formatObject } from "../printers/object-format.js";
import { createFromJson } from "../resources/create-from-json.js";
import { qualifiedName } from "../resources/kind-lookup.js";
import { UsageError } from "../usage-error.js";

export const applyCommand = (env: CliEnv): Command =>
  addWriteFlags(addFileFlags(new Command("apply"))).action((flags: FileFlags & WriteFlags) => apply(flags, env));

/** Makes each object what its manifest says: creates it, or patches what differs. */
export async function apply(flags: FileFlags & WriteFlags, env: CliEnv): Promise<void> {
  if (flags.filename === undefined) throw new UsageError("must specify -f FILENAME", "See 'howbectl apply --help' for usage.");
  await forEachManifest(flags, env, { doing: "applying", run: (manifest) => applyOne(manifest, flags, env) });
}

async function applyOne(manifest: Manifest, flags: WriteFlags, env: CliEnv): Promise<void> {
  const { kind, name } = manifest;
  if (name === "")
    throw new UsageError(
      "resource name may not be empty",
      `from "${manifest.source}": apply needs metadata.name; use create for generateName`,
    );
  const key = { namespace: await namespaceOf(manifest, env), name };
  const wanted = withLastApplied(manifest, key.namespace);
  const { outcome, object } = await carryOut(kind, key, wanted, flags, env);

  if (flags.output === undefined) env.out.line(`${qualifiedName(kind, name)} ${outcome}${dryRunSuffix(flags.dryRun)}`);
  else if (object !== undefined) env.out.line(formatObject(flags.output, { kind, object }));
  else if (flags.output === "name") env.out.line(qualifiedName(kind, name));
  else env.out.line(formatJson(flags.output, wanted));
}

interface Applied {
  readonly outcome: "created" | "configured" | "unchanged";
  /** Absent after a client-side dry run. */
  readonly object: Whole<ApiObject> | undefined;
}

async function carryOut(kind: Kind, key: ObjectKey, wanted: JsonObject, flags: WriteFlags, env: CliEnv): Promise<Applied> {
  const client = await env.client();
  const current = await client
    .of(kind)
    .get(key, { signal: env.signal })
    .catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  const dryRun = flags.dryRun === "server";
  if (current === undefined) {
    if (flags.dryRun === "client") return { outcome: "created", object: undefined };
    const object = await createFromJson(client, { kind, namespace: key.namespace, json: wanted, dryRun }, env);
    return { outcome: "created", object };
  }

  const currentJson = objectToJson(kind, current);
  const original = lastApplied(currentJson);
  if (original === undefined) warnOfMissingAnnotation(kind, key.name, env);
  const patch = threeWayPatch(kind.typeName, original ?? {}, wanted, currentJson);
  if (Object.keys(patch).length === 0) return { outcome: "unchanged", object: current };
  if (flags.dryRun === "client") return { outcome: "configured", object: undefined };

  const object = await client.of(kind).patch(key, "strategic", patch, { dryRun, signal: env.signal });
  // A patch may say in other words what is there already (cpu 0.1 for 100m): then nothing was written.
  const same = !dryRun && object.metadata.resourceVersion === current.metadata.resourceVersion;
  return { outcome: same ? "unchanged" : "configured", object };
}

function warnOfMissingAnnotation(kind: Kind, name: string, env: CliEnv): void {
  env.err.line(
    `Warning: resource ${kind.plural}/${name} is missing the ${lastAppliedAnnotation} annotation which is required by howbectl apply. ` +
      "howbectl apply should only be used on resources created declaratively by howbectl apply. " +
      "The missing annotation will be patched automatically.",
  );
}
