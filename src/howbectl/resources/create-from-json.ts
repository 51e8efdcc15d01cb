import { unpackAny } from "../../api/codec/any.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { RemoteApiClient } from "../../client/client.js";
import { FieldValidation, ResourcesService } from "../../gen/howbernetes/api/v1/resources.js";
import type { CliEnv } from "../cli-env.js";

/** An object to be created, as its user's JSON. */
export interface NewObject {
  readonly kind: Kind;
  /** "" for cluster-scoped kinds. */
  readonly namespace: string;
  readonly json: JsonObject;
  readonly dryRun: boolean;
}

/**
 * Creates an object from JSON. It is the server that decodes, so that a field this howbectl does not know but the
 * server does gets there, and one that neither knows is refused with its path. Warnings go to standard error.
 *
 * @throws ApiError as `Resources.Create`
 */
export async function createFromJson(client: RemoteApiClient, object: NewObject, env: CliEnv): Promise<Whole<ApiObject>> {
  const { kind, namespace, json, dryRun } = object;
  const response = await client.raw(ResourcesService, "unary").create(
    {
      type: { group: kind.group, version: kind.version, resource: kind.plural },
      namespace,
      body: { body: { $case: "json", value: Buffer.from(JSON.stringify(json)) } },
      fieldManager: "howbectl",
      dryRun,
      fieldValidation: FieldValidation.STRICT,
    },
    { signal: env.signal },
  );
  for (const warning of response.warnings) env.err.line(`Warning: ${warning}`);
  return unpackAny(kind, response.object);
}
