import { encodeObject } from "../../api/codec/encode.js";
import { stripResourceVersion } from "../../api/codec/resource-version.js";
import { decodeWhole } from "../../api/codec/whole.js";
import { alreadyExists, conflict, isApiError, isUnavailable, notFound, tooLarge } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { everyField } from "../../api/selectors/field-selector.js";
import { everything } from "../../api/selectors/label-selector.js";
import { throwIfAborted } from "../../base/abort.js";
import { toCachedObject, writtenObject } from "../../storage/cacher/cached-object.js";
import type { CachedObject, Freshness } from "../../storage/cacher/interface.js";
import type { WatchCaches } from "../../storage/cacher/watch-caches.js";
import { isRevisionMismatch } from "../../storage/errors.js";
import type { Revision, Store, WriteOptions } from "../../storage/interface.js";
import { storeKey } from "../../storage/keys.js";
import type { MutateOptions, ObjectStore } from "../object-store.js";
import { alongWith } from "./fence.js";
import { translated } from "./store-errors.js";
import { subjectOf } from "./subject.js";

// etcd refuses requests over 1.5 MiB; a megabyte leaves room for what is written along with an object.
const maxObjectBytes = 1024 * 1024;

type Change<T extends ApiObject> = (draft: Whole<T>, current: CachedObject<T>) => boolean | undefined | Promise<boolean | undefined>;

/** What an attempt to change an object came to. */
type Attempt<T extends ApiObject> =
  | { readonly outcome: "written" | "unchanged"; readonly object: CachedObject<T> }
  /** Another write came first. */
  | { readonly outcome: "lost" };

/** Creates the object store over a store and the caches that watch it. */
export function createObjectStore(deps: { readonly store: Store; readonly caches: WatchCaches }): ObjectStore {
  return new StoredObjects(deps.store, deps.caches);
}

class StoredObjects implements ObjectStore {
  constructor(
    private readonly store: Store,
    private readonly caches: WatchCaches,
  ) {}

