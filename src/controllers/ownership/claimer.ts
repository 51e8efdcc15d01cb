import { isNotFound } from "../../api/errors.js";
import { type ApiObject, keyOf, type Whole } from "../../api/object.js";
import type { LabelSelector } from "../../api/selectors/label-selector.js";
import type { ResourceClient } from "../../client/contracts.js";
import { planClaims } from "./claim-plan.js";
import { controllerReference, isControlledBy } from "./owner-reference.js";

/** Takes and gives up control of objects, so that an owner has exactly those that its selector matches. */
export class Claimer<Owner extends ApiObject, T extends ApiObject> {
  constructor(
    private readonly owners: ResourceClient<Owner>,
    private readonly objects: ResourceClient<T>,
    /** One that objects carry for as long as they are controlled. */
    private readonly finalizer?: string,
  ) {}

  /**
   * Adopts and releases as needed. `candidates` are the objects that `owner` controls, and those that nothing does.
   * @returns what it controls then. @throws ApiError Conflict when an object has changed since it was cached
   */
  async claim(
    owner: Whole<Owner>,
    selector: LabelSelector,
    candidates: readonly Whole<T>[],
    signal: AbortSignal,
  ): Promise<readonly Whole<T>[]> {
    const { owned, adopt, release } = planClaims(owner, selector, candidates);
    for (const object of release) await this.release(owner, object, signal);
    if (adopt.length === 0 || !(await this.stillThere(owner, signal))) return owned;
    const adopted: Whole<T>[] = [];
    for (const object of adopt) adopted.push(...(await this.adopt(owner, object, signal)));
    return [...owned, ...adopted];
  }

  /** The cache may show an owner that is gone: what it adopted would be deleted with it. */
  private async stillThere(owner: Whole<Owner>, signal: AbortSignal): Promise<boolean> {
    try {
      const { metadata } = await this.owners.get(keyOf(owner), { signal });
      return metadata.uid === owner.metadata.uid && metadata.deletionTimestamp === undefined;
    } catch (error: unknown) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  private async adopt(owner: Whole<Owner>, object: Whole<T>, signal: AbortSignal): Promise<Whole<T>[]> {
    const reference = controllerReference(this.owners.kind, owner);
    const others = object.metadata.ownerReferences.filter(({ uid }) => uid !== reference.uid);
    const finalizers = this.finalizer === undefined ? undefined : [...this.otherFinalizers(object), this.finalizer];
    return await this.patch(object, { ownerReferences: [...others, reference], finalizers }, signal);
  }

  private async release(owner: Whole<Owner>, object: Whole<T>, signal: AbortSignal): Promise<void> {
    if (!isControlledBy(object, owner)) return;
    const others = object.metadata.ownerReferences.filter(({ uid }) => uid !== owner.metadata.uid);
    const finalizers = this.finalizer === undefined ? undefined : this.otherFinalizers(object);
    await this.patch(object, { ownerReferences: others, finalizers }, signal);
  }

  private otherFinalizers({ metadata }: Whole<T>): readonly string[] {
    return metadata.finalizers.filter((finalizer) => finalizer !== this.finalizer);
  }

  /** The resourceVersion makes it all or nothing: two owners never take one object. */
  private async patch(object: Whole<T>, bonds: object, signal: AbortSignal): Promise<Whole<T>[]> {
    const { resourceVersion } = object.metadata;
    try {
      return [await this.objects.patch(keyOf(object), "merge", { metadata: { resourceVersion, ...bonds } }, { signal })];
    } catch (error: unknown) {
      if (isNotFound(error)) return [];
      throw error;
    }
  }
}
