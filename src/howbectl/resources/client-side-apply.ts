import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { isNotFound } from "../../api/errors.js";
import { threeWayPatch } from "../../api/patch/three-way.js";
import { PatchType } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";
import { errorWhen } from "../manifests/for-each-manifest.js";
import { appliedManifest, lastApplied, lastAppliedAnnotation, withLastApplied } from "../manifests/last-applied.js";
import type { Manifest } from "../manifests/manifest.js";
import { errorDoing } from "./error-doing.js";
import { createObject, type Place, patchObject, readObject, type WriteMode } from "./object-calls.js";

/** What an apply has done, and the object as it is then. */
export interface Applied {
  readonly outcome: "created" | "configured" | "unchanged";
  readonly json: JsonObject;
}

/** How an apply is to be made. */
export interface ApplyMode extends WriteMode {
  /** It is only to see what would come of it: what was last applied is not recorded, nor missed. */
  readonly trial?: boolean;
}

/** Merges here, by what the last apply recorded on the object, and sends what differs. */
export async function applyClientSide(place: Place, manifest: Manifest, flags: ApplyMode, env: CliEnv): Promise<Applied> {
  const { kind, key } = place;
  const wanted = flags.trial === true ? appliedManifest(manifest, key.namespace) : withLastApplied(manifest, key.namespace);
  const retrieving = errorWhen(`retrieving current configuration of:\n${describePlace(place)}\nfrom server for:`, manifest);
  const current = await errorDoing(retrieving, () => currentJson(place, env));
  if (current === undefined) {
    if (flags.dryRun === "client") return { outcome: "created", json: wanted };
    const create = () => createObject({ kind, namespace: key.namespace }, wanted, flags, env);
    const created = await errorDoing(errorWhen("creating", manifest), create);
    return { outcome: "created", json: objectToJson(kind, created) };
  }

  const original = lastApplied(current);
  if (original === undefined && flags.trial !== true) warnOfMissingAnnotation(place, env);
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

/** The object as it is now; undefined when there is none. */
export async function currentJson(place: Place, env: CliEnv): Promise<JsonObject | undefined> {
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
