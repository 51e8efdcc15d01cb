import { makeWhole } from "../../api/codec/whole.js";
import { isAlreadyExists, isNotFound } from "../../api/errors.js";
import { templateHash } from "../../api/hash.js";
import { controllerRevisionKind } from "../../api/kinds/controllerrevision/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import { unreachable } from "../../base/invariant.js";
import type { Informer, ResourceClient } from "../../client/contracts.js";
import { OwnWrites } from "../../client/own-writes.js";
import type { ControllerRevision } from "../../gen/howbernetes/apps/v1/controller_revision.js";
import { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { LabelSelector } from "../../gen/howbernetes/meta/v1/values.js";
import type { Claimer } from "../ownership/claimer.js";
import { controllerReference, isControlledBy } from "../ownership/owner-reference.js";
import { byController, byOrphanNamespace } from "../shared-informers.js";
import { writeStatus } from "../write-status.js";
import { planRevision, planTruncation } from "./plan.js";
import { isOfTemplate, revisionData } from "./revision-data.js";

/** What of an owner its revisions depend on. */
interface RevisedSpec {
  selector: LabelSelector | undefined;
  template: PodTemplateSpec | undefined;
  revisionHistoryLimit?: number | undefined;
}

interface RevisedStatus {
  collisionCount?: number | undefined;
}

/** An object whose templates are kept as revisions. */
export interface Revised extends ApiObject {
  spec: RevisedSpec | undefined;
  status: RevisedStatus | undefined;
}

/** The revisions of an object. */
export interface History {
  /** The present template's. */
  readonly current: Whole<ControllerRevision>;
  /** All of them, in no order. */
  readonly all: readonly Whole<ControllerRevision>[];
}

export interface RevisionControlDeps<Owner extends Revised> {
  readonly kind: Kind<Owner>;
  readonly owners: ResourceClient<Owner>;
  readonly client: ResourceClient<ControllerRevision>;
  readonly revisions: Informer<ControllerRevision>;
  readonly claimer: Claimer<Owner, ControllerRevision>;
  /** The label that tells a revision's hash. */
  readonly hashLabel: string;
}

const defaultLimit = 10;

/**
 * Keeps the templates that objects of one kind have had, so that their pods can be told apart by them and one can go back.
 *
 * Invariants: a revision's name is made from its template, so that a creation repeated makes no second one; what is
 * written here is seen before it is decided anew.
 */
export class RevisionControl<Owner extends Revised> {
  private readonly ownWrites = new OwnWrites();

  constructor(private readonly deps: RevisionControlDeps<Owner>) {}

  /** Forgets what was remembered for an owner that is gone. */
  forget(key: ObjectKey): void {
    this.ownWrites.forget(key);
  }

  /**
   * Sees to it that the newest revision is that of the owner's present template. Undefined when another object has the
   * name that the revision would get: the owner's `status.collisionCount`, which goes into the name, has been raised then,
   * and that change has it looked at again.
   */
  async sync(owner: Whole<Owner>, signal: AbortSignal): Promise<History | undefined> {
    const { revisions, claimer } = this.deps;
    await revisions.reached(this.ownWrites.lastRevision(keyOf(owner)), signal);
    const { uid, namespace } = owner.metadata;
    const candidates = [...revisions.byIndex(byController, uid), ...revisions.byIndex(byOrphanNamespace, namespace)];
    const { template, selector } = specOf(owner);
    const all = await claimer.claim(owner, compileLabelSelector(selector), candidates, signal);
    const plan = planRevision(template, all);
    switch (plan.kind) {
      case "keep":
        return { current: plan.current, all };
      case "renumber": {
        const current = await this.renumber(owner, plan.current, plan.revision, signal);
        return { current, all: [...all.filter((each) => each !== plan.current), current] };
      }
      case "create": {
        const current = await this.create(owner, plan.revision, signal);
        return current === undefined ? undefined : { current, all: [...all, current] };
      }
      default:
        return unreachable(plan);
    }
  }

  /** Deletes the revisions that the owner keeps no longer: those beyond its limit that are not `isLive`. */
  async truncate(
    owner: Whole<Owner>,
    { current, all }: History,
    isLive: (revision: Whole<ControllerRevision>) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { template, revisionHistoryLimit: limit = defaultLimit } = specOf(owner);
    for (const revision of planTruncation({ revisions: all, current, isLive, limit }, template)) {
      const { uid, resourceVersion } = revision.metadata;
      try {
        await this.deps.client.delete(keyOf(revision), { options: { preconditions: { uid, resourceVersion } }, signal });
      } catch (error: unknown) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  private async renumber(
    owner: Whole<Owner>,
    { metadata }: Whole<ControllerRevision>,
    revision: number,
    signal: AbortSignal,
  ): Promise<Whole<ControllerRevision>> {
    const { resourceVersion } = metadata;
    const patched = await this.deps.client.patch(keyOf({ metadata }), "merge", { metadata: { resourceVersion }, revision }, { signal });
    this.ownWrites.record(keyOf(owner), patched.metadata.resourceVersion);
    return patched;
  }

  private async create(owner: Whole<Owner>, revision: number, signal: AbortSignal): Promise<Whole<ControllerRevision> | undefined> {
    const wanted = this.newRevision(owner, revision);
    let stored: Whole<ControllerRevision>;
    try {
      stored = await this.deps.client.create(wanted, { signal });
    } catch (error: unknown) {
      if (!isAlreadyExists(error)) throw error;
      stored = await this.deps.client.get(keyOf(wanted), { signal });
      // Ours, which the cache does not show yet, or one that only shares the hash.
      if (!isControlledBy(stored, owner) || !isOfTemplate(stored, specOf(owner).template)) return await this.collide(owner, signal);
    }
    this.ownWrites.record(keyOf(owner), stored.metadata.resourceVersion);
    return stored;
  }

  private newRevision(owner: Whole<Owner>, revision: number): Whole<ControllerRevision> {
    const { kind, hashLabel } = this.deps;
    const { template = PodTemplateSpec.fromPartial({}) } = specOf(owner);
    const hash = templateHash(template, statusOf(owner).collisionCount ?? 0);
    return makeWhole(controllerRevisionKind, {
      metadata: {
        name: `${owner.metadata.name}-${hash}`,
        namespace: owner.metadata.namespace,
        labels: { ...template.metadata?.labels, [hashLabel]: hash },
        annotations: owner.metadata.annotations,
        ownerReferences: [controllerReference(kind, owner)],
      },
      data: { raw: revisionData(template) },
      revision,
    });
  }

  private async collide(owner: Whole<Owner>, signal: AbortSignal): Promise<undefined> {
    const status = statusOf(owner);
    const raised = { ...status, collisionCount: (status.collisionCount ?? 0) + 1 };
    await writeStatus(this.deps.owners, owner, raised as NonNullable<Owner["status"]>, signal);
    return undefined;
  }
}

/** Every owner is a `Revised`, which the compiler cannot see through `Whole`. */
const specOf = (owner: Whole<ApiObject>): RevisedSpec => (owner as unknown as { readonly spec: RevisedSpec }).spec;
const statusOf = (owner: Whole<ApiObject>): RevisedStatus => (owner as unknown as { readonly status: RevisedStatus }).status;
