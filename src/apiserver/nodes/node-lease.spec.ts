import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { isConflict } from "../../api/errors.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Lease } from "../../gen/howbernetes/coordination/v1/lease.js";
import { NodeLeases } from "./node-lease.js";
import { openSession, type SessionFence } from "./session-fence.js";

describe("NodeLeases", () => {
  const { signal } = new AbortController();
  const session = "howbernetes.dev/session";
  const disconnected = "howbernetes.dev/disconnected";
  let api: ResourcesInProcess;
  let clock: FakeClock;
  let leases: NodeLeases;
  let first: SessionFence;

  const open = (): Promise<SessionFence> => openSession(api.store, "n1", "boot", signal);
  const lease = async (): Promise<Whole<Lease>> =>
    (await api.objects.get(leaseKind, { namespace: "kube-node-lease", name: "n1" }, { kind: "latest" }, signal)).object;

  beforeEach(async () => {
    api = await startResourcesInProcess();
    clock = new FakeClock();
    leases = new NodeLeases({ objects: api.objects, clock, leaseDurationSeconds: 15 });
    first = await open();
    await leases.renew("n1", first, signal);
  });
  afterEach(() => api.stop());

  it("makes the Lease at the first heartbeat and renews it at the others", async () => {
    const made = await lease();
    expect(made.spec).to.include({ holderIdentity: "n1", leaseDurationSeconds: 15 });
    expect(made.metadata.annotations).to.deep.equal({ [session]: String(first.id) });

    await clock.advance(5_000);
    await leases.renew("n1", first, signal);
    const renewed = await lease();
    expect(timeToMs(renewed.spec.renewTime)).to.equal(clock.now());
    expect(renewed.spec.acquireTime).to.deep.equal(made.spec.acquireTime);
  });

  it("records that a session's stream broke, and forgets it with the next heartbeat of any session", async () => {
    await leases.markDisconnected("n1", first, signal);
    expect((await lease()).metadata.annotations).to.have.property(disconnected, new Date(clock.now()).toISOString());

    const second = await open();
    await leases.renew("n1", second, signal);
    expect((await lease()).metadata.annotations).to.deep.equal({ [session]: String(second.id) });
  });

  it("lets an older session neither renew nor mark what a newer one holds", async () => {
    const second = await open();
    await clock.advance(5_000);
    expect(await leases.renew("n1", first, signal).catch((error: unknown) => error)).to.satisfy(isConflict);
    await leases.renew("n1", second, signal);
    const before = await lease();

    await leases.markDisconnected("n1", first, signal);

    expect(await lease()).to.deep.equal(before);
  });

  it("marks nothing once a newer session has been opened, even before its first heartbeat", async () => {
    await open();
    await leases.markDisconnected("n1", first, signal);
    expect((await lease()).metadata.annotations).not.to.have.property(disconnected);
  });

  it("marks nothing where the Lease is gone", async () => {
    await api.objects.remove(leaseKind, { namespace: "kube-node-lease", name: "n1" }, { signal });
    await leases.markDisconnected("n1", first, signal);
  });
});
