import { expect } from "chai";
import { isConflict } from "../../src/api/errors.js";
import { kinds } from "../../src/api/kinds/index.js";
import { leaseKind } from "../../src/api/kinds/lease/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { createLog } from "../../src/base/log.js";
import { createScheduler } from "../../src/scheduler/scheduler.js";
import { startCluster, type TestCluster } from "../../src/testing/index.js";
import { MovableClock } from "../../src/testing/movable-clock.js";
import { pod } from "../builders/index.js";
import { isBound, isDecided, Placements } from "./placements.js";
import { pick, seed, seededRandom } from "./seed.js";
import { Wire } from "./wire.js";

// A node has 32 CPUs, so that four of these fit on each of three.
const cpu = "7";
const fitting = 12;
const wanted = 20;
// Longer than a Lease that nobody renews is respected.
const leaseMs = 16_000;

/** A scheduler as if it were a process: with a wire and a clock of its own. */
interface Process {
  readonly wire: Wire;
  readonly clock: MovableClock;
  stop(): Promise<void>;
}

describe("F15: two schedulers, the first of which leads and stops between a decision and its binding", function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  let placements: Placements;
  let running: Process[];
  let first: Process;
  let second: Process;

  beforeEach(async () => {
    running = [];
    cluster = await startCluster({ nodes: 3, controllers: [], scheduler: false });
    placements = new Placements(cluster.connect("test"), cluster.clock);
    first = startProcess("first");
    await leads("first");
    second = startProcess("second");
  });
  afterEach(async () => {
    for (const each of running) {
      await each.wire.release();
      each.wire.speak();
      await each.stop();
    }
    await placements.stop();
    await cluster.stop();
  });

  function startProcess(identity: string): Process {
    const wire = new Wire();
    const clock = new MovableClock();
    const stopping = new AbortController();
    const client = wire.wrap(cluster.connect(identity));
    const ended = createScheduler({ client, clock, log: createLog("test", "silent"), identity }).run(stopping.signal);
    const process = {
      wire,
      clock,
      stop: async () => {
        stopping.abort();
        await ended;
      },
    };
    running.push(process);
    return process;
  }

  const leads = (identity: string) =>
    cluster.until(
      leaseKind,
      { namespace: "kube-system", name: "scheduler" },
      ({ spec }) => spec.holderIdentity?.startsWith(`${identity}_`) === true,
      { what: `${identity} to lead` },
    );
  const create = (count: number, prefix: string): Promise<unknown> =>
    Promise.all(
      Array.from({ length: count }, (_, index) =>
        cluster.client
          .of(podKind)
          .create(pod({ name: `${prefix}${index}`, nodeName: "", requests: { cpu }, resourceVersion: "", uid: "" })),
      ),
    );
  /** Until every pod is bound or told why not. */
  const settled = () =>
    cluster.untilAll(podKind, "default", (pods) => pods.length === wanted && pods.every(isDecided), {
      what: "every pod to be decided on",
    });

  async function expectAllWell(): Promise<void> {
    const pods = await settled();
    const { resourceVersion } = await cluster.client.of(podKind).list({ namespace: "default" });
    expect(await placements.placedAt(resourceVersion)).to.equal(fitting);
    expect(pods.filter(isBound)).to.have.length(fitting);
    expect(placements.violations, `HOWBERNETES_SEED=${seed}`).to.deep.equal([]);
  }

  /** The first has bound some, has decided on others, and is heard of no more. */
  async function stopMidway(): Promise<void> {
    const early = pick([0, 1, 5, 11] as const, seededRandom(seed));
    await create(early, "early-");
    await cluster.untilAll(podKind, "default", (pods) => pods.length === early && pods.every(isBound), {
      what: "the early pods to be bound",
    });
    void first.wire.hold();
    const decided = fitting - early;
    const waiting = first.wire.untilHeld((writes) => writes.filter((what) => what === "bind pods").length >= decided);
    await create(wanted - early, "late-");
    await waiting;
    first.wire.silence(kinds);
    second.clock.advance(leaseMs);
    await leads("second");
  }

  it("leaves what it had decided to the other", async () => {
    await stopMidway();
    await expectAllWell();
  });

  it("changes nothing when it wakes up and its bindings arrive late", async () => {
    await stopMidway();
    await settled();
    const late = (await first.wire.release()).filter(({ what }) => what === "bind pods");
    first.wire.speak();

    expect(late.length).to.be.at.least(1);
    expect(late.filter(({ error }) => !isConflict(error))).to.deep.equal([]);
    await expectAllWell();
  });

  it("changes nothing when its bindings arrive while the other places the same pods", async () => {
    await stopMidway();
    const late = (await first.wire.release()).filter(({ what }) => what === "bind pods");
    first.wire.speak();

    expect(late.filter(({ error }) => !isConflict(error))).to.deep.equal([]);
    await expectAllWell();
  });
});
