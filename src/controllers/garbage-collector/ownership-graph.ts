import { isNotFound } from "../../api/errors.js";
import { kindOf } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../../api/object.js";
import type { ApiClient } from "../../client/contracts.js";
import type { OwnerReference } from "../../gen/howbernetes/meta/v1/meta.js";
import { byOwner, type SharedInformers, watchedKinds } from "../shared-informers.js";
import { type Dependent, isWaiting, type JudgedReference, type OwnerFate } from "./plan.js";
import { Recent } from "./recent.js";

/** An object that is owned, with its kind. */
export interface OwnedObject extends Dependent {
  readonly kind: Kind;
}

/** An owner that the caches show, and how it is referred to. */
interface Owner {
  readonly kind: Kind;
  readonly object: Whole<ApiObject>;
  readonly reference: OwnerReference;
}

// As many owners as may be going at once, several times over; each costs a uid and a name.
const remembered = 10_000;

/** Who owns what, over all kinds. */
export class OwnershipGraph {
  /** Owners that the server said are gone: uids never come back, so it need not be asked for each of their dependents. */
  private readonly absent = new Recent(remembered);
  private readonly detached = new Recent(remembered);

  constructor(
    private readonly client: ApiClient,
    private readonly informers: SharedInformers,
  ) {}

  /** What refers to `owner` as its owner, wherever it is. */
  dependentsOf(owner: Whole<ApiObject>): readonly OwnedObject[] {
    return watchedKinds.flatMap((kind) =>
      this.informers
        .of(kind)
        .byIndex(byOwner, owner.metadata.uid)
        .map((object) => ({ kind, object, blocks: blocksOwner(object, owner) })),
    );
  }

  /** The owners of an object as far as the caches show them. */
  ownersOf(object: Whole<ApiObject>): readonly Owner[] {
    return object.metadata.ownerReferences.flatMap((reference) => {
      const kind = kindReferredTo(reference);
      if (kind === undefined) return [];
      const owner = this.cached(kind, keyOfOwner(kind, object, reference));
      return owner === undefined || owner.metadata.uid !== reference.uid ? [] : [{ kind, object: owner, reference }];
    });
  }

  /** Whether an object blocks an owner which, by way of its own owners, blocks the object in turn. */
  isInCircle(object: Whole<ApiObject>): boolean {
    const seen = new Set<string>();
    const leadsBack = (from: Whole<ApiObject>): boolean =>
      this.ownersOf(from).some(({ object: owner, reference }) => {
        if (reference.blockOwnerDeletion !== true) return false;
        if (owner.metadata.uid === object.metadata.uid) return true;
        if (seen.has(owner.metadata.uid)) return false;
        seen.add(owner.metadata.uid);
        return leadsBack(owner);
      });
    return leadsBack(object);
  }

  /**
   * Notes that an owner leaves its dependents to stay, before it goes: one of them that the cache shows only later is then
   * not taken for left behind.
   */
  detach(owner: Whole<ApiObject>): void {
    this.detached.add(owner.metadata.uid);
  }

  /**
   * Finds out what became of each owner. That one is gone is believed only on the server's word: a cache may not have
   * it yet.
   */
  async judge(object: Whole<ApiObject>, signal: AbortSignal): Promise<readonly JudgedReference[]> {
    return await Promise.all(
      object.metadata.ownerReferences.map(async (reference) => ({ reference, fate: await this.fateOf(object, reference, signal) })),
    );
  }

  /** Whether a reference is one that can't be: to an owner in another namespace, or in any, of an object that is in none. */
  isMisplaced(object: Whole<ApiObject>, reference: OwnerReference): boolean {
    const kind = kindReferredTo(reference);
    if (kind === undefined || !kind.namespaced) return false;
    const { namespace } = object.metadata;
    if (namespace === "") return true;
    if (!watchedKinds.includes(kind)) return false;
    const owners = this.informers.of(kind).list();
    return owners.some(({ metadata }) => metadata.uid === reference.uid && metadata.namespace !== namespace);
  }

  private async fateOf(object: Whole<ApiObject>, reference: OwnerReference, signal: AbortSignal): Promise<OwnerFate> {
    const kind = kindReferredTo(reference);
    if (kind === undefined || (kind.namespaced && object.metadata.namespace === "")) return "unknown";
    const key = keyOfOwner(kind, object, reference);
    const cached = this.cached(kind, key);
    const owner = cached?.metadata.uid === reference.uid ? cached : await this.live(kind, key, reference.uid ?? "", signal);
    if (owner !== undefined) return isWaiting(owner) ? "waiting" : "solid";
    return this.detached.has(reference.uid ?? "") ? "detached" : "gone";
  }

  private cached(kind: Kind, key: ObjectKey): Whole<ApiObject> | undefined {
    return watchedKinds.includes(kind) ? this.informers.of(kind).get(key) : undefined;
  }

  private async live(kind: Kind, key: ObjectKey, uid: string, signal: AbortSignal): Promise<Whole<ApiObject> | undefined> {
    // With its whereabouts: it may be there, but not where it is said to be.
    const identity = `${kind.typeName} ${key.namespace}/${key.name} ${uid}`;
    if (this.absent.has(identity)) return undefined;
    const found = await this.get(kind, key, signal);
    if (found?.metadata.uid === uid) return found;
    this.absent.add(identity);
    return undefined;
  }

  private async get(kind: Kind, key: ObjectKey, signal: AbortSignal): Promise<Whole<ApiObject> | undefined> {
    try {
      return await this.client.of(kind).get(key, { signal });
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

function kindReferredTo({ apiVersion, kind }: OwnerReference): Kind | undefined {
  return kindOf(apiVersion, kind ?? "");
}

function keyOfOwner(kind: Kind, { metadata }: Whole<ApiObject>, reference: OwnerReference): ObjectKey {
  return { namespace: kind.namespaced ? metadata.namespace : "", name: reference.name ?? "" };
}

function blocksOwner(object: Whole<ApiObject>, owner: Whole<ApiObject>): boolean {
  return object.metadata.ownerReferences.some(({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true);
}
