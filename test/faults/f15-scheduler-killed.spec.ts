import { expect } from "chai";
import { leaseKind } from "../../src/api/kinds/lease/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import { systemClock } from "../../src/base/clock.js";
import { createLog } from "../../src/base/log.js";
import type { RemoteApiClient } from "../../src/client/index.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { createScheduler } from "../../src/scheduler/scheduler.js";
import { MovableClock } from "../../src/testing/movable-clock.js";
import { onlyOne, waitFor } from "../../src/testing/wait.js";
import { pod } from "../builders/index.js";
import { type Running, start } from "../e2e/harness/process.js";
import { ControlPlane } from "./control-plane.js";
import { isBound, isDecided, Placements } from "./placements.js";
import { factor, pick, seed, seededRandom } from "./seed.js";

// As of f15-two-schedulers: a node has 32 CPUs.
const cpu = "7";
const fitting = 12;
const wanted = 20;
const leaseMs = 16_000;

type Moment = readonly [when: "before" | "after", binding: number];
const moments = Array.from({ length: fitting }, (_, index) => index + 1).flatMap((binding): Moment[] => [
  ["before", binding],
  ["after", binding],
]);
const random = seededRandom(seed);
const chosen = factor > 1 ? moments : [pick(moments, random), pick(moments, random)];

describe("F15: a scheduler's process, killed at a binding while another waits for its place", function () {
  this.timeout(60_000);
  let plane: ControlPlane;
  let client: RemoteApiClient;
  let placements: Placements;
  let stops: (() => Promise<unknown>)[];

  beforeEach(async () => {
    stops = [];
    plane = await ControlPlane.start("embedded");
    client = await plane.client(0, 30_000);
    placements = new Placements(await plane.client(0, 30_000), systemClock);
    stops.push(() => placements.stop());
    for (const name of ["node-1", "node-2", "node-3"]) stops.push(await plane.hollowNode(name));
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    await plane.stop();
  });

  const leads = (identity: string) =>
    waitFor(
      client,
      leaseKind,
      onlyOne({ namespace: "kube-system", name: "scheduler" }),
      ([lease]) => lease?.spec.holderIdentity?.startsWith(`${identity}_`) === true,
      { what: `${identity} to lead` },
    );

  async function startDoomed([when, binding]: Moment): Promise<Running> {
    const program = ["--import", "tsx", "test/faults/scheduler/doomed-scheduler.ts", plane.configOf("scheduler"), when, String(binding)];
    const doomed = start(process.execPath, program);
    stops.push(() => doomed.stop("SIGKILL"));
    await leads("doomed");
    return doomed;
  }

  /** In this process, with a clock of its own that need not wait for the Lease to run out. */
  async function startOther(): Promise<MovableClock> {
    const clock = new MovableClock();
    const stopping = new AbortController();
    const other = createScheduler({ client: await plane.client(0, 30_000), clock, log: createLog("test", "silent"), identity: "other" });
    const ended = other.run(stopping.signal);
    stops.unshift(async () => {
      stopping.abort();
      await ended;
    });
    return clock;
  }

  for (const moment of chosen) {
    it(`${moment[0]} binding ${moment[1]}: every pod that fits is bound once, and no node is overfilled`, async () => {
      const doomed = await startDoomed(moment);
      const clock = await startOther();
      const pods = Array.from({ length: wanted }, (_, index) =>
        pod({ name: `p${index}`, nodeName: "", requests: { cpu }, resourceVersion: "", uid: "" }),
      );
      await Promise.all(pods.map((each) => client.of(podKind).create(each)));
      await doomed.ended;
      clock.advance(leaseMs);
      await leads("other");
      const settled = (all: readonly Whole<Pod>[]): boolean => all.length === wanted && all.every(isDecided);
      const all = await waitFor(client, podKind, { namespace: "default" }, settled, { what: "every pod to be decided on" });

      expect(all.filter(isBound)).to.have.length(fitting);
      const { resourceVersion } = await client.of(podKind).list({ namespace: "default" });
      expect(await placements.placedAt(resourceVersion)).to.equal(fitting);
      expect(placements.violations).to.deep.equal([]);
    });
  }
});
