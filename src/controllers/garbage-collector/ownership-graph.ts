import { apiVersionOf } from "../../api/codec/json.js";
import { isNotFound } from "../../api/errors.js";
import { kinds } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../../api/object.js";
import type { ApiClient } from "../../client/contracts.js";
import type { OwnerReference } from "../../gen/howbernetes/meta/v1/meta.js";
import { byOwner, type SharedInformers, watchedKinds } from "../shared-informers.js";
import { type Dependent, isWaiting, type JudgedReference, type OwnerFate } from "./plan.js";

/** An object that is owned, with its kind. */
export interface OwnedObject extends Dependent {
  readonly kind: Kind;
}

/** Who owns what, over all kinds. */
export class OwnershipGraph {
  constructor(
    private readonly client: ApiClient,
    private readonly informers: SharedInformers,
  ) {}

  /** What refers to `owner` as its owner. */
  dependentsOf(owner: Whole<ApiObject>): readonly OwnedObject[] {
    return watchedKinds.flatMap((kind) =>
      this.informers
        .of(kind)
        .byIndex(byOwner, owner.metadata.uid)
        .map((object) => ({ kind, object, blocks: blocksOwner(object, owner) })),
    );
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

  private async fateOf(object: Whole<ApiObject>, reference: OwnerReference, signal: AbortSignal): Promise<OwnerFate> {
    const kind = kindReferredTo(reference);
    // What can't be looked up is not known to be gone; nor can an object of no namespace be owned by one that has one.
    if (kind === undefined || (kind.namespaced && object.metadata.namespace === "")) return "solid";
    const key = { namespace: kind.namespaced ? object.metadata.namespace : "", name: reference.name ?? "" };
    const cached = watchedKinds.includes(kind) ? this.informers.of(kind).get(key) : undefined;
    const owner = cached?.metadata.uid === reference.uid ? cached : await this.live(kind, key, signal);
    if (owner?.metadata.uid !== reference.uid) return "gone";
    return owner !== undefined && isWaiting(owner) ? "waiting" : "solid";
  }

  private async live(kind: Kind, key: ObjectKey, signal: AbortSignal): Promise<Whole<ApiObject> | undefined> {
    try {
      return await this.client.of(kind).get(key, { signal });
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

function kindReferredTo(reference: OwnerReference): Kind | undefined {
  return kinds.find((kind) => kind.kind === reference.kind && apiVersionOf(kind) === reference.apiVersion);
}

function blocksOwner(object: Whole<ApiObject>, owner: Whole<ApiObject>): boolean {
  return object.metadata.ownerReferences.some(({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true);
}
