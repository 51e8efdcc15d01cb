import { expect } from "chai";
import { node } from "../../../test/builders/index.js";
import { rankedPod } from "../../../test/fakes/crowded-cluster.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { unavailable } from "../../api/errors.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { createLog } from "../../base/log.js";
import { createEventRecorder } from "../../client/event-recorder.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { createDefaultProfile } from "../default-profile.js";
import { SchedulingTerm } from "../scheduling-term.js";

const log = createLog("test", "silent");
const nodes = Array.from({ length: 10 }, (_, index) => `n${index}`);

describe("many pods that preempt at once", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let stop: () => Promise<void>;
  /** Names of pods that were told to go. */
  let victims: Set<string>;
  /** Nodes that were given more than they have, be it for a moment. */
  let overfull: Set<string>;

  /** Ten nodes of four CPUs, each taken by four pods of one. */
  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    victims = new Set();
    for (const name of nodes) api.seed(nodeKind, node({ name, allocatable: { cpu: "4" } }));
    for (const nodeName of nodes) {
      for (const index of [1, 2, 3, 4]) seed(`${nodeName}-${index}`, nodeName, { priority: 1, cpu: "1" });
    }
    overfull = new Set();
    api.observe(() => {
      for (const name of nodes) if (cpuOn(name) > 4_000) overfull.add(name);
    });
  });
  afterEach(async () => {
    await stop();
    expect([...overfull]).to.deep.equal([]);
  });

  function seed(name: string, nodeName: string, { priority, cpu }: { readonly priority: number; readonly cpu: string }): void {
    api.seed(podKind, rankedPod({ name, uid: name, nodeName, priority, requests: { cpu } }).pod);
  }
  const pods = (): readonly Whole<Pod>[] => api.objects(podKind);
  const cpuOn = (nodeName: string): number =>
    pods()
      .filter(({ spec }) => spec.nodeName === nodeName)
      .reduce((sum, { spec }) => sum + (spec.priority === 1 ? 1_000 : 2_000), 0);
  const placed = (): readonly string[] =>
    pods()
      .filter(({ spec }) => (spec.priority ?? 0) > 1 && (spec.nodeName ?? "") !== "")
      .map(({ metadata }) => metadata.name);
  const going = (): readonly Whole<Pod>[] => pods().filter(({ metadata }) => metadata.deletionTimestamp !== undefined);

  async function start(): Promise<void> {
    const control = new AbortController();
    const events = createEventRecorder({ client: api, component: "default-scheduler", clock, log });
    const term = new SchedulingTerm({ client: api, events, profiles: (context) => [createDefaultProfile(context)], clock, log });
    const ended = term.run(control.signal);
    stop = async () => {
      control.abort();
      await ended;
    };
    await settle();
  }

  /** Lets pods come and go until nothing changes any more; the nodes end those that are told to go one by one. */
  async function run(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      await settle();
      for (const { metadata } of going()) victims.add(metadata.name);
      const [first] = going();
      if (first === undefined) {
        quiet += 1;
        await clock.advance(10_000);
      } else {
        quiet = 0;
        api.remove(podKind, keyOf(first));
      }
    }
  }

  it("take away no more than each of them needs", async () => {
    for (let index = 0; index < 15; index++) seed(`high-${index}`, "", { priority: 10, cpu: "2" });
    await start();
    await run();

    expect(placed()).to.have.length(15);
    expect(victims.size).to.equal(30);
  });

  it("find no place when no more of a lower priority are left", async () => {
    for (let index = 0; index < 23; index++) seed(`high-${index}`, "", { priority: 10, cpu: "2" });
    await start();
    await run();

    expect(placed()).to.have.length(20);
    expect(victims.size).to.equal(40);
    expect(pods().filter(({ status }) => (status.nominatedNodeName ?? "") !== "")).to.have.length(0);
  });

  it("give way to those that are more important still", async () => {
    for (let index = 0; index < 20; index++) seed(`high-${index}`, "", { priority: 10, cpu: "2" });
    for (let index = 0; index < 5; index++) seed(`highest-${index}`, "", { priority: 20, cpu: "2" });
    await start();
    await run();

    expect(placed().filter((name) => name.startsWith("highest-"))).to.have.length(5);
    expect(placed()).to.have.length(20);
  });

  it("get there though calls fail now and then", async () => {
    let calls = 0;
    api.intercept({
      before: ({ verb }) => {
        if ((verb === "delete" || verb === "patch") && calls++ % 5 === 0) throw unavailable("away");
      },
    });
    for (let index = 0; index < 15; index++) seed(`high-${index}`, "", { priority: 10, cpu: "2" });
    await start();
    await run();

    expect(placed()).to.have.length(15);
  });
});
