import { expect } from "chai";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { createLog } from "../../../src/base/log.js";
import { createEventRecorder } from "../../../src/client/event-recorder.js";
import type { PodStatus } from "../../../src/gen/howbernetes/core/v1/pod_status.js";
import { ContainerStatus } from "../../../src/gen/howbernetes/core/v1/pod_status.js";
import { createDefaultProfile } from "../../../src/scheduler/default-profile.js";
import { SchedulingTerm } from "../../../src/scheduler/scheduling-term.js";
import { node, type PodOptions, pod, replicaSet } from "../../builders/index.js";
import { ownedBy } from "../../builders/replica-set.js";
import { FakeApi } from "../../fakes/fake-api/fake-api.js";
import { settle } from "../../fakes/fake-api/settle.js";
import { FakeClock } from "../../fakes/fake-clock.js";

describe("workloads that fail on a node", () => {
  const log = createLog("test", "silent");
  const web = ownedBy(replicaSet({ name: "web" }));
  let clock: FakeClock;
  let api: FakeApi;
  let stop: () => Promise<void>;

  beforeEach(async () => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    // All pods would rather go to the first.
    api.seed(nodeKind, node({ name: "large", allocatable: { cpu: "64", memory: "256Gi" } }));
    api.seed(nodeKind, node({ name: "small", allocatable: { cpu: "1", memory: "1Gi" } }));
    const control = new AbortController();
    const events = createEventRecorder({ client: api, component: "default-scheduler", clock, log });
    const term = new SchedulingTerm({ client: api, events, profiles: (context) => [createDefaultProfile(context)], clock, log });
    const ended = term.run(control.signal);
    stop = async () => {
      control.abort();
      await ended;
    };
    await settle();
  });
  afterEach(() => stop());

  /** Creates a pod. @returns the node that it is given */
  async function placed(name: string, options: PodOptions = {}): Promise<string | undefined> {
    await api.of(podKind).create(pod({ name, nodeName: "", resourceVersion: "", owner: web, requests: { cpu: "100m" }, ...options }));
    await settle();
    return api
      .of(podKind)
      .get({ namespace: "default", name })
      .then(({ spec }) => spec.nodeName);
  }

  async function report(name: string, status: Partial<PodStatus>): Promise<void> {
    const current = await api.of(podKind).get({ namespace: "default", name });
    await api.of(podKind).updateStatus({ ...current, status: { ...current.status, ...status } });
    await settle();
  }

  it("are placed elsewhere after three of their pods have failed there, for ten minutes", async () => {
    for (const name of ["a", "b", "c"]) {
      expect(await placed(name)).to.equal("large");
      await report(name, { phase: "Failed" });
    }
    expect(await placed("d")).to.equal("small");
    expect(await placed("other", { owner: ownedBy(replicaSet({ name: "other" })) })).to.equal("large");
    await clock.advance(10 * 60_000);
    expect(await placed("e")).to.equal("large");
  });

  it("are placed elsewhere after three crashes of a container there", async () => {
    expect(await placed("a")).to.equal("large");
    for (let restartCount = 1; restartCount <= 3; restartCount++) {
      const crashed = ContainerStatus.fromPartial({ name: "main", restartCount, lastState: { terminated: { exitCode: 1 } } });
      await report("a", { phase: "Running", containerStatuses: [crashed] });
    }
    expect(await placed("b")).to.equal("small");
  });

  it("stay where they are wanted while they end as they should", async () => {
    for (const name of ["a", "b", "c"]) {
      await placed(name);
      await report(name, { phase: "Succeeded" });
    }
    expect(await placed("d")).to.equal("large");
  });

  it("go where they have failed when there is no other node", async () => {
    for (const name of ["a", "b", "c"]) {
      await placed(name, { requests: { cpu: "2" } });
      await report(name, { phase: "Failed" });
    }
    expect(await placed("d", { requests: { cpu: "2" } })).to.equal("large");
  });
});
