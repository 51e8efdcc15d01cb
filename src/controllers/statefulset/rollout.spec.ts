import { expect } from "chai";
import { statefulSet } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeNodes } from "../../../test/fakes/fake-api/fake-nodes.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { invalid } from "../../api/errors.js";
import { controllerRevisionKind } from "../../api/kinds/controllerrevision/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import type { Whole } from "../../api/object.js";
import { intOrString } from "../../api/values/int-or-string.js";
import type { StatefulSet } from "../../gen/howbernetes/apps/v1/statefulset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isReady, isTerminating } from "../pod-state.js";

const key = { namespace: "default", name: "db" };
/** Its containers never get ready. */
const badImage = "bad:1";

/** Numbers in [0, 1) that are the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const imageOf = (pod: Whole<Pod>): string => pod.spec.containers[0]?.image ?? "";
const ordinalOf = ({ metadata }: Whole<Pod>): number => Number(metadata.name.replace(/^.*-/, ""));

describe("a StatefulSet, its controller and nodes together", () => {
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

  const pods = (): readonly Whole<Pod>[] => [...plane.api.objects(podKind)].sort((a, b) => ordinalOf(a) - ordinalOf(b));
  const current = (): Whole<StatefulSet> | undefined => plane.api.objects(statefulSetKind)[0];
  const create = (options: Parameters<typeof statefulSet>[0]) =>
    plane.api.of(statefulSetKind).create(statefulSet({ ...options, resourceVersion: "" }));
  const patch = (spec: object) => plane.api.of(statefulSetKind).patch(key, "strategic", { spec });
  const setImage = (image: string) => patch({ template: { spec: { containers: [{ name: "main", image }] } } });
  const revisions = (): number[] => plane.api.objects(controllerRevisionKind).map(({ revision = 0 }) => revision);
  const step = (random: () => number): Promise<boolean> =>
    nodes.step((due) => {
      const able = due.filter((pod) => isTerminating(pod) || imageOf(pod) !== badImage);
      return able[Math.floor(random() * able.length)];
    });
  const slowDown = (random: () => number): void => {
    const wait = async (): Promise<void> => {
      pending += 1;
      await settle(Math.floor(random() ** 3 * 60));
      pending -= 1;
    };
    plane.api.intercept({ before: wait, after: wait });
  };
  async function play(random: () => number = () => 0): Promise<void> {
    for (let quiet = 0; quiet < 4; ) {
      await clock.advance(1);
      await settle(1 + Math.floor(random() * 20));
      const moved = await step(random);
      quiet = moved || pending > 0 ? 0 : quiet + 1;
      if (!moved) await settle();
    }
  }

  const policies = [
    { podManagementPolicy: "OrderedReady", maxUnavailable: 1 },
    { podManagementPolicy: "OrderedReady", maxUnavailable: 2 },
    { podManagementPolicy: "Parallel", maxUnavailable: 1 },
    { podManagementPolicy: "Parallel", maxUnavailable: 3 },
  ];
  for (const [index, { podManagementPolicy, maxUnavailable }] of policies.entries()) {
    for (const seed of [1, 2, 3, 4, 5]) {
      it(`rolls out, goes astray and recovers, ${podManagementPolicy} with ${maxUnavailable} unavailable, play ${seed}`, async () => {
        const random = randomOf(seed * 97 + index);
        const rollingUpdate = { partition: 0, maxUnavailable: intOrString(maxUnavailable) };
        await create({ replicas: 5, spec: { podManagementPolicy, updateStrategy: { type: "RollingUpdate", rollingUpdate } } });
        await play(random);
        expect(pods().filter(isReady)).to.have.length(5);
        const broken: string[] = [];
        plane.api.observe(() => {
          const ready = pods().filter((pod) => isReady(pod) && !isTerminating(pod)).length;
          if (ready < 5 - maxUnavailable) broken.push(`${ready} ready pods are fewer than ${5 - maxUnavailable}`);
        });

        slowDown(random);
        await setImage("busybox:2");
        for (let steps = 0; steps < 4; steps++) {
          await settle(1 + Math.floor(random() * 10));
          await step(random);
        }
        await setImage(badImage);
        await play(random);
        expect(pods().some((pod) => imageOf(pod) === badImage)).to.equal(true);
        await setImage(random() < 0.5 ? "busybox:1.36" : "busybox:3");
        await settle(1 + Math.floor(random() * 30));
        await setImage("busybox:4");
        await play(random);

        expect(broken).to.deep.equal([]);
        expect(pods().map(imageOf)).to.deep.equal(Array(5).fill("busybox:4"));
        const { currentRevision, updateRevision, ...counts } = current()?.status ?? {};
        expect(currentRevision).to.equal(updateRevision);
        expect(counts).to.include({ replicas: 5, readyReplicas: 5, availableReplicas: 5, updatedReplicas: 5, currentReplicas: 5 });
      });
    }
  }

  for (const seed of [1, 2, 3, 4, 5]) {
    it(`grows and shrinks in order, play ${seed}`, async () => {
      const random = randomOf(seed);
      await create({ replicas: 2 });
      await play(random);
      slowDown(random);
      const broken: string[] = [];
      plane.api.observe(() => {
        const names = pods();
        const gaps = names.filter((pod, at) => ordinalOf(pod) !== at);
        if (gaps.length > 0) broken.push(names.map(({ metadata }) => metadata.name).join());
        if (names.slice(0, -1).some((pod) => isTerminating(pod))) broken.push("one goes that is not the last");
      });
      for (const replicas of [6, 1, 4, 0, 3]) {
        await patch({ replicas });
        for (let steps = Math.floor(random() * 8); steps > 0; steps--) {
          await settle(1 + Math.floor(random() * 10));
          await step(random);
        }
      }
      await play(random);

      expect(broken).to.deep.equal([]);
      expect(pods().map(ordinalOf)).to.deep.equal([0, 1, 2]);
      expect(pods().every(isReady)).to.equal(true);
    });
  }

  it("never has two pods of a number while its view of pods stands still", async () => {
    await create({ replicas: 2, spec: { podManagementPolicy: "Parallel" } });
    await play();
    const before = pods().map(({ metadata }) => metadata.uid);
    const thaw = plane.api.freeze(podKind);
    await setImage("busybox:2");
    await clock.advance(10_000);
    expect(pods().map(isTerminating)).to.deep.equal([false, true]);
    expect(plane.api.objects(eventKind).filter(({ reason }) => reason === "FailedCreate")).to.deep.equal([]);
    thaw();
    await play();
    await clock.advance(10_000);
    await play();

    expect(pods().map(imageOf)).to.deep.equal(["busybox:2", "busybox:2"]);
    expect(pods().some(({ metadata }) => before.includes(metadata.uid))).to.equal(false);
  });

  it("keeps no more revisions than its history limit, and those that its pods are of", async () => {
    await create({ replicas: 2, spec: { revisionHistoryLimit: 1 } });
    await play();
    for (const image of ["a", "b", "c"]) {
      await setImage(image);
      await play();
    }
    expect(revisions()).to.have.members([3, 4]);
    await patch({ updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } });
    for (const image of ["d", "e"]) {
      await setImage(image);
      await play();
    }
    expect(revisions()).to.have.members([4, 5, 6]);
    expect(pods().map(imageOf)).to.deep.equal(["c", "e"]);
  });

  it("adopts the pods of an earlier life with its revisions, without a restart", async () => {
    await create({ replicas: 2 });
    await play();
    const before = pods().map(({ metadata }) => metadata.uid);
    await plane.api.of(statefulSetKind).delete(key, { options: { propagationPolicy: "Orphan" } });
    await play();
    expect(pods().flatMap(({ metadata }) => metadata.ownerReferences)).to.deep.equal([]);
    const { metadata: next } = await create({ replicas: 2 });
    await play();

    expect(pods().map(({ metadata }) => metadata.uid)).to.deep.equal(before);
    expect(pods().map(({ metadata }) => metadata.ownerReferences[0]?.uid)).to.deep.equal([next.uid, next.uid]);
    expect(revisions()).to.deep.equal([1]);
  });

  it("says why pods are refused, and tries again when it changes", async () => {
    let tries = 0;
    const stop = plane.api.intercept({
      before: ({ verb, kind, key: { name } }) => {
        if (verb !== "create" || kind.kind !== "Pod") return;
        tries += 1;
        throw invalid({ group: "", kind: "Pod", name }, [{ path: "spec", reason: "FieldValueInvalid", message: "no such pod" }]);
      },
    });
    await create({ replicas: 1 });
    await clock.advance(20_000);
    expect(tries).to.be.lessThan(5);
    expect(plane.api.objects(eventKind).map(({ message }) => message)).to.satisfy((all: string[]) =>
      all.some((each) => each.includes("no such pod")),
    );
    stop();
    await setImage("busybox:2");
    await play();
    expect(pods().filter(isReady)).to.have.length(1);
  });

  it("writes nothing more once nothing changes", async () => {
    await create({ replicas: 3 });
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
