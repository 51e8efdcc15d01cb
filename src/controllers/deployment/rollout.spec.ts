import { expect } from "chai";
import { deployment } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeNodes } from "../../../test/fakes/fake-api/fake-nodes.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { randomOf } from "../../../test/fakes/seeded-random.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import type { Whole } from "../../api/object.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isActive, isFinished, isReady } from "../pod-state.js";
import { limitsOf } from "./limits.js";

const key = { namespace: "default", name: "web" };

const imageOf = (pod: Whole<Pod>): string => pod.spec.containers[0]?.image ?? "";

describe("a Deployment, its controllers and nodes together", () => {
  let clock: FakeClock;
  let plane: ControlPlane;
  let nodes: FakeNodes;
  /** Calls that have not come back. */
  let pending: number;

  beforeEach(() => {
    clock = new FakeClock();
    pending = 0;
    plane = startControlPlane(clock, { scheduler: true });
    nodes = new FakeNodes(plane.api, clock, ["n1", "n2"]);
  });
  afterEach(() => plane.stop());

  const pods = (): readonly Whole<Pod>[] => plane.api.objects(podKind);
  const current = (): Whole<Deployment> | undefined => plane.api.objects(deploymentKind)[0];
  const setImage = async (image: string): Promise<void> => {
    const containers = [{ name: "main", image }];
    await plane.api.of(deploymentKind).patch(key, "strategic", { spec: { template: { spec: { containers } } } });
  };
  /** Every call takes its time, before and after its effect, so that writes and watches overtake each other. */
  const slowDown = (random: () => number): void => {
    const wait = async (): Promise<void> => {
      pending += 1;
      // Most are quick, some are very slow.
      await settle(Math.floor(random() ** 3 * 60));
      pending -= 1;
    };
    plane.api.intercept({ before: wait, after: wait });
  };
  async function play(random: () => number = () => 0): Promise<void> {
    for (let quiet = 0; quiet < 4; ) {
      await clock.advance(1);
      await settle(1 + Math.floor(random() * 20));
      const moved = await nodes.step((due) => due[Math.floor(random() * due.length)]);
      quiet = moved || pending > 0 ? 0 : quiet + 1;
      if (!moved) await settle();
    }
  }

  it("comes up, says so, and records its revision", async () => {
    await plane.api.of(deploymentKind).create(deployment({ replicas: 3, resourceVersion: "" }));
    await play();

    expect(pods().filter(isReady)).to.have.length(3);
    expect(current()?.status).to.include({ replicas: 3, readyReplicas: 3, availableReplicas: 3, updatedReplicas: 3 });
    expect(current()?.status.unavailableReplicas ?? 0).to.equal(0);
    expect(current()?.metadata.annotations).to.deep.equal({ "deployment.kubernetes.io/revision": "1" });
    const conditions = current()?.status.conditions.map(({ type, status, reason }) => [type, status, reason]);
    expect(conditions).to.have.deep.members([
      ["Available", "True", "MinimumReplicasAvailable"],
      ["Progressing", "True", "NewReplicaSetAvailable"],
    ]);
  });

  const limits = [
    { replicas: 3, maxSurge: "25%", maxUnavailable: "25%" },
    { replicas: 5, maxSurge: 2, maxUnavailable: 1 },
    { replicas: 4, maxSurge: 0, maxUnavailable: 1 },
    { replicas: 4, maxSurge: 1, maxUnavailable: 0 },
    { replicas: 6, maxSurge: "100%", maxUnavailable: "50%" },
  ];
  for (const [index, options] of limits.entries()) {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      it(`keeps within surge ${options.maxSurge} and unavailable ${options.maxUnavailable} of ${options.replicas}, play ${seed}`, async () => {
        const random = randomOf(seed * 97 + index);
        await plane.api.of(deploymentKind).create(deployment({ ...options, resourceVersion: "" }));
        await play(random);
        const { maxTotal, minAvailable } = limitsOf(current() ?? deployment());
        const broken: string[] = [];
        plane.api.observe(() => {
          const active = pods().filter(isActive);
          const ready = active.filter(isReady);
          if (active.length > maxTotal) broken.push(`${active.length} pods are more than ${maxTotal}`);
          if (ready.length < minAvailable) broken.push(`${ready.length} ready pods are fewer than ${minAvailable}`);
        });

        slowDown(random);
        await setImage("busybox:2");
        // Goes back half way, and forward again: what was new is old, and the other way round.
        for (let steps = 0; steps < 5; steps++) {
          await settle(1 + Math.floor(random() * 10));
          await nodes.step((due) => due[Math.floor(random() * due.length)]);
        }
        await setImage("busybox:1.36");
        await settle(1 + Math.floor(random() * 30));
        await setImage("busybox:2");
        await play(random);

        expect(broken).to.deep.equal([]);
        expect(pods().map(imageOf)).to.deep.equal(Array(options.replicas).fill("busybox:2"));
        expect(current()?.status).to.include({ updatedReplicas: options.replicas, availableReplicas: options.replicas });
      });
    }
  }

  for (const seed of [1, 2, 3, 4, 5]) {
    it(`recreates: nothing new exists before the last of the old is gone, play ${seed}`, async () => {
      const random = randomOf(seed);
      await plane.api.of(deploymentKind).create(deployment({ replicas: 4, strategy: "Recreate", resourceVersion: "" }));
      await play(random);
      slowDown(random);
      const mixed: string[] = [];
      plane.api.observe(() => {
        const images = new Set(
          pods()
            .filter((pod) => !isFinished(pod))
            .map(imageOf),
        );
        if (images.size > 1) mixed.push([...images].join());
      });

      await setImage("busybox:2");
      await play(random);

      expect(mixed).to.deep.equal([]);
      expect(pods().map(imageOf)).to.deep.equal(Array(4).fill("busybox:2"));
    });
  }

  it("replaces pods that are deleted, and never has more than it asks for", async () => {
    await plane.api.of(deploymentKind).create(deployment({ replicas: 3, resourceVersion: "" }));
    await play();
    let most = 0;
    plane.api.observe(() => {
      most = Math.max(most, pods().filter(isActive).length);
    });
    for (const { metadata } of pods()) await plane.api.of(podKind).delete({ namespace: metadata.namespace, name: metadata.name });
    await play();

    expect(most).to.equal(3);
    expect(pods().filter(isReady)).to.have.length(3);
  });

  it("numbers rollouts, and gives one that is rolled back to a new number", async () => {
    await plane.api.of(deploymentKind).create(deployment({ replicas: 1, resourceVersion: "" }));
    await play();
    await setImage("busybox:2");
    await play();
    await setImage("busybox:1.36");
    await play();

    const revisions = plane.api
      .objects(replicaSetKind)
      .map(({ spec, metadata }) => [
        spec.template?.spec?.containers[0]?.image,
        metadata.annotations["deployment.kubernetes.io/revision"],
        metadata.annotations["deployment.kubernetes.io/revision-history"],
      ]);
    expect(revisions).to.have.deep.members([
      ["busybox:2", "2", undefined],
      ["busybox:1.36", "3", "1"],
    ]);
    expect(current()?.metadata.annotations["deployment.kubernetes.io/revision"]).to.equal("3");
  });

  it("keeps no more old ReplicaSets than its history limit", async () => {
    await plane.api.of(deploymentKind).create(deployment({ replicas: 1, revisionHistoryLimit: 2, resourceVersion: "" }));
    await play();
    for (const tag of ["2", "3", "4", "5"]) {
      await setImage(`busybox:${tag}`);
      await play();
    }
    const images = plane.api.objects(replicaSetKind).map(({ spec }) => spec.template?.spec?.containers[0]?.image);
    expect(images).to.have.members(["busybox:3", "busybox:4", "busybox:5"]);
  });

  it("removes its ReplicaSets and pods when it is deleted", async () => {
    await plane.api.of(deploymentKind).create(deployment({ replicas: 3, resourceVersion: "" }));
    await play();
    await plane.api.of(deploymentKind).delete(key);
    await play();

    expect([...plane.api.objects(deploymentKind), ...plane.api.objects(replicaSetKind), ...pods()]).to.deep.equal([]);
  });

  it("writes nothing more once nothing changes", async () => {
    await plane.api.of(deploymentKind).create(deployment({ replicas: 3, resourceVersion: "" }));
    await play();
    let changes = 0;
    plane.api.observe(() => {
      changes += 1;
    });
    await clock.advance(20_000);
    await settle();
    expect(changes).to.equal(0);
  });
});
