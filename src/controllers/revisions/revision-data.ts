import { isDeepStrictEqual } from "node:util";
import { canonicalize } from "../../api/codec/canonical.js";
import { isJsonObject, messageFromJson, messageToJson, parseJsonObject } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import type { Whole } from "../../api/object.js";
import type { ControllerRevision } from "../../gen/howbernetes/apps/v1/controller_revision.js";
import { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";

const templateType = "howbernetes.core.v1.PodTemplateSpec";
/** The member by which a strategic merge patch replaces an object instead of merging into it. */
const directive = "$patch";

/** What a revision keeps of a template: as in Kubernetes, the strategic merge patch that brings the template back. */
export function revisionData(template: PodTemplateSpec | undefined): Buffer {
  return Buffer.from(JSON.stringify(patchOf(template)));
}

/** Whether a revision keeps this very template; how its JSON is written does not count. */
export function isOfTemplate(revision: Whole<ControllerRevision>, template: PodTemplateSpec | undefined): boolean {
  const raw = rawOf(revision);
  const wanted = patchOf(template);
  return raw === JSON.stringify(wanted) || isDeepStrictEqual(parseJsonObject(raw), wanted);
}

/** The template that a revision keeps. @throws Error when it keeps none that could be read */
export function templateOf(revision: Whole<ControllerRevision>): PodTemplateSpec {
  const { spec } = parseJsonObject(rawOf(revision));
  const template = isJsonObject(spec) ? spec.template : undefined;
  if (!isJsonObject(template)) throw new Error(`the controller revision ${revision.metadata.name} keeps no template`);
  const { [directive]: _replace, ...fields } = template;
  const { message, errors } = messageFromJson(templateType, fields);
  if (errors.length > 0) throw new Error(`the controller revision ${revision.metadata.name} keeps a template that cannot be read`);
  canonicalize(templateType, message as object);
  return message as PodTemplateSpec;
}

function patchOf(template: PodTemplateSpec | undefined): JsonObject {
  const json = messageToJson(templateType, template ?? PodTemplateSpec.fromPartial({}));
  return { spec: { template: { ...json, [directive]: "replace" } } };
}

function rawOf({ data }: Whole<ControllerRevision>): string {
  // A copied Buffer is a plain Uint8Array, which reads otherwise.
  return data?.raw === undefined ? "{}" : Buffer.from(data.raw).toString();
}
