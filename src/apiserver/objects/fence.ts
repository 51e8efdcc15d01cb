import { badRequest } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { keyOf, parseKey } from "../../api/object.js";
import type { Lease } from "../../gen/howbernetes/coordination/v1/lease.js";
import type { Guard } from "../../storage/interface.js";
import { fenceKey } from "../../storage/keys.js";

/** Request metadata in which a leader names its fence: `<namespace>/<lease>:<revision>`. */
const fenceHeader = "howbernetes-fence";

/** The guards that a call's metadata asks for: with a fence, its writes hold only while no other leader has taken over. */
export function guardsOf(metadata: ReadonlyMap<string, string>): readonly Guard[] {
  const text = metadata.get(fenceHeader);
  if (text === undefined) return [];
  const match = /^([a-z0-9.-]+\/[a-z0-9.-]+):(\d{1,15})$/.exec(text);
  if (match === null) throw badRequest(`${fenceHeader}: ${JSON.stringify(text)} is not <namespace>/<lease>:<revision>`);
  const [, lease = "", revision = ""] = match;
  return [{ key: fenceKey(parseKey(lease)), revision: Number(revision) }];
}

/**
 * What is written along with an object. A Lease that is taken (another holder, or the same one anew) rewrites its fence
 * in the same transaction, so that the fence's revision is the Lease's own as of that write; a renewal leaves it alone.
 *
 * @param previous the object before, if there was one: asked for only where it matters
 */
export function alongWith<T extends ApiObject>(
  kind: Kind<T>,
  next: Whole<T>,
  previous: () => Whole<T> | undefined,
): readonly { readonly key: string; readonly value: Uint8Array }[] {
  if (kind.typeName !== leaseKind.typeName) return [];
  const lease = next as unknown as Whole<Lease>;
  const before = previous() as unknown as Whole<Lease> | undefined;
  if (before !== undefined && tenureOf(before) === tenureOf(lease)) return [];
  return [{ key: fenceKey(keyOf(lease)), value: Buffer.from(lease.spec.holderIdentity ?? "") }];
}

/** Differs whenever the Lease has been taken in between. */
function tenureOf({ spec, metadata }: Whole<Lease>): string {
  return JSON.stringify([metadata.uid, spec.holderIdentity ?? "", spec.leaseTransitions ?? 0, spec.acquireTime ?? null]);
}
