import { expect } from "chai";
import { deployment, lease, resourceQuota } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeNodes } from "../../../test/fakes/fake-api/fake-nodes.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { forbidden } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { onFailureAnnotation } from "../../api/kinds/deployment/on-failure.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { resourceQuotaKind } from "../../api/kinds/resourcequota/kind.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isActive } from "../pod-state.js";

const key = { namespace: "default", name: "web" };
const imageOf = (pod: Whole<Pod>): string => pod.spec.containers[0]?.image ?? "";

describe("a Deployment that is to be rolled back on failure", () => {
  let clock: FakeClock;
  let plane: ControlPlane;
  let nodes: FakeNodes;
  /** Pods of these images never get ready. */
  let broken: Set<string>;

  beforeEach(async () => {
    clock = new FakeClock();
    broken = new Set();
    plane = startControlPlane(clock, { scheduler: true });
    nodes = new FakeNodes(plane.api, clock, ["n1", "n2"]);
    await settle();
  });
  afterEach(() => plane.stop());

  const web = () => plane.api.objects(deploymentKind)[0];
  const image = () => web()?.spec.template?.spec?.containers[0]?.image;
  const pods = () => plane.api.objects(podKind).filter(isActive).map(imageOf).sort();
  const said = () =>
    plane.api
      .objects(eventKind)
      .flatMap(({ reason = "" }) => (reason.startsWith("DeploymentRollback") ? [reason] : []))
      .sort();
  const condition = (type: string) => web()?.status.conditions.find((each) => each.type === type)?.reason;
  const setImage = (wanted: string) =>
    plane.api
      .of(deploymentKind)
      .patch(key, "strategic", { spec: { template: { spec: { containers: [{ name: "main", image: wanted }] } } } });
  const isDue = (pod: Whole<Pod>): boolean => pod.metadata.deletionTimestamp !== undefined || !broken.has(imageOf(pod));
  async function play(): Promise<void> {
    for (let quiet = 0; quiet < 4; ) {
      await clock.advance(1);
      await settle();
      quiet = (await nodes.step((due) => due.find(isDue))) ? 0 : quiet + 1;
    }
  }
  /** Nodes whose Leases are not renewed would be taken for lost. */
  function renewLeases(): void {
    for (const name of ["n1", "n2"]) plane.api.seed(leaseKind, lease({ name, renewedMs: clock.now() }));
  }
  async function wait(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 5) {
      renewLeases();
      await clock.advance(Math.min(left, 5) * 1000);
      await play();
    }
  }
  /** Long enough for two pods to prove themselves, one after the other, or for neither to do so in time. */
  const rollout = () => wait(40);
  const deadline = () => wait(70);
  async function start(first: string): Promise<void> {
    const options = {
      replicas: 2,
      progressDeadlineSeconds: 60,
      annotations: { [onFailureAnnotation]: "rollback" },
      template: { image: first },
    };
    await plane.api.of(deploymentKind).create(deployment({ ...options, resourceVersion: "" }));
    await rollout();
  }

  it("returns, within its bounds, and is as it was before", async () => {
    await start("one");
    broken.add("two");
    await setImage("two");
    await play();
    let fewest = Number.POSITIVE_INFINITY;
    plane.api.observe(() => {
      fewest = Math.min(fewest, pods().filter((each) => each === "one").length);
    });
    await deadline();

    expect([image(), pods(), fewest]).to.deep.equal(["one", ["one", "one"], 2]);
    expect([condition("RolledBack"), condition("Progressing")]).to.deep.equal(["ProgressDeadlineExceeded", "NewReplicaSetAvailable"]);
    expect(said()).to.deep.equal(["DeploymentRollback"]);
  });

  it("stays at what it returned to, when that fails, too", async () => {
    await start("one");
    await setImage("two");
    await rollout();
    broken = new Set(["two", "three"]);
    for (const { metadata } of plane.api.objects(podKind))
      await plane.api.of(podKind).delete({ namespace: "default", name: metadata.name });
    await setImage("three");
    await play();
    await deadline();
    expect([image(), said()]).to.deep.equal(["two", ["DeploymentRollback"]]);
    await deadline();
    await wait(600);

    expect([image(), condition("Progressing")]).to.deep.equal(["two", "ProgressDeadlineExceeded"]);
    expect(said()).to.deep.equal(["DeploymentRollback", "DeploymentRollbackFailed"]);
  });

  it("is not deceived by pods that are ready for a moment, again and again", async () => {
    await start("one");
    await setImage("two");
    await play();
    for (let seconds = 0; seconds < 100; seconds += 5) {
      for (const pod of plane.api.objects(podKind).filter((each) => imageOf(each) === "two")) nodes.setReady(pod, (seconds / 5) % 2 === 1);
      await wait(5);
    }
    expect([image(), pods(), said()]).to.deep.equal(["one", ["one", "one"], ["DeploymentRollback"]]);
  });

  it("comes out of it by itself, when what is broken is mended", async () => {
    broken.add("one");
    await start("one");
    await deadline();
    expect(said()).to.deep.equal(["DeploymentRollbackRevisionNotFound"]);
    broken.clear();
    await rollout();
    await setImage("two");
    broken.add("two");
    await play();
    await deadline();
    expect([image(), pods()]).to.deep.equal(["one", ["one", "one"]]);
  });

  it("is rolled out anew when somebody wants what failed again, and back again", async () => {
    await start("one");
    broken.add("two");
    for (let round = 1; round <= 2; round++) {
      await setImage("two");
      await play();
      await deadline();
      expect([image(), said()[0], web()?.metadata.annotations["deployment.kubernetes.io/revision"]]).to.deep.equal([
        "one",
        "DeploymentRollback",
        String(1 + 2 * round),
      ]);
    }
    broken.clear();
    await setImage("two");
    await rollout();
    expect([image(), pods(), condition("RolledBack")]).to.deep.equal(["two", ["two", "two"], undefined]);
  });

  it("gives way to what somebody writes at the same moment", async () => {
    await start("one");
    broken.add("two");
    await setImage("two");
    await play();
    let raced = false;
    plane.api.intercept({
      before: async ({ verb, kind }) => {
        if (raced || verb !== "update" || kind.kind !== "Deployment") return;
        raced = true;
        await setImage("three");
      },
    });
    await deadline();
    await rollout();
    expect([raced, image(), pods(), said()]).to.deep.equal([true, "three", ["three", "three"], []]);
  });

  it("is not rolled back while it is paused", async () => {
    await start("one");
    broken.add("two");
    await setImage("two");
    await play();
    await plane.api.of(deploymentKind).patch(key, "merge", { spec: { paused: true } });
    await wait(600);
    expect([image(), said()]).to.deep.equal(["two", []]);
    await plane.api.of(deploymentKind).patch(key, "merge", { spec: { paused: false } });
    await deadline();
    expect(image()).to.equal("one");
  });

  it("tries again to make a ReplicaSet that was forbidden as soon as there is room", async () => {
    plane.api.seed(resourceQuotaKind, resourceQuota({ hard: { "count/secrets": "1" } }));
    const allow = plane.api.intercept({
      before: ({ verb, kind }) => {
        if (verb === "create" && kind.kind === "ReplicaSet")
          throw forbidden({ group: "apps", kind: "replicasets", name: "web" }, "exceeded quota");
      },
    });
    await start("one");
    await wait(400);
    expect([condition("Progressing"), plane.api.objects(replicaSetKind)]).to.deep.equal(["ReplicaSetCreateError", []]);
    allow();
    plane.api.remove(resourceQuotaKind, { namespace: "default", name: "team" });
    await wait(3);
    expect(pods()).to.deep.equal(["one", "one"]);
  });
});
