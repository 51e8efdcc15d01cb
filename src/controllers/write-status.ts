import { isDeepStrictEqual } from "node:util";
import { canonicalize } from "../api/codec/canonical.js";
import { isNotFound } from "../api/errors.js";
import type { ApiObject, Whole } from "../api/object.js";
import type { ResourceClient } from "../client/contracts.js";

interface WithStatus extends ApiObject {
  status: object | undefined;
}

/**
 * Writes an object's status, if it says anything new. For statuses that only the caller writes: it is not compared with
 * what the writers of the spec did meanwhile. An object that is gone is nobody's loss.
 * @returns the resourceVersion that was written; undefined when nothing was
 */
export async function writeStatus<T extends WithStatus>(
  client: ResourceClient<T>,
  object: Whole<T>,
  status: NonNullable<T["status"]>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const unversioned = { ...object, metadata: { ...object.metadata, resourceVersion: "" } };
  try {
    const stored = await writeCurrentStatus(client, unversioned, status, signal);
    return stored === unversioned ? undefined : stored.metadata.resourceVersion;
  } catch (error: unknown) {
    if (!isNotFound(error)) throw error;
    return undefined;
  }
}

/**
 * Writes a status, if it says anything new, to that very revision of the object: for statuses that count on from what
 * they said before. @returns the object as it then is. @throws ApiError Conflict, NotFound
 */
export async function writeCurrentStatus<T extends WithStatus>(
  client: ResourceClient<T>,
  object: Whole<T>,
  status: NonNullable<T["status"]>,
  signal: AbortSignal,
): Promise<Whole<T>> {
  // As it would be stored: zeros and what is absent are the same there.
  const stored = structuredClone(status);
  canonicalize(`${client.kind.typeName}Status`, stored);
  if (isDeepStrictEqual(stored, object.status)) return object;
  return await client.updateStatus({ ...object, status: stored } as unknown as T, { signal });
}
