import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { ApiClient } from "../../client/contracts.js";

/** The objects of a kind that an object is the controller of, by their owner references. */
export async function controlledObjects<T extends ApiObject>(
  owner: Whole<ApiObject>,
  kind: Kind<T>,
  { client, signal }: { readonly client: ApiClient; readonly signal: AbortSignal },
): Promise<readonly Whole<T>[]> {
  const { items } = await client.of(kind).list({ namespace: owner.metadata.namespace, signal });
  return items.filter(({ metadata }) =>
    metadata.ownerReferences.some(({ controller, uid }) => controller === true && uid === owner.metadata.uid),
  );
}