  async get<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, freshness: Freshness, signal: AbortSignal): Promise<CachedObject<T>> {
    const { found } = await this.caches.of(kind).get(storeKey(kind, key), freshness, signal);
    if (found === undefined) throw notFound(subjectOf(kind, key.name));
    return found;
  }

  async list<T extends ApiObject>(
    kind: Kind<T>,
    namespace: string,
    freshness: Freshness,
    signal: AbortSignal,
  ): Promise<readonly CachedObject<T>[]> {
    const scope = { namespace, labels: everything, fields: everyField };
    return (await this.caches.of(kind).list(scope, freshness, signal)).objects;
  }

  async create<T extends ApiObject>(
    kind: Kind<T>,
    object: Whole<T>,
    options: Parameters<ObjectStore["create"]>[2],
  ): Promise<CachedObject<T>> {
    const key = storeKey(kind, keyOf(object));
    const subject = subjectOf(kind, object.metadata.name);
    const value = encodeStored(kind, object);
    if (options.dryRun === true) {
      const { value: existing } = await translated(subject, this.store.get(key, options.signal));
      if (existing !== undefined) throw alreadyExists(subject);
      return { key, revision: 0, bytes: value, object: decodeWhole(kind, value) };
    }
    throwIfAborted(options.signal);
    const also = [...(options.also ?? []), ...alongWith(kind, object, () => undefined)];
    const revision = await translated(subject, this.store.create(key, value, { guards: options.guards ?? [], also }));
    return writtenObject(kind, { key, value, revision });
  }

  async mutate<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, change: Change<T>, options: MutateOptions): Promise<CachedObject<T>> {
    // The first try builds on the cache, which saves a read and is right almost always; nothing is concluded from it,
    // neither a refusal nor that there is nothing to do, before the store has been asked.
    const cached = await this.caches.of(kind).get(storeKey(kind, key), { kind: "any" }, options.signal);
    if (cached.found !== undefined) {
      const attempt = await this.attempt(kind, cached.found, change, options).catch((error: unknown) => {
        // Where the store did not answer, the write may have been made: made again, a patch would count twice, and a
        // swap would be told of a conflict with itself.
        if (isApiError(error) && !isUnavailable(error)) return undefined;
        throw error;
      });
      if (attempt?.outcome === "written") return attempt.object;
    }
    for (;;) {
      throwIfAborted(options.signal);
      const current = await this.read(kind, key, options.signal);
      const attempt = await this.attempt(kind, current, change, options);
      if (attempt.outcome !== "lost") return attempt.object;
    }
  }

  async remove<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, options: MutateOptions): Promise<CachedObject<T>> {
    const subject = subjectOf(kind, key.name);
    for (;;) {
      throwIfAborted(options.signal);
      const current = await this.read(kind, key, options.signal);
      checkPreconditions(kind, current.object, current.revision, options);
      if (options.dryRun === true) return current;
      try {
        const revision = await this.store.delete(current.key, current.revision, { guards: options.guards ?? [] });
        return writtenObject(kind, { key: current.key, value: stripResourceVersion(current.bytes), revision });
      } catch (error: unknown) {
        if (!isRevisionMismatch(error)) await translated(subject, Promise.reject(error));
      }
    }
  }

  private async attempt<T extends ApiObject>(
    kind: Kind<T>,
    current: CachedObject<T>,
    change: Change<T>,
    options: MutateOptions,
  ): Promise<Attempt<T>> {
    const draft = decodeWhole(kind, current.bytes);
    checkPreconditions(kind, draft, current.revision, options);
    if ((await change(draft, current)) === false) return { outcome: "unchanged", object: current };
    const value = encodeStored(kind, draft);
    if (value.equals(stripResourceVersion(current.bytes))) return { outcome: "unchanged", object: current };
    if (options.dryRun === true) {
      return { outcome: "written", object: writtenObject(kind, { key: current.key, value, revision: current.revision }) };
    }
    const also = [...(options.also?.(draft) ?? []), ...alongWith(kind, draft, () => current.object)];
    return this.write(kind, { current, value, options: { guards: options.guards ?? [], also } });
  }

  private async write<T extends ApiObject>(
    kind: Kind<T>,
    { current, value, options }: { readonly current: CachedObject<T>; readonly value: Buffer; readonly options: WriteOptions },
  ): Promise<Attempt<T>> {
    try {
      const revision = await this.store.update(current.key, value, current.revision, options);
      return { outcome: "written", object: writtenObject(kind, { key: current.key, value, revision }) };
    } catch (error: unknown) {
      if (isRevisionMismatch(error)) return { outcome: "lost" };
      return await translated(subjectOf(kind, current.object.metadata.name), Promise.reject(error));
    }
  }

  /** The object as the store has it now. */
  private async read<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, signal: AbortSignal): Promise<CachedObject<T>> {
    const subject = subjectOf(kind, key.name);
    const { value } = await translated(subject, this.store.get(storeKey(kind, key), signal));
    if (value === undefined) throw notFound(subject);
    return toCachedObject(kind, value);
  }
}

/** What is stored of an object that is written along with another. @throws ApiError RequestEntityTooLarge */
export function putOf<T extends ApiObject>(kind: Kind<T>, object: Whole<T>): { readonly key: string; readonly value: Uint8Array } {
  return { key: storeKey(kind, keyOf(object)), value: encodeStored(kind, object) };
}

/** What is stored of an object: its bytes without resourceVersion. @throws ApiError RequestEntityTooLarge */
function encodeStored<T extends ApiObject>(kind: Kind<T>, object: Whole<T>): Buffer {
  const value = stripResourceVersion(encodeObject(kind, object as unknown as T));
  if (value.length <= maxObjectBytes) return value;
  throw tooLarge(`${kind.plural} ${JSON.stringify(object.metadata.name)} is too large: ${value.length} bytes of at most ${maxObjectBytes}`);
}

function checkPreconditions<T extends ApiObject>(
  kind: Kind<T>,
  { metadata: { uid, name } }: Whole<T>,
  revision: Revision,
  options: MutateOptions,
): void {
  const subject = subjectOf(kind, name);
  if (options.uid !== undefined && options.uid !== uid) {
    throw conflict(subject, `Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${uid}`);
  }
  if (options.ifResourceVersion !== undefined && options.ifResourceVersion !== String(revision)) throw conflict(subject);
}
