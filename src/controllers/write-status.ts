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
 */
export async function writeStatus<T extends WithStatus>(
  client: ResourceClient<T>,
  object: Whole<T>,
  status: NonNullable<T["status"]>,
  signal: AbortSignal,
): Promise<void> {
  // As it would be stored: zeros and what is absent are the same there.
  const stored = structuredClone(status);
  canonicalize(`${client.kind.typeName}Status`, stored);
  if (isDeepStrictEqual(stored, object.status)) return;
  const metadata = { ...object.metadata, resourceVersion: "" };
  try {
    await client.updateStatus({ ...object, metadata, status: stored } as unknown as T, { signal });
  } catch (error: unknown) {
    if (!isNotFound(error)) throw error;
  }
}
