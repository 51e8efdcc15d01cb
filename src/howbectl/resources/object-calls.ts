import { unpackAny } from "../../api/codec/any.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import type { Kind } from "../../api/kinds/kind.js";
import { scaleKind } from "../../api/kinds/scale/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../../api/object.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import { FieldValidation, GetRequest, type PatchType, ResourcesService } from "../../gen/howbernetes/api/v1/resources.js";
import { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import type { CliEnv } from "../cli-env.js";
import type { WriteFlags } from "../flags/write-flags.js";
import type { KindObject } from "../printers/object-format.js";
import { unaryCall } from "./unary-call.js";

/** One object, or a subresource of it. */
export interface Place {
  readonly kind: Kind;
  readonly key: ObjectKey;
  /** "status" or "scale"; absent or "": the object itself. */
  readonly subresource?: string | undefined;
}

/** How a write is to be made. */
export type WriteMode = Pick<WriteFlags, "dryRun" | "fieldManager" | "validate">;

/** A change in part, in one of the server's languages. */
export interface PatchBody {
  readonly type: PatchType;
  readonly patch: unknown;
  /** With server-side apply: take over what others own. */
  readonly force?: boolean;
}

/**
 * Creates an object from JSON. As with all calls here it is the server that decodes, so that a field this howbectl does
 * not know but the server does gets there, and one that neither knows is refused with its path. Warnings go to standard
 * error.
 *
 * @throws ApiError as `Resources.Create`
 */
export async function createObject(
  place: Omit<Place, "key"> & { readonly namespace: string },
  json: JsonObject,
  mode: WriteMode,
  env: CliEnv,
): Promise<Whole<ApiObject>> {
  const { kind, namespace } = place;
  const resources = await resourcesOf(env);
  const request = { type: typeOf(kind), namespace, body: bodyOf(json), ...modeFields(mode) };
  const response = await unaryCall(env, "once", (options) => resources.create(request, options));
  warn(response.warnings, env);
  return unpackAny(kind, response.object);
}

/** Puts an object, or a subresource, in the place of the stored one. @throws ApiError as `Resources.Update` */
export async function replaceObject(place: Place, json: JsonObject, mode: WriteMode, env: CliEnv): Promise<KindObject> {
  const resources = await resourcesOf(env);
  const request = { ...addressOf(place), body: bodyOf(json), ...modeFields(mode) };
  const response = await unaryCall(env, "once", (options) => resources.update(request, options));
  warn(response.warnings, env);
  return answer(place, response.object);
}

/** Changes an object, or a subresource, in part. @throws ApiError as `Resources.Patch` */
export async function patchObject(
  place: Place,
  { type, patch, force = false }: PatchBody,
  mode: WriteMode,
  env: CliEnv,
): Promise<KindObject> {
  const resources = await resourcesOf(env);
  const request = { ...addressOf(place), patchType: type, patch: Buffer.from(JSON.stringify(patch)), force, ...modeFields(mode) };
  const response = await unaryCall(env, "once", (options) => resources.patch(request, options));
  warn(response.warnings, env);
  return answer(place, response.object);
}

/** Reads an object, or a subresource. @throws ApiError NotFound */
export async function readObject(place: Place, env: CliEnv): Promise<KindObject> {
  const { kind, key, subresource = "" } = place;
  if (subresource === "") return { kind, object: await (await env.client()).of(kind).get(key, { signal: env.signal }) };
  const resources = await resourcesOf(env);
  const response = await unaryCall(env, "repeatable", (options) => resources.get(GetRequest.fromPartial(addressOf(place)), options));
  return answer(place, response.object);
}

/** Deletes an object. @throws ApiError as `Resources.Delete` */
export async function deleteObject(
  { kind, key }: Place,
  options: Partial<DeleteOptions>,
  env: CliEnv,
): Promise<{ readonly object: Whole<ApiObject>; readonly deleted: boolean }> {
  const resources = await resourcesOf(env);
  const request = { type: typeOf(kind), ...key, options: DeleteOptions.fromPartial(options) };
  const response = await unaryCall(env, "once", (call) => resources.delete(request, call));
  warn(response.warnings, env);
  return { object: unpackAny(kind, response.object), deleted: response.deleted };
}

async function resourcesOf(env: CliEnv) {
  return (await env.client()).raw(ResourcesService, "unary");
}

const typeOf = ({ group, version, plural }: Kind): { group: string; version: string; resource: string } => ({
  group,
  version,
  resource: plural,
});

const addressOf = ({ kind, key, subresource = "" }: Place) => ({ type: typeOf(kind), ...key, subresource });

const bodyOf = (json: JsonObject): { body: { $case: "json"; value: Buffer } } => ({
  body: { $case: "json", value: Buffer.from(JSON.stringify(json)) },
});

const modeFields = ({ dryRun, fieldManager, validate = FieldValidation.STRICT }: WriteMode) => ({
  dryRun: dryRun === "server",
  fieldManager,
  fieldValidation: validate,
});

function answer({ kind, subresource = "" }: Place, any: Any | undefined): KindObject {
  if (subresource !== "scale") return { kind, object: unpackAny(kind, any) };
  return { kind: scaleKind, object: unpackAny(scaleKind, any) };
}

function warn(warnings: readonly string[], env: CliEnv): void {
  for (const warning of warnings) env.err.line(`Warning: ${warning}`);
}
