import { isAlreadyExists, isApiError, isConflict, isNotFound } from "../../src/api/errors.js";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { RemoteApiClient } from "../../src/client/index.js";
import { ConfigMap } from "../../src/gen/howbernetes/core/v1/config_map.js";
import type { Fields, Observed, Outcome, Request } from "../history/operation.js";

/** The namespace that fault tests work in. */
export const namespace = "default";

/** Carries a request out on the ConfigMap `key`: the fields are its data. */
export async function perform(client: RemoteApiClient, key: string, request: Request): Promise<Outcome> {
  try {
    return answered(await call(client, key, request));
  } catch (error: unknown) {
    return outcomeOf(error);
  }
}

/** A ConfigMap on a watch. */
export function observed(type: Observed["type"], object: Whole<ConfigMap>): Observed {
  return { type, key: object.metadata.name, revision: Number(object.metadata.resourceVersion), fields: fieldsOf(object) };
}

async function call(client: RemoteApiClient, name: string, request: Request): Promise<Whole<ConfigMap>> {
  const configMaps = client.of(configMapKind);
  const key = { namespace, name };
  switch (request.verb) {
    case "create":
      return configMaps.create(configMap(name, request.fields));
    case "update":
      return configMaps.update(configMap(name, request.fields, request.ifRevision));
    case "patch":
      return configMaps.patch(key, "merge", { data: { [request.field]: String(request.value) } });
    case "delete": {
      const preconditions = request.ifRevision === undefined ? {} : { preconditions: { resourceVersion: String(request.ifRevision) } };
      return (await configMaps.delete(key, { options: preconditions })).object;
    }
    case "get":
      return configMaps.get(key);
  }
}

function configMap(name: string, fields: Fields, ifRevision?: number): ConfigMap {
  const data = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, String(value)]));
  const resourceVersion = ifRevision === undefined ? {} : { resourceVersion: String(ifRevision) };
  return ConfigMap.fromPartial({ metadata: { name, namespace, ...resourceVersion }, data });
}

function fieldsOf({ data }: Whole<ConfigMap>): Fields {
  return Object.fromEntries(Object.entries(data).map(([field, value]) => [field, Number(value)]));
}

function answered(object: Whole<ConfigMap>): Outcome {
  return { result: "ok", revision: Number(object.metadata.resourceVersion), fields: fieldsOf(object) };
}

/** Refusals are answers; anything else leaves open what happened. */
function outcomeOf(error: unknown): Outcome {
  if (isAlreadyExists(error)) return { result: "exists" };
  if (isNotFound(error)) return { result: "absent" };
  if (isConflict(error)) return { result: "conflict" };
  if (isApiError(error)) return { result: "unknown" };
  throw error;
}
