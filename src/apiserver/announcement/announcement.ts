import { createHash, randomUUID } from "node:crypto";
import { makeWhole } from "../../api/codec/whole.js";
import { isAlreadyExists, isConflict, isNotFound } from "../../api/errors.js";
import { announceAddress, apiServerLeaseNamespace } from "../../api/kinds/lease/api-server-lease.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import type { ObjectKey, Whole } from "../../api/object.js";
import { microTimeFromMs } from "../../api/values/time.js";
import { isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Runnable } from "../../base/runnable.js";
import type { Lease } from "../../gen/howbernetes/coordination/v1/lease.js";
import type { ObjectStore } from "../object-store.js";
import { prepareCreate } from "../objects/prepare-create.js";

export interface AnnouncementDeps {
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Where nodes reach this api-server, `host:port`. */
  readonly address: string;
  /** Of this api-server, among others. */
  readonly identity: string;
}

// As Kubernetes' own: a server that is gone is announced for a minute and a few renewals at most, which costs each node
// some attempts to connect.
const renewPeriodMs = 10_000;
const leaseDurationSeconds = 60;
/** A store that is away must not hold up the end. */
const withdrawWithinMs = 2_000;

/**
 * Announces an api-server to the nodes, which each keep a tunnel to all that are announced: by a Lease that is renewed
 * while it serves, and removed at its end. One is named for the address, so that a server which was killed finds its own.
 */
export class Announcement implements Runnable {
  readonly name = "announcement";
  private readonly key: ObjectKey;

  constructor(private readonly deps: AnnouncementDeps) {
    const hash = createHash("sha256").update(deps.address).digest("hex").slice(0, 16);
    this.key = { namespace: apiServerLeaseNamespace, name: `apiserver-${hash}` };
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.deps;
    while (!signal.aborted) {
      try {
        await this.renew(signal);
      } catch (error: unknown) {
        if (!isAbort(error)) log.warn("api-server could not be announced, trying again", { error });
      }
      await clock.sleep(renewPeriodMs, signal).catch((_stopped: unknown) => undefined);
    }
    await this.withdraw();
  }

  private async renew(signal: AbortSignal): Promise<void> {
    const { objects, clock } = this.deps;
    try {
      await objects.mutate(leaseKind, this.key, (draft) => this.write(draft), { signal });
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
      const lease = makeWhole(leaseKind, { metadata: { name: this.key.name } });
      this.write(lease);
      prepareCreate(leaseKind, lease, { namespace: this.key.namespace, uid: randomUUID(), nowMs: clock.now() });
      await objects.create(leaseKind, lease, { signal }).catch((raced: unknown) => {
        if (!isAlreadyExists(raced)) throw raced;
      });
    }
  }

  private write(draft: Whole<Lease>): true {
    const { clock, address, identity } = this.deps;
    const now = microTimeFromMs(clock.now());
    const acquireTime = draft.spec.holderIdentity === identity ? draft.spec.acquireTime : now;
    Object.assign(draft.spec, { holderIdentity: identity, leaseDurationSeconds, acquireTime, renewTime: now });
    announceAddress(draft, address);
    return true;
  }

  private async withdraw(): Promise<void> {
    const signal = AbortSignal.timeout(withdrawWithinMs);
    try {
      const { object } = await this.deps.objects.get(leaseKind, this.key, { kind: "latest" }, signal);
      // Another server may have been given the address meanwhile.
      if (object.spec.holderIdentity !== this.deps.identity) return;
      await this.deps.objects.remove(leaseKind, this.key, { signal, ifResourceVersion: object.metadata.resourceVersion });
    } catch (error: unknown) {
      if (!isNotFound(error) && !isConflict(error)) this.deps.log.debug("announcement could not be withdrawn", { error });
    }
  }
}
