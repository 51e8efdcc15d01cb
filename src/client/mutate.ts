import { isDeepStrictEqual } from "node:util";
import { isAlreadyExists, isConflict, isNotFound } from "../api/errors.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../api/object.js";
import type { ResourceClient, WriteCallOptions } from "./contracts.js";

// Each conflict means that somebody else's write succeeded, so there is no waiting in between; an object that changes
// faster than it can be read and written this often is in a fight that trying on does not end.
const maxAttempts = 10;

/** How the write is to be made, and of which part. */
export interface MutateOptions extends WriteCallOptions {
  /** "status" writes the status alone; the rest of the object by default. */
  readonly subresource?: "status" | undefined;
}

/**
 * Reads an object, lets `change` work on a copy of it, and writes that back; when another write came in between, reads
 * anew and begins again, so that neither write is lost. `change` may be called several times and must follow from what
 * it is given alone. It may be given an object that it has changed already, when the answer to that write was lost: say
 * what is to be ("replicas: 3"), not what is to be added. A copy that is left as it was is not written.
 *
 * @returns the object as it is then
 * @throws ApiError NotFound; Invalid and Forbidden from the write; Conflict after ten lost races in a row
 */
export async function mutate<T extends ApiObject>(
  client: ResourceClient<T>,
  key: ObjectKey,
  change: (draft: Whole<T>) => void,
  options: MutateOptions = {},
): Promise<Whole<T>> {
  for (let attempt = 1; ; attempt += 1) {
    const present = await client.get(key, { signal: options.signal });
    try {
      return await writeChanged(client, present, change, options);
    } catch (error: unknown) {
      if (!isConflict(error) || attempt === maxAttempts) throw error;
    }
  }
}

/**
 * As `mutate`, for an object that may not be there yet: `change` then works on `fresh`, which is created. Objects made
 * this way must have a name of their own, not `generateName`: that is what keeps two callers from making two.
 */
export async function createOrMutate<T extends ApiObject>(
  client: ResourceClient<T>,
  fresh: Whole<T>,
  change: (draft: Whole<T>) => void,
  options: WriteCallOptions = {},
): Promise<Whole<T>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await mutate(client, keyOf(fresh), change, options);
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
    }
    const draft = structuredClone(fresh);
    change(draft);
    try {
      return await client.create(asMessage(draft), options);
    } catch (error: unknown) {
      if (!isAlreadyExists(error) || attempt === maxAttempts) throw error;
    }
  }
}

async function writeChanged<T extends ApiObject>(
  client: ResourceClient<T>,
  present: Whole<T>,
  change: (draft: Whole<T>) => void,
  { subresource, ...options }: MutateOptions,
): Promise<Whole<T>> {
  const draft = structuredClone(present);
  change(draft);
  if (isDeepStrictEqual(draft, present)) return present;
  // The write is of what was read, whatever `change` made of it.
  draft.metadata.resourceVersion = present.metadata.resourceVersion;
  return subresource === "status" ? await client.updateStatus(asMessage(draft), options) : await client.update(asMessage(draft), options);
}

/** A whole object is its message with nothing missing. */
function asMessage<T extends ApiObject>(object: Whole<T>): T {
  return object as unknown as T;
}
