import { expect } from "chai";
import { daemonSet, node } from "../../../test/builders/index.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { Stage } from "../../../test/fakes/fake-api/stage.js";
import { randomOf } from "../../../test/fakes/seeded-random.js";
import { controllerRevisionKind } from "../../api/kinds/controllerrevision/kind.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import type { DaemonSet } from "../../gen/howbernetes/apps/v1/daemonset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isActive, isReady } from "../pod-state.js";
import { targetNode } from "./daemon-pod.js";

const key = { namespace: "default", name: "agent" };
const names = ["n1", "n2", "n3", "n4", "n5"];

const imageOf = (pod: Whole<Pod>): string => pod.spec.containers[0]?.image ?? "";

describe("a DaemonSet, its controller and nodes together", () => {
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage(names);
  });
  afterEach(() => stage.stop());

  const pods = (): readonly Whole<Pod>[] => stage.pods();
  const current = (): Whole<DaemonSet> | undefined => stage.api.objects(daemonSetKind)[0];
  const create = (options: Parameters<typeof daemonSet>[0] = {}) =>
    stage.api.of(daemonSetKind).create(daemonSet({ ...options, resourceVersion: "" }));
  const setImage = (image: string) =>
    stage.api.of(daemonSetKind).patch(key, "strategic", { spec: { template: { spec: { containers: [{ name: "main", image }] } } } });
  const nodesOf = (all: readonly Whole<Pod>[]): string[] => all.map(({ spec }) => spec.nodeName ?? "").sort();
  const reasons = (): string[] => stage.api.objects(eventKind).map(({ reason }) => reason ?? "");
  const limits = [
    { maxUnavailable: 1, maxSurge: 0, mostOnNode: 1, fewestReady: 4 },
    { maxUnavailable: "40%", maxSurge: 0, mostOnNode: 1, fewestReady: 3 },
    { maxUnavailable: 0, maxSurge: 1, mostOnNode: 2, fewestReady: 5 },
    { maxUnavailable: 0, maxSurge: "60%", mostOnNode: 2, fewestReady: 5 },
  ];
  for (const [index, { mostOnNode, fewestReady, ...strategy }] of limits.entries()) {
    for (const seed of [1, 2, 3, 4, 5]) {
      it(`keeps within unavailable ${strategy.maxUnavailable} and surge ${strategy.maxSurge}, play ${seed}`, async () => {
        const random = randomOf(seed * 97 + index);
        await create(strategy);
        await stage.play(random);
        expect(nodesOf(pods())).to.deep.equal(names);
        const broken: string[] = [];
        stage.api.observe(() => {
          const active = pods().filter(isActive);
          const served = new Set(active.filter(isReady).map(targetNode));
          if (served.size < fewestReady) broken.push(`${served.size} nodes with a ready pod are fewer than ${fewestReady}`);
          for (const name of names) {
            const there = pods().filter((pod) => targetNode(pod) === name && (mostOnNode === 1 || isActive(pod))).length;
            if (there > mostOnNode) broken.push(`${there} pods on ${name} are more than ${mostOnNode}`);
          }
        });

        stage.slowDown(random);
        await setImage("busybox:2");
        await stage.steps(5, random);
        await setImage("busybox:1.36");
        await settle(1 + Math.floor(random() * 30));
        await setImage("busybox:2");
        await stage.play(random);

        expect(broken).to.deep.equal([]);
        expect(nodesOf(pods())).to.deep.equal(names);
        expect(new Set(pods().map(imageOf))).to.deep.equal(new Set(["busybox:2"]));
        expect(current()?.status).to.include({ desiredNumberScheduled: 5, updatedNumberScheduled: 5, numberAvailable: 5 });
      });
    }
  }

  it("follows nodes that come, go, and are tainted", async () => {
    await create();
    await stage.play();
    stage.api.seed(nodeKind, node({ name: "n6" }));
    stage.api.remove(nodeKind, { namespace: "", name: "n1" });
    stage.api.change(nodeKind, { namespace: "", name: "n2" }, ({ spec }) => {
      spec.taints = [{ key: "gpu", effect: "NoExecute", value: undefined, timeAdded: undefined }];
    });
    stage.api.change(nodeKind, { namespace: "", name: "n3" }, ({ spec }) => {
      spec.unschedulable = true;
    });
    await stage.play();

    expect(nodesOf(pods())).to.deep.equal(["n3", "n4", "n5", "n6"]);
    expect(current()?.status).to.include({ desiredNumberScheduled: 4, currentNumberScheduled: 4, numberAvailable: 4 });
    expect(current()?.status.numberMisscheduled ?? 0).to.equal(0);
  });

  it("makes one pod for each node while its view of pods stands still", async () => {
    const thaw = stage.api.freeze(podKind);
    await create();
    await stage.clock.advance(10_000);
    expect(pods().map(targetNode).sort()).to.deep.equal(names);
    thaw();
    await stage.play();
    await stage.clock.advance(10_000);
    expect(nodesOf(pods())).to.deep.equal(names);
  });

  it("replaces a pod that fails over and over after waits that grow", async () => {
    await create();
    await stage.play();
    let replaced = 0;
    const fail = async (): Promise<void> => {
      const victim = pods().find((pod) => pod.spec.nodeName === "n1");
      if (victim === undefined || victim.status.phase === "Failed") return;
      replaced += 1;
      stage.api.change(podKind, keyOf(victim), ({ status }) => {
        status.phase = "Failed";
      });
    };
    for (let seconds = 0; seconds < 30; seconds++) {
      await fail();
      await stage.clock.advance(500);
      await stage.play();
      await stage.clock.advance(500);
      await stage.play();
    }
    // In thirty seconds, after waits of 0, 1, 2, 4 and 8; nodes that never report are given up later than that.
    expect(replaced).to.be.within(5, 6);
    expect(reasons()).to.include("FailedDaemonPod");
    expect(pods().filter(isActive).length).to.be.at.least(4);
  });

  it("keeps no more revisions than its history limit", async () => {
    await create();
    stage.api.change(daemonSetKind, key, ({ spec }) => {
      spec.revisionHistoryLimit = 1;
    });
    await stage.play();
    for (const image of ["a", "b", "c"]) {
      await setImage(image);
      await stage.play();
    }
    expect(stage.api.objects(controllerRevisionKind).map(({ revision }) => revision)).to.have.members([3, 4]);
  });

  it("writes nothing more once nothing changes", async () => {
    await create();
    await stage.play();
    let changes = 0;
    stage.api.observe(() => {
      changes += 1;
    });
    await stage.clock.advance(20_000);
    await settle();
    expect(changes).to.equal(0);
  });
});
