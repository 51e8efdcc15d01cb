import { randomUUID } from "node:crypto";
import { makeWhole } from "../../api/codec/whole.js";
import { isAlreadyExists, isConflict, isNotFound } from "../../api/errors.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import type { Whole } from "../../api/object.js";
import { microTimeFromMs } from "../../api/values/time.js";
import type { Clock } from "../../base/clock.js";
import type { Lease } from "../../gen/howbernetes/coordination/v1/lease.js";
import type { ObjectStore } from "../object-store.js";
import { prepareCreate } from "../objects/prepare-create.js";
import type { SessionFence } from "./session-fence.js";

/** The namespace in which every node has a Lease of its name. */
const nodeLeaseNamespace = "kube-node-lease";
/** Annotation of a node's Lease: the session whose stream renews it. */
const sessionAnnotation = "howbernetes.dev/session";
/** Annotation of a node's Lease, with the time, once the stream of that session broke and did not come back. */
const disconnectedAnnotation = "howbernetes.dev/disconnected";

interface NodeLeaseDeps {
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly leaseDurationSeconds: number;
}

/** Keeps the Leases by which controllers judge whether nodes live. */
export class NodeLeases {
  constructor(private readonly deps: NodeLeaseDeps) {}

  /** Says that the node lives, in the name of its session. @throws ApiError Conflict when a newer session exists */
  async renew(nodeName: string, session: SessionFence, signal: AbortSignal): Promise<void> {
    const { objects } = this.deps;
    const guards = [session.guard];
    const key = { namespace: nodeLeaseNamespace, name: nodeName };
    try {
      await objects.mutate(leaseKind, key, (draft) => this.renewed(draft, nodeName, session), { signal, guards });
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
      const lease = makeWhole(leaseKind, { metadata: { name: nodeName } });
      this.renewed(lease, nodeName, session);
      prepareCreate(leaseKind, lease, { namespace: key.namespace, uid: randomUUID(), nowMs: this.deps.clock.now() });
      await objects.create(leaseKind, lease, { signal, guards }).catch((raced: unknown) => {
        if (!isAlreadyExists(raced)) throw raced;
      });
    }
  }

  /** Says that the session's stream broke and did not come back; nothing when a newer session renews the Lease by now. */
  async markDisconnected(nodeName: string, session: SessionFence, signal: AbortSignal): Promise<void> {
    const mark = (draft: Whole<Lease>): boolean => {
      const { annotations } = draft.metadata;
      if (annotations[sessionAnnotation] !== String(session.id)) return false;
      annotations[disconnectedAnnotation] = new Date(this.deps.clock.now()).toISOString();
      return true;
    };
    const key = { namespace: nodeLeaseNamespace, name: nodeName };
    await this.deps.objects.mutate(leaseKind, key, mark, { signal, guards: [session.guard] }).catch((error: unknown) => {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    });
  }

  private renewed(draft: Whole<Lease>, nodeName: string, session: SessionFence): true {
    const now = microTimeFromMs(this.deps.clock.now());
    const { annotations } = draft.metadata;
    const isNew = annotations[sessionAnnotation] !== String(session.id);
    annotations[sessionAnnotation] = String(session.id);
    delete annotations[disconnectedAnnotation];
    draft.spec = {
      ...draft.spec,
      holderIdentity: nodeName,
      leaseDurationSeconds: this.deps.leaseDurationSeconds,
      acquireTime: isNew ? now : (draft.spec.acquireTime ?? now),
      renewTime: now,
    };
    return true;
  }
}
