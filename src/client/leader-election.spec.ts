import { expect } from "chai";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { FakeResourceClient } from "../../test/fakes/fake-resource-client.js";
import { conflict, unavailable } from "../api/errors.js";
import type { Kind } from "../api/kinds/kind.js";
import { leaseKind } from "../api/kinds/lease/kind.js";
import type { ApiObject } from "../api/object.js";
import { abortError } from "../base/abort.js";
import { createLog } from "../base/log.js";
import type { Lease } from "../gen/howbernetes/coordination/v1/lease.js";
import type { ApiClient, ResourceClient } from "./contracts.js";
import { fenceMetadata, runLeader } from "./leader-election.js";

const key = { namespace: "kube-system", name: "scheduler" };

/** An ApiClient of Leases alone, which remembers the fence it was given. */
class LeaseOnlyClient implements ApiClient {
  constructor(
    private readonly leases: ResourceClient<Lease>,
    readonly fence = "",
  ) {}

  of<T extends ApiObject>(kind: Kind<T>): ResourceClient<T> {
    if ((kind as unknown) !== leaseKind) throw new Error(`unscripted kind ${kind.kind}`);
    return this.leases as unknown as ResourceClient<T>;
  }

  withMetadata(metadata: Readonly<Record<string, string>>): ApiClient {
    return new LeaseOnlyClient(this.leases, metadata[fenceMetadata]);
  }

  bind(): Promise<never> {
    throw new Error("unscripted call");
  }

  evict(): Promise<never> {
    throw new Error("unscripted call");
  }

  async close(): Promise<void> {}
}

