import { expect } from "chai";
import { daemonSet } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { timedOut } from "../../api/errors.js";
import { controllerRevisionKind } from "../../api/kinds/controllerrevision/kind.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import type { ControllerRevision } from "../../gen/howbernetes/apps/v1/controller_revision.js";

const key = { namespace: "default", name: "agent" };

describe("the revisions of a DaemonSet", () => {
  let clock: FakeClock;
  let plane: ControlPlane;

  beforeEach(() => {
    clock = new FakeClock();
    plane = startControlPlane(clock);
  });
  afterEach(() => plane.stop());

  const revisions = (): readonly Whole<ControllerRevision>[] => plane.api.objects(controllerRevisionKind);
  const numbers = (): number[] =>
    revisions()
      .map(({ revision = 0 }) => revision)
      .sort();
  const create = (options: Parameters<typeof daemonSet>[0] = {}) =>
    plane.api.of(daemonSetKind).create(daemonSet({ ...options, resourceVersion: "" }));
  const setImage = (image: string) =>
    plane.api.of(daemonSetKind).patch(key, "strategic", { spec: { template: { spec: { containers: [{ name: "main", image }] } } } });

  it("are named after its templates, and controlled by it", async () => {
    const { metadata } = await create({ annotations: { "kubernetes.io/change-cause": "first" } });
    await settle();
    const [only] = revisions();
    const hash = only?.metadata.labels["controller-revision-hash"] ?? "none";

    expect(numbers()).to.deep.equal([1]);
    expect(only?.metadata.name).to.equal(`agent-${hash}`);
    expect(only?.metadata.labels).to.include({ app: "agent" });
    expect(only?.metadata.annotations).to.include({ "kubernetes.io/change-cause": "first" });
    expect(only?.metadata.ownerReferences.map(({ uid, controller }) => [uid, controller])).to.deep.equal([[metadata.uid, true]]);
  });

  it("are made once while the view of them stands still", async () => {
    const thaw = plane.api.freeze(controllerRevisionKind);
    await create();
    await settle();
    await plane.api.of(daemonSetKind).patch(key, "merge", { metadata: { annotations: { any: "change" } } });
    await clock.advance(10_000);
    thaw();
    await clock.advance(10_000);
    expect(numbers()).to.deep.equal([1]);
  });

  it("are made once when the answer is lost", async () => {
    let lost = 0;
    plane.api.intercept({
      after: ({ verb, kind }) => {
        if (verb === "create" && kind.kind === "ControllerRevision" && lost++ < 2) throw timedOut("deadline exceeded");
      },
    });
    await create();
    await clock.advance(10_000);
    expect(numbers()).to.deep.equal([1]);
    expect(lost).to.be.greaterThan(0);
  });

  it("get another name when something else has it", async () => {
    await create();
    await settle();
    const [taken] = revisions();
    if (taken === undefined) throw new Error("there is no revision");
    await plane.api.of(daemonSetKind).delete(key);
    await settle();
    // Somebody else's, of that very name.
    plane.api.seed(controllerRevisionKind, {
      ...taken,
      metadata: { ...taken.metadata, labels: {}, ownerReferences: [], resourceVersion: "" },
    });
    await create();
    await clock.advance(1_000);

    const own = revisions().filter(({ metadata }) => metadata.ownerReferences.length > 0);
    expect(own).to.have.length(1);
    expect(own.map(({ metadata }) => metadata.name)).not.to.include(taken.metadata.name);
    expect(plane.api.objects(daemonSetKind)[0]?.status.collisionCount).to.equal(1);
  });

  it("are given up and taken over as their labels say, and one that is lost is made anew", async () => {
    await create();
    await settle();
    const [first] = revisions();
    if (first === undefined) throw new Error("there is no revision");
    await plane.api.of(controllerRevisionKind).patch(keyOf(first), "merge", { metadata: { labels: { app: "other" } } });
    await clock.advance(1_000);
    const released = revisions().find(({ metadata }) => metadata.uid === first.metadata.uid);
    expect(released?.metadata.ownerReferences).to.deep.equal([]);
    expect(revisions()).to.have.length(2);

    await plane.api.of(controllerRevisionKind).patch(keyOf(first), "merge", { metadata: { labels: { app: "agent" } } });
    await clock.advance(1_000);
    // Both keep the same template: one of them is enough.
    expect(revisions().map(({ metadata }) => metadata.ownerReferences.length)).to.deep.equal([1]);

    const [kept] = revisions();
    if (kept !== undefined) await plane.api.of(controllerRevisionKind).delete(keyOf(kept));
    await clock.advance(1_000);
    expect(numbers()).to.deep.equal([1]);
  });

  it("are renumbered when an older template is gone back to", async () => {
    await create({ template: { image: "a:1" } });
    await settle();
    await setImage("b:1");
    await settle();
    await setImage("a:1");
    await settle();
    expect(numbers()).to.deep.equal([2, 3]);
  });
});
