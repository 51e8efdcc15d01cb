import { randomUUID } from "node:crypto";
import { makeWhole } from "../../api/codec/whole.js";
import { isAlreadyExists, isConflict, isNotFound } from "../../api/errors.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import type { ObjectKey } from "../../api/object.js";
import { microTimeFromMs } from "../../api/values/time.js";
import type { Clock } from "../../base/clock.js";
import type { ObjectStore } from "../object-store.js";
import { prepareCreate } from "../objects/prepare-create.js";

/**
 * Settles among api-servers which of them does a periodic job. Each asks once a period: the holder renews by asking; the
 * others see that the Lease has changed since they last looked, and leave it. One that has not changed for a whole period
 * of their own has lost its holder, and is taken. No clocks are compared. That two hold it for a moment is possible, and
 * must do no harm.
 */
export class TurnLease {
  private lastSeen: string | undefined;

  constructor(
    private readonly deps: { readonly objects: ObjectStore; readonly clock: Pick<Clock, "now"> },
    private readonly key: ObjectKey,
    private readonly identity: string,
  ) {}

  /** Whether this period's turn is the caller's. */
  async take(periodSeconds: number, signal: AbortSignal): Promise<boolean> {
    try {
      const { object } = await this.deps.objects.get(leaseKind, this.key, { kind: "latest" }, signal);
      const { resourceVersion } = object.metadata;
      const isMine = object.spec.holderIdentity === this.identity;
      if (!isMine && resourceVersion !== this.lastSeen) {
        this.lastSeen = resourceVersion;
        return false;
      }
      await this.renew(resourceVersion, signal);
      return true;
    } catch (error: unknown) {
      if (isNotFound(error)) return await this.create(periodSeconds, signal);
      if (isConflict(error)) return false;
      throw error;
    }
  }

  private async renew(ifResourceVersion: string, signal: AbortSignal): Promise<void> {
    const now = microTimeFromMs(this.deps.clock.now());
    await this.deps.objects.mutate(
      leaseKind,
      this.key,
      ({ spec }) => {
        if (spec.holderIdentity !== this.identity) {
          spec.holderIdentity = this.identity;
          spec.acquireTime = now;
          spec.leaseTransitions = (spec.leaseTransitions ?? 0) + 1;
        }
        spec.renewTime = now;
        return true;
      },
      { signal, ifResourceVersion },
    );
  }

  private async create(periodSeconds: number, signal: AbortSignal): Promise<boolean> {
    const { namespace, name } = this.key;
    const now = microTimeFromMs(this.deps.clock.now());
    const spec = {
      holderIdentity: this.identity,
      leaseDurationSeconds: periodSeconds,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: 0,
    };
    const lease = makeWhole(leaseKind, { metadata: { name, namespace }, spec });
    prepareCreate(leaseKind, lease, { namespace, uid: randomUUID(), nowMs: this.deps.clock.now() });
    try {
      await this.deps.objects.create(leaseKind, lease, { signal });
      return true;
    } catch (error: unknown) {
      if (isAlreadyExists(error)) return false;
      throw error;
    }
  }
}
