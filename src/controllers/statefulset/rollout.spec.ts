import { expect } from "chai";
import { resourceQuota, statefulSet } from "../../../test/builders/index.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { Stage } from "../../../test/fakes/fake-api/stage.js";
import { randomOf } from "../../../test/fakes/seeded-random.js";
import { forbidden, invalid } from "../../api/errors.js";
import { controllerRevisionKind } from "../../api/kinds/controllerrevision/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { resourceQuotaKind } from "../../api/kinds/resourcequota/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import type { Whole } from "../../api/object.js";
import { intOrString } from "../../api/values/int-or-string.js";
import type { StatefulSet } from "../../gen/howbernetes/apps/v1/statefulset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isReady, isTerminating } from "../pod-state.js";

const key = { namespace: "default", name: "db" };
/** Its containers never get ready. */
const badImage = "bad:1";

const imageOf = (pod: Whole<Pod>): string => pod.spec.containers[0]?.image ?? "";
const ordinalOf = ({ metadata }: Whole<Pod>): number => Number(metadata.name.replace(/^.*-/, ""));

describe("a StatefulSet, its controller and nodes together", () => {
  let stage: Stage;

  beforeEach(() => {
    stage = new Stage(["n1", "n2"], (pod) => imageOf(pod) !== badImage);
  });
  afterEach(() => stage.stop());

  const pods = (): readonly Whole<Pod>[] => [...stage.pods()].sort((a, b) => ordinalOf(a) - ordinalOf(b));
  const current = (): Whole<StatefulSet> | undefined => stage.api.objects(statefulSetKind)[0];
  const create = (options: Parameters<typeof statefulSet>[0]) =>
    stage.api.of(statefulSetKind).create(statefulSet({ ...options, resourceVersion: "" }));
  const patch = (spec: object) => stage.api.of(statefulSetKind).patch(key, "strategic", { spec });
  const setImage = (image: string) => patch({ template: { spec: { containers: [{ name: "main", image }] } } });
  const revisions = (): number[] => stage.api.objects(controllerRevisionKind).map(({ revision = 0 }) => revision);
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
        await stage.play(random);
        expect(pods().filter(isReady)).to.have.length(5);
        const broken: string[] = [];
        stage.api.observe(() => {
          const ready = pods().filter((pod) => isReady(pod) && !isTerminating(pod)).length;
          if (ready < 5 - maxUnavailable) broken.push(`${ready} ready pods are fewer than ${5 - maxUnavailable}`);
        });

        stage.slowDown(random);
        await setImage("busybox:2");
        await stage.steps(4, random);
        await setImage(badImage);
        await stage.play(random);
        expect(pods().some((pod) => imageOf(pod) === badImage)).to.equal(true);
        await setImage(random() < 0.5 ? "busybox:1.36" : "busybox:3");
        await settle(1 + Math.floor(random() * 30));
        await setImage("busybox:4");
        await stage.play(random);

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
      await stage.play(random);
      stage.slowDown(random);
      const broken: string[] = [];
      stage.api.observe(() => {
        const names = pods();
        const gaps = names.filter((pod, at) => ordinalOf(pod) !== at);
        if (gaps.length > 0) broken.push(names.map(({ metadata }) => metadata.name).join());
        if (names.slice(0, -1).some((pod) => isTerminating(pod))) broken.push("one goes that is not the last");
      });
      for (const replicas of [6, 1, 4, 0, 3]) {
        await patch({ replicas });
        await stage.steps(Math.floor(random() * 8), random);
      }
      await stage.play(random);

      expect(broken).to.deep.equal([]);
      expect(pods().map(ordinalOf)).to.deep.equal([0, 1, 2]);
      expect(pods().every(isReady)).to.equal(true);
    });
  }

  it("never has two pods of a number while its view of pods stands still", async () => {
    await create({ replicas: 2, spec: { podManagementPolicy: "Parallel" } });
    await stage.play();
    const before = pods().map(({ metadata }) => metadata.uid);
    const thaw = stage.api.freeze(podKind);
    await setImage("busybox:2");
    await stage.clock.advance(10_000);
    expect(pods().map(isTerminating)).to.deep.equal([false, true]);
    expect(stage.api.objects(eventKind).filter(({ reason }) => reason === "FailedCreate")).to.deep.equal([]);
    thaw();
    await stage.play();
    await stage.clock.advance(10_000);
    await stage.play();

    expect(pods().map(imageOf)).to.deep.equal(["busybox:2", "busybox:2"]);
    expect(pods().some(({ metadata }) => before.includes(metadata.uid))).to.equal(false);
  });

  it("goes back no further than to the last template that was rolled out, though its own word of that comes late", async () => {
    await create({ replicas: 1 });
    await stage.play();
    await setImage("busybox:2");
    let thaw: (() => void) | undefined;
    stage.api.intercept({
      before: async ({ verb, kind }) => {
        const isDone = pods().every((pod) => imageOf(pod) === "busybox:2" && isReady(pod));
        if (verb !== "updateStatus" || kind.kind !== "StatefulSet" || thaw !== undefined || !isDone) return;
        thaw = () => undefined;
        const template = { spec: { containers: [{ name: "main", image: "busybox:3" }] } };
        await patch({ template, updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } });
        await settle();
        // From here on it does not see what it writes: that the second template has been rolled out.
        thaw = stage.api.freeze(statefulSetKind);
      },
    });
    await stage.play();
    const second = stage.api.objects(controllerRevisionKind).find(({ revision }) => revision === 2);
    expect(current()?.status.currentRevision).to.equal(second?.metadata.name);
    thaw?.();
    await stage.play();
    await stage.api.of(podKind).delete({ namespace: "default", name: "db-0" });
    await stage.play();

    expect(pods().map(imageOf)).to.deep.equal(["busybox:2"]);
  });

  it("keeps no more revisions than its history limit, and those that its pods are of", async () => {
    await create({ replicas: 2, spec: { revisionHistoryLimit: 1 } });
    await stage.play();
    for (const image of ["a", "b", "c"]) {
      await setImage(image);
      await stage.play();
    }
    expect(revisions()).to.have.members([3, 4]);
    await patch({ updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } });
    for (const image of ["d", "e"]) {
      await setImage(image);
      await stage.play();
    }
    expect(revisions()).to.have.members([4, 5, 6]);
    expect(pods().map(imageOf)).to.deep.equal(["c", "e"]);
  });

  it("adopts the pods of an earlier life with its revisions, without a restart", async () => {
    await create({ replicas: 2 });
    await stage.play();
    const before = pods().map(({ metadata }) => metadata.uid);
    await stage.api.of(statefulSetKind).delete(key, { options: { propagationPolicy: "Orphan" } });
    await stage.play();
    expect(pods().flatMap(({ metadata }) => metadata.ownerReferences)).to.deep.equal([]);
    const { metadata: next } = await create({ replicas: 2 });
    await stage.play();

    expect(pods().map(({ metadata }) => metadata.uid)).to.deep.equal(before);
    expect(pods().map(({ metadata }) => metadata.ownerReferences[0]?.uid)).to.deep.equal([next.uid, next.uid]);
    expect(revisions()).to.deep.equal([1]);
  });

  it("says why pods are refused, and tries again when it changes", async () => {
    let tries = 0;
    const stop = stage.api.intercept({
      before: ({ verb, kind, key: { name } }) => {
        if (verb !== "create" || kind.kind !== "Pod") return;
        tries += 1;
        throw invalid({ group: "", kind: "Pod", name }, [{ path: "spec", reason: "FieldValueInvalid", message: "no such pod" }]);
      },
    });
    await create({ replicas: 1 });
    await stage.clock.advance(20_000);
    expect(tries).to.be.lessThan(5);
    expect(stage.api.objects(eventKind).map(({ message }) => message)).to.satisfy((all: string[]) =>
      all.some((each) => each.includes("no such pod")),
    );
    stop();
    await setImage("busybox:2");
    await stage.play();
    expect(pods().filter(isReady)).to.have.length(1);
  });

  it("makes its pods as soon as there is room for them", async () => {
    stage.api.seed(resourceQuotaKind, resourceQuota({ name: "small", hard: { pods: "0" }, used: { pods: "0" } }));
    const stop = stage.api.intercept({
      before: ({ verb, kind, key: { name } }) => {
        if (verb === "create" && kind.kind === "Pod") throw forbidden({ group: "", kind: "pods", name }, "exceeded quota");
      },
    });
    await create({ replicas: 1 });
    await stage.clock.advance(15_000);
    stop();
    stage.api.change(resourceQuotaKind, { namespace: "default", name: "small" }, ({ spec }) => {
      spec.hard = { pods: { string: "5" } };
    });
    await stage.clock.advance(1_000);
    await stage.play();
    expect(pods().filter(isReady)).to.have.length(1);
  });

  it("writes nothing more once nothing changes", async () => {
    await create({ replicas: 3 });
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