describe("runLeader", () => {
  let clock: FakeClock;
  let leases: FakeResourceClient<Lease>;
  let events: string[];
  const candidates: Candidate[] = [];

  class Candidate {
    fence = "";
    readonly stop = new AbortController();
    readonly ended: Promise<unknown>;
    finish: (error?: Error) => void = () => undefined;

    constructor(
      readonly name: string,
      server: FakeResourceClient<Lease> = leases,
      isDead?: (identity: string) => boolean,
    ) {
      const lead = async (client: ApiClient, signal: AbortSignal): Promise<void> => {
        this.fence = (client as LeaseOnlyClient).fence;
        events.push(`${name} leads`);
        await new Promise<void>((resolve, reject) => {
          this.finish = (error) => (error === undefined ? resolve() : reject(error));
          signal.addEventListener("abort", () => reject(abortError(signal)), { once: true });
        }).finally(() => events.push(`${name} ends`));
      };
      const log = createLog("test", "silent");
      const options = { client: new LeaseOnlyClient(server), lease: key, identity: name, isDead, clock, log, lead };
      this.ended = runLeader(options, this.stop.signal).then(
        () => "resolved",
        (error: unknown) => error,
      );
      candidates.push(this);
    }
  }

  const holder = (): string | undefined => leases.peek(key)?.spec.holderIdentity;

  beforeEach(() => {
    clock = new FakeClock();
    leases = new FakeResourceClient(leaseKind);
    events = [];
  });

  afterEach(async () => {
    for (const candidate of candidates.splice(0)) {
      candidate.stop.abort();
      await clock.advance(0);
      await candidate.ended;
    }
  });

  it("leads at once when nobody does, fenced by the write that made it so", async () => {
    const a = new Candidate("a");
    await clock.advance(0);

    expect(events).to.deep.equal(["a leads"]);
    expect(a.fence).to.equal(`kube-system/scheduler:${leases.peek(key)?.metadata.resourceVersion}`);
    expect(leases.peek(key)?.spec).to.include({ leaseDurationSeconds: 15, leaseTransitions: 0 });
  });

  it("renews for as long as it leads, and lets nobody else lead", async () => {
    new Candidate("a");
    await clock.advance(0);
    new Candidate("b");
    await clock.advance(120_000);

    expect(events).to.deep.equal(["a leads"]);
    expect(holder()).to.match(/^a_/);
  });

  it("polls nothing while it waits", async () => {
    new Candidate("a");
    await clock.advance(0);
    leases.calls.length = 0;
    new Candidate("b");
    await clock.advance(60_000);

    expect(new Set(leases.calls)).to.deep.equal(new Set(["watch kube-system/", "update kube-system/scheduler"]));
    expect(leases.calls.filter((call) => call.startsWith("watch"))).to.have.length(1);
  });

  it("hands over at once when stopped, after its work has ended", async () => {
    const a = new Candidate("a");
    await clock.advance(0);
    const b = new Candidate("b");
    await clock.advance(5_000);

    a.stop.abort();
    await clock.advance(0);

    expect(events).to.deep.equal(["a leads", "a ends", "b leads"]);
    expect(await a.ended).to.equal("resolved");
    expect(b.fence).to.not.equal(a.fence);
    expect(leases.peek(key)?.spec.leaseTransitions).to.equal(1);
  });

  it("takes over at once from a leader that is known to be dead, and from no other", async () => {
    const held = (holderIdentity: string) =>
      leaseKind.message.fromPartial({ metadata: key, spec: { holderIdentity, leaseDurationSeconds: 15 } });
    leases.put(held("ghost_1") as never);
    new Candidate("b", leases, (identity) => identity === "another");
    await clock.advance(1_000);
    expect(events).to.deep.equal([]);

    new Candidate("a", leases, (identity) => identity.startsWith("ghost_"));
    await clock.advance(0);
    expect(events).to.deep.equal(["a leads"]);
  });

  it("takes over from a leader that vanished, once the Lease has run out by the candidate's own clock", async () => {
    leases.put({
      ...leaseKind.message.fromPartial({ metadata: key, spec: { holderIdentity: "ghost", leaseDurationSeconds: 15 } }),
    } as never);
    new Candidate("a");
    await clock.advance(14_999);
    expect(events).to.deep.equal([]);

    await clock.advance(1);

    expect(events).to.deep.equal(["a leads"]);
  });

  it("ignores clocks of others: a stepped wall clock makes nobody lead", async () => {
    new Candidate("a");
    await clock.advance(0);
    new Candidate("b");
    await clock.advance(1_000);
    clock.stepWall(3_600_000);
    await clock.advance(30_000);

    expect(events).to.deep.equal(["a leads"]);
  });

  it("stands down before the Lease runs out when it can no longer renew, and leads again later", async () => {
    new Candidate("a");
    await clock.advance(0);
    leases.unreachable = true;
    await clock.advance(9_000);
    expect(events).to.deep.equal(["a leads"]);
    await clock.advance(2_000);
    expect(events).to.deep.equal(["a leads", "a ends"]);

    leases.unreachable = false;
    await clock.advance(20_000);

    expect(events).to.deep.equal(["a leads", "a ends", "a leads"]);
  });

  it("keeps its margin when renewals fail at once, however the attempts fall", async () => {
    const a = new Candidate("a");
    await clock.advance(0);
    await clock.advance(1_900);
    // From here on, each attempt is refused when it is made: the deadline falls between two attempts.
    for (let attempt = 0; attempt < 20; attempt += 1) leases.failNext("update", unavailable("refused"));
    await clock.advance(8_099);
    expect(events).to.deep.equal(["a leads"]);
    await clock.advance(1);

    expect(events).to.deep.equal(["a leads", "a ends"]);
    expect(a.stop.signal.aborted).to.equal(false);
  });

  it("does not renew after its deadline, as when its process was stopped for long", async () => {
    new Candidate("a");
    await clock.advance(0);
    clock.skip(12_000);
    await clock.advance(0);

    expect(events.slice(0, 2)).to.deep.equal(["a leads", "a ends"]);
  });

  it("refuses times that leave no margin", async () => {
    const times = { leaseMs: 10_000, renewDeadlineMs: 10_000, retryMs: 2_000 };
    const lead = async (): Promise<void> => undefined;
    const log = createLog("test", "silent");
    const options = { client: new LeaseOnlyClient(leases), lease: key, identity: "a", clock, log, lead, times };

    expect(await runLeader(options, AbortSignal.abort()).catch((error: unknown) => error)).to.be.instanceOf(RangeError);
  });

  it("leads on through a short absence of the server", async () => {
    new Candidate("a");
    await clock.advance(0);
    leases.breakWatches(unavailable("restarting"));
    leases.unreachable = true;
    await clock.advance(6_000);
    leases.unreachable = false;
    await clock.advance(60_000);

    expect(events).to.deep.equal(["a leads"]);
  });

  it("stands down as soon as it sees another holder", async () => {
    new Candidate("a");
    await clock.advance(0);
    const present = leases.peek(key);
    if (present === undefined) throw new Error("no lease");

    leases.put({ ...present, spec: { ...present.spec, holderIdentity: "usurper" } });
    await clock.advance(0);

    expect(events).to.deep.equal(["a leads", "a ends"]);
  });

  it("goes on when a renewal took effect although its answer was lost", async () => {
    new Candidate("a");
    await clock.advance(0);
    const present = leases.peek(key);
    if (present === undefined) throw new Error("no lease");

    leases.put(present);
    await clock.advance(60_000);

    expect(events).to.deep.equal(["a leads"]);
  });

  for (const state of ["leads", "waits"]) {
    it(`resolves when it is stopped while it ${state} and a call of its own is being refused`, async () => {
      if (state === "waits") leases.unreachable = true;
      const a = new Candidate("a");
      await clock.advance(0);
      const refuse = async (): Promise<never> => {
        a.stop.abort();
        throw conflict({ group: "coordination.k8s.io", kind: "leases", name: key.name });
      };
      Object.assign(leases, state === "leads" ? { update: refuse } : { create: refuse });
      leases.unreachable = false;
      await clock.advance(20_000);

      expect(await a.ended).to.equal("resolved");
    });
  }

  it("lets one of many win", async () => {
    for (const name of ["a", "b", "c", "d"]) new Candidate(name);
    await clock.advance(60_000);

    expect(events).to.have.length(1);
  });

  it("rejects with what the work throws, and lets go of the Lease", async () => {
    const a = new Candidate("a");
    await clock.advance(0);

    a.finish(new TypeError("bug"));
    await clock.advance(0);

    expect(await a.ended).to.be.instanceOf(TypeError);
    expect(holder()).to.equal("");
  });

  it("resolves when the work ends by itself", async () => {
    const a = new Candidate("a");
    await clock.advance(0);

    a.finish();
    await clock.advance(0);

    expect(await a.ended).to.equal("resolved");
    expect(holder()).to.equal("");
  });
});
