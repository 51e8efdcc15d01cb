import { expect } from "chai";
import { deploymentKind } from "../../src/api/kinds/deployment/kind.js";
import { leaseKind } from "../../src/api/kinds/lease/kind.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import { systemClock } from "../../src/base/clock.js";
import type { RemoteApiClient } from "../../src/client/index.js";
import type { Deployment } from "../../src/gen/howbernetes/apps/v1/deployment.js";
import { onlyOne, waitFor } from "../../src/testing/wait.js";
import { deployment } from "../builders/index.js";
import type { Running } from "../e2e/harness/process.js";
import { skipBecause } from "../skip.js";
import { ControlPlane } from "./control-plane.js";
import { PodBounds } from "./pod-bounds.js";
import { factor } from "./seed.js";

const key = { namespace: "default", name: "web" };
const replicas = 30;
const [maxSurge, maxUnavailable] = [4, 3];

/** What leadership.spec.ts shows with a clock of its own, with processes, signals and a Lease that takes its time. */
describe("leadership: two processes of controllers", function () {
  this.timeout(180_000);
  let plane: ControlPlane;
  let client: RemoteApiClient;
  let bounds: PodBounds;
  let stopNodes: (() => Promise<void>)[];
  let leader: Running;

  before(function () {
    if (factor === 1) skipBecause(this, "a Lease takes 15 s to run out: `npm run test:faults -- leadership` waits for it");
  });

  beforeEach(async () => {
    stopNodes = [];
    plane = await ControlPlane.start("embedded");
    client = await plane.client(0, 30_000);
    bounds = new PodBounds(client, key.namespace, systemClock);
    bounds.allow({ maxTotal: replicas + maxSurge, minAvailable: replicas - maxUnavailable });
    await plane.component("scheduler");
    leader = await plane.component("controllers");
    const lease = onlyOne({ namespace: "kube-system", name: "controllers" });
    await waitFor(client, leaseKind, lease, ([held]) => (held?.spec.holderIdentity ?? "") !== "", { what: "a leader" });
    await plane.component("controllers");
    for (const name of ["node-1", "node-2", "node-3"]) stopNodes.push(await plane.hollowNode(name));
    await client.of(deploymentKind).create(deployment({ ...key, replicas, maxSurge, maxUnavailable, resourceVersion: "", uid: "" }));
    await until("all pods available", isComplete);
    const image = [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: "two" }];
    await client.of(deploymentKind).patch(key, "json", image);
    await until("a third of the rollout", ({ status }) => (status.updatedReplicas ?? 0) >= replicas / 3);
  });
  afterEach(async () => {
    await bounds.stop();
    for (const stop of stopNodes) await stop();
    await plane.stop();
  });

  const until = (what: string, wanted: (object: Whole<Deployment>) => boolean) =>
    waitFor(client, deploymentKind, onlyOne(key), ([object]) => object !== undefined && wanted(object), { what, timeoutMs: 60_000 });
  const isComplete = ({ metadata, status }: Whole<Deployment>): boolean =>
    status.observedGeneration === metadata.generation &&
    [status.replicas, status.updatedReplicas, status.availableReplicas].every((count) => count === replicas);

  async function expectAllWell(): Promise<void> {
    const { items } = await client.of(podKind).list({ namespace: key.namespace });
    const last = Math.max(...items.map(({ metadata }) => Number(metadata.resourceVersion)));
    await bounds.reached(String(last));
    expect(items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)).to.have.length(replicas);
    expect(bounds.violations).to.deep.equal([]);
  }

  it("go on with a rollout of 30 when the one that leads is killed", async () => {
    await leader.stop("SIGKILL");
    await until("the rollout to complete", isComplete);

    await expectAllWell();
  });

  it("go on with a rollout of 30 when the one that leads is suspended, and do not suffer from its waking", async () => {
    leader.child.kill("SIGSTOP");
    await until("the rollout to complete", isComplete);
    leader.child.kill("SIGCONT");
    await leader.until("it to stand down", (_stdout, stderr) => stderr.includes("leadership lost"));

    await expectAllWell();
  });
});
