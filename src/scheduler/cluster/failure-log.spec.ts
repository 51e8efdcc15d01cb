import { expect } from "chai";
import { type PodOptions, pod } from "../../../test/builders/index.js";
import type { Owner } from "../../../test/builders/metadata.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { FailureLog } from "./failure-log.js";

const minuteMs = 60_000;
const ownedBy = (uid: string): Owner => ({ kind: "ReplicaSet", apiVersion: "apps/v1", name: uid, uid });
const container = (restartCount: number, exitCode: number): ContainerStatus =>
  ContainerStatus.fromPartial({ name: "main", restartCount, lastState: { terminated: { exitCode } } });

describe("FailureLog", () => {
  let clock: FakeClock;
  let log: FailureLog;

  beforeEach(() => {
    clock = new FakeClock();
    log = new FailureLog(clock);
  });

  const of = (options: PodOptions = {}) => pod({ owner: ownedBy("rs"), ...options });
  const troubled = (uid = "rs") => {
    const nodes = log.troubledNodes(pod({ nodeName: "", owner: ownedBy(uid) }));
    return nodes === undefined ? [] : [...nodes];
  };
  const fail = (times: number, options: PodOptions = {}) => {
    for (let time = 0; time < times; time++) log.seen(of({ phase: "Failed", ...options }), of(options));
  };

  it("knows a node where a workload's pods have failed three times", () => {
    fail(2);
    expect(troubled()).to.deep.equal([]);
    fail(1);
    expect(troubled()).to.deep.equal(["n1"]);
  });

  it("counts each node and each workload by itself", () => {
    fail(3, { nodeName: "n2" });
    fail(2, { nodeName: "n1" });
    fail(1, { nodeName: "n1", owner: ownedBy("other") });
    expect([troubled(), troubled("other")]).to.deep.equal([["n2"], []]);
  });

  it("forgets after ten minutes", async () => {
    fail(1);
    await clock.advance(5 * minuteMs);
    fail(2);
    await clock.advance(5 * minuteMs - 1);
    expect(troubled()).to.deep.equal(["n1"]);
    await clock.advance(1);
    expect(troubled()).to.deep.equal([]);
    fail(1);
    expect(troubled()).to.deep.equal(["n1"]);
  });

  it("has nothing to say of pods without a controller", () => {
    for (let time = 0; time < 3; time++) log.seen(pod({ phase: "Failed" }), pod());
    expect(log.troubledNodes(pod())).to.equal(undefined);
  });

  const changes: readonly { it: string; before?: PodOptions; after: PodOptions; counts: boolean }[] = [
    { it: "a pod that fails", after: { phase: "Failed" }, counts: true },
    { it: "a pod that its node refuses", after: { phase: "Failed", status: { phase: "Failed", reason: "OutOfcpu" } }, counts: true },
    { it: "a pod that is evicted", after: { status: { phase: "Failed", reason: "Evicted" } }, counts: false },
    { it: "a pod that is preempted", after: { status: { phase: "Failed", reason: "Preempting" } }, counts: false },
    { it: "a pod whose time is up", after: { status: { phase: "Failed", reason: "DeadlineExceeded" } }, counts: false },
    { it: "a pod that is being deleted", after: { phase: "Failed", deleting: true }, counts: false },
    {
      it: "a pod that was made to go",
      after: { status: { phase: "Failed", conditions: [{ type: "DisruptionTarget", status: "True" }] as never } },
      counts: false,
    },
    { it: "a pod that had failed before", before: { phase: "Failed" }, after: { phase: "Failed" }, counts: false },
    { it: "a pod that succeeds", after: { phase: "Succeeded" }, counts: false },
    { it: "a container that crashes", after: { status: { phase: "Running", containerStatuses: [container(1, 137)] } }, counts: true },
    {
      it: "an init container that crashes",
      after: { status: { phase: "Pending", initContainerStatuses: [container(1, 1)] } },
      counts: true,
    },
    { it: "a container that ends well and starts again", after: { status: { containerStatuses: [container(1, 0)] } }, counts: false },
    {
      it: "a container that has crashed before",
      before: { status: { containerStatuses: [container(4, 1)] } },
      after: { status: { containerStatuses: [container(4, 1)] } },
      counts: false,
    },
    { it: "a pod without a node", before: { nodeName: "" }, after: { nodeName: "", phase: "Failed" }, counts: false },
  ];
  for (const { it: what, before = {}, after, counts } of changes) {
    it(`${counts ? "counts" : "does not count"} ${what}`, () => {
      for (let time = 0; time < 3; time++) log.seen(of(after), of(before));
      expect(troubled()).to.deep.equal(counts ? ["n1"] : []);
    });
  }

  it("counts every restart between two looks", () => {
    log.seen(of({ status: { containerStatuses: [container(5, 1)] } }), of({ status: { containerStatuses: [container(2, 1)] } }));
    expect(troubled()).to.deep.equal(["n1"]);
  });

  it("takes what was so from the start for no news", () => {
    for (let time = 0; time < 3; time++) log.seen(of({ phase: "Failed" }), undefined);
    expect(troubled()).to.deep.equal([]);
  });

  it("forgets what has not failed for the longest time when there is too much", () => {
    fail(3, { owner: ownedBy("first") });
    fail(3, { owner: ownedBy("second") });
    fail(1, { owner: ownedBy("first") });
    for (let index = 0; index < 4_999; index++) fail(1, { owner: ownedBy("broken"), nodeName: `n${index}` });
    expect([troubled("first"), troubled("second")]).to.deep.equal([["n1"], []]);
    fail(1, { owner: ownedBy("broken"), nodeName: "n5000" });
    expect(troubled("first")).to.deep.equal([]);
  });
});
