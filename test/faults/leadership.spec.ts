import { expect } from "chai";
import { isConflict } from "../../src/api/errors.js";
import { deploymentKind } from "../../src/api/kinds/deployment/kind.js";
import { kinds } from "../../src/api/kinds/index.js";
import { leaseKind } from "../../src/api/kinds/lease/kind.js";
import { namespaceKind } from "../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import { createLog } from "../../src/base/log.js";
import { createControllerManager } from "../../src/controllers/manager.js";
import type { Deployment } from "../../src/gen/howbernetes/apps/v1/deployment.js";
import { startCluster, type TestCluster } from "../../src/testing/index.js";
import { MovableClock } from "../../src/testing/movable-clock.js";
import { deployment, namespace } from "../builders/index.js";
import { PodBounds } from "./pod-bounds.js";
import { type LateCall, Wire } from "./wire.js";

const replicas = 30;
const [maxSurge, maxUnavailable] = [4, 3];
// Longer than a Lease that nobody renews is respected.
const leaseMs = 16_000;

/** A controller manager as if it were a process: with a wire and a clock of its own. */
interface Manager {
  readonly wire: Wire;
  readonly clock: MovableClock;
  stop(): Promise<void>;
}

describe("leadership: two controller managers, the first of which leads", function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  let bounds: PodBounds;
  let running: Manager[];
  let first: Manager;
  let second: Manager;
  let namespaces = 0;
  let key: { readonly namespace: string; readonly name: string };

  before(async () => {
    cluster = await startCluster({ nodes: 3, controllers: [] });
  });
  after(() => cluster.stop());

  function startManager(identity: string): Manager {
    const wire = new Wire();
    const clock = new MovableClock();
    const stopping = new AbortController();
    const client = wire.wrap(cluster.connect(identity));
    const ended = createControllerManager({ client, clock, log: createLog("test", "silent"), identity }).run(stopping.signal);
    const manager = {
      wire,
      clock,
      stop: async () => {
        stopping.abort();
        await ended;
      },
    };
    running.push(manager);
    return manager;
  }

  const leads = (identity: string) =>
    cluster.until(
      leaseKind,
      { namespace: "kube-system", name: "controllers" },
      ({ spec }) => spec.holderIdentity?.startsWith(`${identity}_`) === true,
      { what: `${identity} to lead` },
    );
  const until = (what: string, wanted: (object: Whole<Deployment>) => boolean) => cluster.until(deploymentKind, key, wanted, { what });
  const isComplete = (count: number, { metadata, status }: Whole<Deployment>): boolean =>
    status.observedGeneration === metadata.generation &&
    [status.replicas, status.updatedReplicas, status.availableReplicas].every((each) => each === count);
  const change = (patch: object) => cluster.client.of(deploymentKind).patch(key, "strategic", patch);
  const roll = () => change({ spec: { template: { spec: { containers: [{ name: "main", image: "two" }] } } } });

  beforeEach(async () => {
    running = [];
    key = { namespace: `leadership-${++namespaces}`, name: "web" };
    await cluster.client.of(namespaceKind).create(namespace({ name: key.namespace, resourceVersion: "", uid: "" }));
    bounds = new PodBounds(cluster.connect("test"), key.namespace, cluster.clock);
    bounds.allow({ maxTotal: replicas + maxSurge, minAvailable: replicas - maxUnavailable });
    first = startManager("first");
    await leads("first");
    second = startManager("second");
    await cluster.client
      .of(deploymentKind)
      .create(deployment({ ...key, replicas, maxSurge, maxUnavailable, resourceVersion: "", uid: "" }));
    await until("all pods available", (object) => isComplete(replicas, object));
  });
  afterEach(async () => {
    for (const manager of running) {
      await manager.wire.release();
      manager.wire.speak();
      await manager.stop();
    }
    await bounds.stop();
  });

  /** What it does from here on reaches nobody, nor does it hear of anything. */
  function suspend(manager: Manager): void {
    void manager.wire.hold();
    manager.wire.silence(kinds);
  }

  async function midway(): Promise<void> {
    await roll();
    await until("a third of the rollout", ({ status }) => (status.updatedReplicas ?? 0) >= replicas / 3);
  }

  async function expectAllWell(count: number): Promise<void> {
    const { items } = await cluster.client.of(podKind).list({ namespace: key.namespace });
    const last = Math.max(...items.map(({ metadata }) => Number(metadata.resourceVersion)));
    await bounds.reached(String(last));
    expect(items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)).to.have.length(count);
    expect(bounds.violations).to.deep.equal([]);
  }

  /** Lets the writes through that the first had decided on, none of which may change anything. @returns those refused */
  async function wakeUp(): Promise<readonly LateCall[]> {
    // Nobody else writes meanwhile: what is later than all that there is was written by the first.
    await second.wire.hold();
    const { resourceVersion } = await cluster.client.of(podKind).list({ namespace: key.namespace });
    const writes = (await first.wire.release()).filter(({ isWrite }) => isWrite);
    await second.wire.release();
    first.wire.speak();
    const refused = writes.filter(({ error }) => isConflict(error));
    // What is so already is not written, and needs no refusal.
    const effective = writes.filter((call) => !refused.includes(call) && revisionOf(call) > Number(resourceVersion));
    expect(effective.map(describeCall)).to.deep.equal([]);
    return refused;
  }

  it("has the other go on with a rollout of 30 when the leader is killed in its midst", async () => {
    await midway();
    suspend(first);
    second.clock.advance(leaseMs);
    await leads("second");
    await until("the rollout to complete", (object) => isComplete(replicas, object));

    await expectAllWell(replicas);
  });

  it("has every write refused of a leader that was suspended in the midst of a rollout of 30, and woke too late", async () => {
    await roll();
    await until("a third of the rollout", ({ status }) => (status.updatedReplicas ?? 0) >= replicas / 3);
    // It has decided, and is suspended before what it decided gets to the server.
    void first.wire.hold();
    await first.wire.untilHeld((writes) => writes.filter(ofWorkloads).length >= 2);
    first.wire.silence(kinds);
    second.clock.advance(leaseMs);
    await leads("second");
    await until("the rollout to complete", (object) => isComplete(replicas, object));

    const refused = await wakeUp();
    first.clock.advance(leaseMs);
    expect(refused.filter(({ what }) => ofWorkloads(what))).to.not.be.empty;
    await expectAllWell(replicas);

    // It has not come to harm: when the other goes, it leads again.
    await second.stop();
    await leads("first");
    bounds.allow({ maxTotal: replicas + 2, minAvailable: replicas - maxUnavailable });
    await change({ spec: { replicas: replicas + 2 } });
    await until("two more", (object) => isComplete(replicas + 2, object));
    await expectAllWell(replicas + 2);
  });

  it("has nothing made twice when the leader is suspended while it makes the pods", async () => {
    bounds.allow({ maxTotal: 2 * replicas + maxSurge, minAvailable: replicas - maxUnavailable });
    void first.wire.hold();
    await change({ spec: { replicas: 2 * replicas } });
    await first.wire.untilHeld((writes) => writes.some(ofWorkloads));
    // The first writes get through, and the answers to them; those that follow do not.
    await first.wire.release();
    void first.wire.hold();
    await first.wire.untilHeld((writes) => writes.includes("create pods"));
    first.wire.silence(kinds);
    second.clock.advance(leaseMs);
    await leads("second");
    await until("twice as many", (object) => isComplete(2 * replicas, object));

    const refused = await wakeUp();
    expect(refused.map(({ what }) => what)).to.include("create pods");
    await expectAllWell(2 * replicas);
  });
});

/** Neither an Event nor the renewal of a Lease. */
function ofWorkloads(what: string): boolean {
  return /(pods|replicasets|deployments)$/.test(what);
}

function revisionOf({ answer, error }: LateCall): number {
  if (error !== undefined) return Number.POSITIVE_INFINITY;
  const { metadata, object } = (answer ?? {}) as { metadata?: { resourceVersion?: string }; object?: Whole<Deployment> };
  return Number(metadata?.resourceVersion ?? object?.metadata.resourceVersion ?? Number.POSITIVE_INFINITY);
}

function describeCall({ what, error }: LateCall): string {
  return `${what}: ${error instanceof Error ? error.message : "took effect"}`;
}
