import { expect } from "chai";
import { job, namespace, pod } from "../../../test/builders/index.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { startLoneController } from "../../../test/fakes/fake-api/lone-controller.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { randomOf } from "../../../test/fakes/seeded-random.js";
import { forbidden, invalid, unavailable } from "../../api/errors.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import type { JobStatus } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { isActive, isFinished, isTerminating } from "../pod-state.js";
import { createJobController } from "./index.js";
import { completionIndexKey, trackingFinalizer } from "./pod-facts.js";

describe("the Job controller", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let stop: () => Promise<void>;

  const start = async (): Promise<void> => {
    stop = await startLoneController(api, clock, { component: "job-controller", create: createJobController });
  };
  beforeEach(async () => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    await start();
  });
  afterEach(() => stop());

  const pods = (): readonly Whole<Pod>[] => api.objects(podKind);
  const status = (): JobStatus => api.objects(jobKind)[0]?.status ?? job().status;
  const create = async (options: Parameters<typeof job>[0] = {}): Promise<void> => {
    const draft = job({ ...options, resourceVersion: "" });
    draft.spec.selector = undefined;
    if (draft.spec.template?.metadata !== undefined) draft.spec.template.metadata.labels = {};
    await api.of(jobKind).create(draft);
    await settle();
  };
  const move = (which: Whole<Pod>, phase: string): void => {
    api.change(podKind, keyOf(which), (draft) => {
      draft.spec.nodeName = "n1";
      draft.status.phase = phase;
    });
  };
  const first = (): Whole<Pod> => {
    const [found] = pods();
    if (found === undefined) throw new Error("there is no pod");
    return found;
  };
  const counts = () => [status().succeeded ?? 0, status().failed ?? 0];

  it("counts a pod whose finalizer was gone before the count could be stored", async () => {
    await create({ completions: 2, parallelism: 1 });
    let writes = 0;
    const calm = api.intercept({
      before: ({ verb, kind }) => {
        // The first notes the pod as uncounted; the next would count it.
        if (verb === "updateStatus" && kind === jobKind && ++writes > 1) throw unavailable("lost");
      },
    });
    move(first(), "Succeeded");
    await settle(5);
    await stop();
    calm();
    expect([counts(), status().uncountedTerminatedPods?.succeeded.length]).to.deep.equal([[0, 0], 1]);
    await start();
    await settle();

    expect([counts(), status().uncountedTerminatedPods?.succeeded]).to.deep.equal([[1, 0], []]);
  });

  it("does not take a pod for gone that its cache has not seen yet", async () => {
    await stop();
    const uid = "uid-job-work";
    const status = { uncountedTerminatedPods: { succeeded: ["late"], failed: [] } };
    const owner = { kind: "Job", apiVersion: "batch/v1", name: "work", uid };
    const late = pod({ name: "late", uid: "late", phase: "Succeeded", owner, finalizers: [trackingFinalizer] });
    const matching = { ...late, metadata: { ...late.metadata, labels: { "batch.kubernetes.io/controller-uid": uid } } };
    await start();
    const thaw = api.freeze(podKind);
    api.seed(podKind, matching);
    api.seed(jobKind, job({ completions: 2, parallelism: 1, uid, status }));
    await settle();
    thaw();
    await settle();

    expect(counts()).to.deep.equal([1, 0]);
  });

  it("removes from a pod that it adopts nothing, and from one that it releases its hold", async () => {
    await create({ completions: 1 });
    api.change(podKind, keyOf(first()), ({ metadata }) => {
      metadata.labels = {};
    });
    await settle();

    const released = pods().find(({ metadata }) => metadata.ownerReferences.length === 0);
    expect(released?.metadata.finalizers).to.deep.equal([]);
    expect(pods()).to.have.length(2);
  });

  it("lets go of pods of a Job that is gone, or was another one", async () => {
    const owner = { kind: "Job", apiVersion: "batch/v1", name: "work", uid: "an-earlier-work" };
    await create({ completions: 1 });
    api.seed(podKind, pod({ name: "earlier", owner, finalizers: [trackingFinalizer] }));
    api.seed(podKind, pod({ name: "nobodys", finalizers: [trackingFinalizer, "example.com/other"] }));
    await settle();

    const finalizersOf = (name: string) => pods().find(({ metadata }) => metadata.name === name)?.metadata.finalizers;
    expect([finalizersOf("earlier"), finalizersOf("nobodys")]).to.deep.equal([[], ["example.com/other"]]);
    expect(pods().filter(({ metadata }) => metadata.finalizers.includes(trackingFinalizer))).to.have.length(1);
  });

  it("remembers failures of pods that are gone while it waits", async () => {
    await create({ completions: 1, parallelism: 1 });
    move(first(), "Running");
    await settle();
    await api.of(podKind).delete(keyOf(first()), { options: { gracePeriodSeconds: 0 } });
    await settle();
    expect([pods().length, counts()]).to.deep.equal([0, [0, 1]]);
    await clock.advance(9_000);
    await settle();
    expect(pods()).to.have.length(0);
    await clock.advance(1_500);
    await settle();

    expect(pods()).to.have.length(1);
  });

  it("waits for its failures also after a restart", async () => {
    await create({ completions: 1, parallelism: 1 });
    move(first(), "Failed");
    await settle();
    await stop();
    await start();
    await settle();
    expect(pods()).to.have.length(1);
    await clock.advance(11_000);
    await settle();

    expect(pods()).to.have.length(2);
  });

  it("fails by its failure policy, also when its other pods cannot be ended at once", async () => {
    const onExitCodes = { containerName: undefined, operator: "In", values: [42] };
    const podFailurePolicy = { rules: [{ action: "FailJob", onExitCodes, onPodConditions: [] }] };
    await create({ completions: 2, parallelism: 2, spec: { podFailurePolicy, podReplacementPolicy: "Failed" } });
    const calm = api.intercept({
      before: ({ verb, kind }) => {
        if (verb === "delete" && kind === podKind) throw unavailable("away");
      },
    });
    api.change(podKind, keyOf(first()), (draft) => {
      draft.status.phase = "Failed";
      draft.status.containerStatuses = [ContainerStatus.fromPartial({ name: "main", state: { terminated: { exitCode: 42 } } })];
    });
    await settle();
    expect(status().conditions.map(({ type }) => type)).to.deep.equal(["FailureTarget"]);
    calm();
    await clock.advance(20_000);
    for (const each of pods().filter(isTerminating)) move(each, "Failed");
    await settle();

    expect(status().conditions.map(({ type, reason }) => [type, reason])).to.deep.equal([
      ["FailureTarget", "PodFailurePolicy"],
      ["Failed", "PodFailurePolicy"],
    ]);
    expect(counts()).to.deep.equal([0, 2]);
  });

  for (const { what, refusal } of [
    { what: "for good", refusal: invalid({ group: "", kind: "Pod", name: "work" }, []) },
    { what: "for now", refusal: forbidden({ group: "", kind: "pods", name: "work" }, "exceeded quota") },
  ]) {
    it(`keeps to its deadline also while its pods are refused ${what}`, async () => {
      api.intercept({
        before: ({ verb, kind }) => {
          if (verb === "create" && kind === podKind) throw refusal;
        },
      });
      await create({ completions: 1, spec: { activeDeadlineSeconds: 1_000 } });
      await clock.advance(1_001_000);
      await settle();

      expect(status().conditions.map(({ reason }) => reason)).to.deep.equal(["DeadlineExceeded", "DeadlineExceeded"]);
    });
  }

  it("makes nothing in a namespace that is being emptied", async () => {
    api.seed(namespaceKind, namespace({ name: "default", deleting: true }));
    await settle();
    api.seed(jobKind, job({ completions: 1 }));
    await settle();

    expect(pods()).to.deep.equal([]);
  });

  it("tries again when pods were forbidden", async () => {
    const calm = api.intercept({
      before: ({ verb, kind }) => {
        if (verb === "create" && kind === podKind) throw forbidden({ group: "", kind: "pods", name: "work" }, "exceeded quota");
      },
    });
    await create({ completions: 1 });
    calm();
    await clock.advance(1_000);
    await settle();

    expect(pods()).to.have.length(1);
  });

  for (const [index, mode] of ["NonIndexed", "Indexed", "Indexed with limits"].entries()) {
    for (let seed = 1; seed <= 8; seed++) {
      it(`counts every pod once, whatever fails and whenever it is restarted: ${mode}, play ${seed}`, async () => {
        const random = randomOf(seed * 31 + index);
        const chance = (probability: number): boolean => random() < probability;
        const ended = { Succeeded: new Set<string>(), Failed: new Set<string>() };
        let most = 0;
        api.observe(() => {
          most = Math.max(most, pods().filter(isActive).length);
          for (const { metadata, status: now } of pods()) {
            if (now.phase === "Succeeded" || now.phase === "Failed") ended[now.phase].add(metadata.uid);
          }
        });
        let calmer = 1;
        const trouble = (): void => {
          if (chance(0.15 * calmer)) throw unavailable("no answer");
        };
        api.intercept({
          before: async () => {
            await settle(Math.floor(random() ** 3 * 20));
            trouble();
          },
          after: async () => {
            await settle(Math.floor(random() ** 3 * 20));
            trouble();
          },
        });
        const completionMode = mode === "NonIndexed" ? mode : "Indexed";
        const limits = mode === "Indexed with limits" ? { backoffLimitPerIndex: 100 } : {};
        calmer = 0;
        await create({ completions: 6, parallelism: 3, spec: { completionMode, backoffLimit: 1_000, ...limits } });
        calmer = 1;

        for (let step = 0; step < 400 && status().completionTime === undefined; step++) {
          if (step > 200) calmer = 0;
          const live = pods().filter((each) => !isFinished(each));
          const chosen = live[Math.floor(random() * live.length)];
          if (chosen !== undefined) move(chosen, chance(0.3) ? "Failed" : "Succeeded");
          if (chance(0.05)) {
            await stop();
            await start();
          }
          await settle(Math.floor(random() * 30));
          await clock.advance(chance(0.3) ? 700_000 : 50);
        }
        await settle(50);

        const indexes = new Set(
          pods()
            .filter(({ metadata }) => ended.Succeeded.has(metadata.uid))
            .map(({ metadata }) => metadata.annotations[completionIndexKey]),
        );
        expect(status().conditions.map(({ type }) => type)).to.deep.equal(["SuccessCriteriaMet", "Complete"]);
        expect(counts()).to.deep.equal([6, ended.Failed.size]);
        expect(mode === "NonIndexed" ? ended.Succeeded.size : indexes.size).to.equal(6);
        expect(most).to.be.at.most(3);
        expect(pods().flatMap(({ metadata }) => metadata.finalizers)).to.deep.equal([]);
      });
    }
  }
});
