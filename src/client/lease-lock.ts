import { makeWhole } from "../api/codec/whole.js";
import { isNotFound } from "../api/errors.js";
import { leaseKind } from "../api/kinds/lease/kind.js";
import type { ObjectKey, Whole } from "../api/object.js";
import { microTimeFromMs } from "../api/values/time.js";
import type { Clock } from "../base/clock.js";
import type { Lease, LeaseSpec } from "../gen/howbernetes/coordination/v1/lease.js";
import type { ResourceClient } from "./contracts.js";

/** Who holds a Lease, and the writes by which that changes. Every write is conditional on the Lease that was seen. */
export class LeaseLock {
  constructor(
    private readonly leases: ResourceClient<Lease>,
    private readonly key: ObjectKey,
    private readonly identity: string,
    private readonly leaseDurationSeconds: number,
    private readonly clock: Clock,
  ) {}

  /** The Lease as it is now. */
  async read(signal: AbortSignal): Promise<Whole<Lease> | undefined> {
    try {
      return await this.leases.get(this.key, { signal });
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  isMine(lease: Whole<Lease> | undefined): lease is Whole<Lease> {
    return lease?.spec.holderIdentity === this.identity;
  }

  /**
   * Takes a Lease that is absent, released or run out.
   * @throws ApiError Conflict, AlreadyExists when somebody else was quicker
   */
  async acquire(seen: Whole<Lease> | undefined, signal: AbortSignal): Promise<Whole<Lease>> {
    const now = microTimeFromMs(this.clock.now());
    const spec = {
      holderIdentity: this.identity,
      leaseDurationSeconds: this.leaseDurationSeconds,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: seen === undefined ? 0 : (seen.spec.leaseTransitions ?? 0) + 1,
    };
    if (seen === undefined) return await this.leases.create(makeWhole(leaseKind, { metadata: { ...this.key }, spec }), { signal });
    return await this.leases.update(withSpec(seen, spec), { signal });
  }

  /** @throws ApiError Conflict when the Lease is not as it was seen */
  async renew(held: Whole<Lease>, signal: AbortSignal): Promise<Whole<Lease>> {
    return await this.leases.update(withSpec(held, { renewTime: microTimeFromMs(this.clock.now()) }), { signal });
  }

  /** Lets go, so that the next leader need not wait. @throws ApiError Conflict when it was lost already */
  async release(held: Whole<Lease>, signal: AbortSignal): Promise<void> {
    await this.leases.update(withSpec(held, { holderIdentity: "", renewTime: microTimeFromMs(this.clock.now()) }), { signal });
  }
}

function withSpec(lease: Whole<Lease>, changes: Partial<LeaseSpec>): Whole<Lease> {
  return { ...lease, spec: { ...lease.spec, ...changes } };
}
