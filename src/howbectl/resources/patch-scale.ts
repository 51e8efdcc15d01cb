import type { Kind } from "../../api/kinds/kind.js";
import type { ObjectKey } from "../../api/object.js";
import type { RemoteApiClient } from "../../client/client.js";
import { PatchRequest, PatchType, ResourcesService } from "../../gen/howbernetes/api/v1/resources.js";

/** A wanted count. */
export interface WantedScale {
  readonly kind: Kind;
  readonly key: ObjectKey;
  readonly replicas: number;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  /** The resourceVersion that the object must have; undefined: any. */
  readonly onlyIf: string | undefined;
}

/**
 * Sets the count by the object's scale subresource, which touches nothing else. Called directly, for what comes back is
 * a Scale and not an object of the kind.
 *
 * @throws ApiError Conflict when the object has another resourceVersion
 */
export async function patchScale(client: RemoteApiClient, wanted: WantedScale, signal: AbortSignal): Promise<void> {
  const { kind, key, replicas, dryRun, onlyIf } = wanted;
  const condition = onlyIf === undefined ? {} : { metadata: { resourceVersion: onlyIf } };
  const request = PatchRequest.fromPartial({
    ...key,
    type: { group: kind.group, version: kind.version, resource: kind.plural },
    subresource: "scale",
    patchType: PatchType.MERGE,
    patch: Buffer.from(JSON.stringify({ ...condition, spec: { replicas } })),
    fieldManager: wanted.fieldManager,
    dryRun,
  });
  await client.raw(ResourcesService, "unary").patch(request, { signal });
}
