import { apiVersionOf } from "../../src/api/codec/json.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import type { ApiObject, Whole } from "../../src/api/object.js";
import { type PatchRequest, PatchType } from "../../src/gen/howbernetes/api/v1/resources.js";
import type { ResourceCalls } from "./resource-calls.js";

/** Server-side apply by a manager of that name. */
export type ApplyCall = <T extends ApiObject>(
  kind: Kind<T>,
  name: string,
  configuration: unknown,
  manager?: string,
  more?: Partial<PatchRequest>,
) => Promise<Whole<T>>;

/** Creates the call, of objects in "default", by "one" unless another is named. What a configuration is of goes without saying. */
export function applyCall(patch: ResourceCalls["patch"]): ApplyCall {
  return (kind, name, configuration, manager = "one", more = {}) => {
    const typed = Array.isArray(configuration)
      ? configuration
      : { apiVersion: apiVersionOf(kind), kind: kind.kind, ...(configuration as object) };
    return patch(kind, name, typed, { patchType: PatchType.APPLY, fieldManager: manager, ...more });
  };
}

/** Who owns what, as "manager operation[/subresource]" → FieldsV1. */
export function ownersOf({ metadata }: Whole<ApiObject>): Record<string, unknown> {
  return Object.fromEntries(
    metadata.managedFields.map(({ manager, operation, subresource, fieldsV1 }) => [
      `${manager} ${operation}${subresource === undefined ? "" : `/${subresource}`}`,
      JSON.parse(Buffer.from(fieldsV1?.Raw ?? "").toString()),
    ]),
  );
}

/** A container by the name of c. */
export const containerOf = (image: string, more: object = {}): object => ({ name: "c", image, ...more });

/** As much of a Deployment "web" as must be said. */
export const webConfiguration = (spec: object = {}, containers: readonly object[] = [containerOf("a:1")]): object => ({
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers } },
    ...spec,
  },
});

/** A configuration of nothing but a count. */
export const replicasOf = (replicas: number): object => ({ spec: { replicas } });
