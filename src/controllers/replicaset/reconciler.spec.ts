import { expect } from "chai";
import {
  deployment,
  limitRange,
  namespace,
  node,
  ownedBy,
  pod,
  priorityClass,
  replicaSet,
  resourceQuota,
} from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { forbidden, invalid, timedOut, unavailable } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { limitRangeKind } from "../../api/kinds/limitrange/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { priorityClassKind } from "../../api/kinds/priorityclass/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { resourceQuotaKind } from "../../api/kinds/resourcequota/kind.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isActive } from "../pod-state.js";

const key = { namespace: "default", name: "web" };

describe("the ReplicaSet controller", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let plane: ControlPlane | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
  });
  afterEach(async () => {
    await plane?.stop();
    plane = undefined;
  });

  const start = async (): Promise<void> => {
    plane = startControlPlane(clock, { api });
    await settle();
  };
  const pods = (): readonly Whole<Pod>[] => api.objects(podKind);
  const status = () => api.objects(replicaSetKind)[0]?.status;
  const create = (replicas: number) => api.of(replicaSetKind).create(replicaSet({ replicas, resourceVersion: "" }));
  const scale = (replicas: number) => api.of(replicaSetKind).patch(key, "merge", { spec: { replicas } });
  const reasons = (): string[] => api.objects(eventKind).map(({ reason }) => reason ?? "");
  /** The most active pods that there ever were from here on. */
  const watchMost = (): { most: number } => {
    const seen = { most: 0 };
    api.observe(() => {
      seen.most = Math.max(seen.most, pods().filter(isActive).length);
    });
    return seen;
  };

  it("creates pods from the template, named after the set and controlled by it", async () => {
    await start();
    const set = await create(3);
    await settle();

    expect(pods()).to.have.length(3);
    for (const { metadata, spec } of pods()) {
      expect(metadata.name).to.match(/^web-[a-z0-9]{5}$/);
      expect(metadata.labels).to.deep.equal({ app: "web" });
      expect(metadata.ownerReferences).to.deep.include({ ...ownedBy(set), controller: true, blockOwnerDeletion: true });
      expect(spec.containers[0]?.image).to.equal("busybox:1.36");
    }
    expect(status()).to.include({ replicas: 3, fullyLabeledReplicas: 3, observedGeneration: 1 });
    expect(reasons()).to.deep.equal(["SuccessfulCreate", "SuccessfulCreate", "SuccessfulCreate"]);
  });

  it("never has more than it asks for while its view of pods stands still", async () => {
    await start();
    const seen = watchMost();
    const thaw = api.freeze(podKind);
    await create(5);
    await settle();
    await scale(6);
    await clock.advance(30_000);
    expect(pods()).to.have.length(5);
    thaw();
    await clock.advance(30_000);
    await settle();

    expect(pods()).to.have.length(6);
    expect(seen.most).to.equal(6);
  });

  it("deletes exactly the surplus while its view of pods stands still", async () => {
    await start();
    await create(6);
    await settle();
    const thaw = api.freeze(podKind);
    await scale(4);
    await settle();
    // The set changes again before the deletions are seen.
    await api.of(replicaSetKind).patch(key, "merge", { metadata: { annotations: { any: "change" } } });
    await clock.advance(30_000);
    expect(pods()).to.have.length(4);
    thaw();
    await clock.advance(30_000);
    expect(pods()).to.have.length(4);
  });

  it("makes one pod when the answer to its creation is lost", async () => {
    await start();
    const seen = watchMost();
    let lost = 0;
    api.intercept({
      after: ({ verb, kind }) => {
        if (verb !== "create" || kind.kind !== "Pod" || lost++ > 2) return;
        throw timedOut("deadline exceeded");
      },
    });
    const thaw = api.freeze(podKind);
    await create(3);
    await clock.advance(30_000);
    thaw();
    await clock.advance(30_000);
    await settle();

    expect(pods()).to.have.length(3);
    expect(seen.most).to.equal(3);
  });

  it("tries again when the server was away", async () => {
    await start();
    let failures = 3;
    api.intercept({
      before: ({ verb, kind }) => {
        if (verb === "create" && kind.kind === "Pod" && failures-- > 0) throw unavailable("the server is away");
      },
    });
    await create(2);
    await clock.advance(30_000);
    expect(pods()).to.have.length(2);
  });

  /** Refuses each pod from now on, and counts. */
  function refusePods(refusal: (name: string) => Error): { readonly tries: () => number; readonly stop: () => void } {
    let tries = 0;
    const stop = api.intercept({
      before: ({ verb, kind, key: { name } }) => {
        if (verb !== "create" || kind.kind !== "Pod") return;
        tries += 1;
        throw refusal(name);
      },
    });
    return { tries: () => tries, stop };
  }

  it("says why pods are forbidden, does not try over and over, and has them when there is room for them again", async () => {
    await start();
    const { tries, stop } = refusePods((name) => forbidden({ group: "", kind: "pods", name }, "exceeded quota"));
    await create(20);
    await clock.advance(600_000);

    expect(status()?.conditions[0]?.message).to.contain("exceeded quota");
    expect(tries()).to.be.lessThan(40);
    stop();
    await clock.advance(600_000);
    expect(pods()).to.have.length(20);
  });

  describe("whose pods are forbidden", () => {
    const quotaKey = { namespace: "default", name: "team" };
    let refused: ReturnType<typeof refusePods>;
    let before: number;

    beforeEach(async () => {
      api.seed(resourceQuotaKind, resourceQuota({ hard: { "count/secrets": "3" }, used: { "count/secrets": "3" } }));
      api.seed(limitRangeKind, limitRange());
      await start();
      refused = refusePods((name) => forbidden({ group: "", kind: "pods", name }, "exceeded quota"));
      await create(2);
      await clock.advance(400_000);
      before = refused.tries();
    });

    const pushes: readonly { it: string; change: () => void }[] = [
      {
        it: "when a quota allows more",
        change: () =>
          void api.change(resourceQuotaKind, quotaKey, ({ spec }) => {
            spec.hard = { "count/secrets": { string: "9" } };
          }),
      },
      {
        it: "when less of a quota is used",
        change: () =>
          void api.change(resourceQuotaKind, quotaKey, ({ status }) => {
            status.used = { "count/secrets": { string: "1" } };
          }),
      },
      { it: "when a quota is gone", change: () => api.remove(resourceQuotaKind, quotaKey) },
      { it: "when a limit range is gone", change: () => api.remove(limitRangeKind, { namespace: "default", name: "limits" }) },
      { it: "when a limit range comes", change: () => void api.seed(limitRangeKind, limitRange({ name: "more" })) },
      { it: "when a priority class comes", change: () => void api.seed(priorityClassKind, priorityClass()) },
    ];
    for (const { it: when, change } of pushes) {
      it(`tries again ${when}`, async () => {
        refused.stop();
        change();
        await clock.advance(2_000);
        expect(pods()).to.have.length(2);
      });
    }

    it("does not when a quota is only looked at", async () => {
      api.change(resourceQuotaKind, quotaKey, ({ metadata }) => Object.assign(metadata.labels, { seen: "yes" }));
      await clock.advance(2_000);
      expect(refused.tries()).to.equal(before);
    });

    it("tries once in a second however often there may be room", async () => {
      for (let limit = 100; limit < 200; limit++) {
        api.change(resourceQuotaKind, quotaKey, ({ spec }) => {
          spec.hard = { "count/secrets": { string: String(limit) } };
        });
        await clock.advance(10);
      }
      await clock.advance(1_000);
      expect(refused.tries() - before).to.be.within(1, 2);
    });
  });

  it("says why pods are refused, does not try over and over, and tries again when the set changes", async () => {
    await start();
    const { tries, stop } = refusePods((name) =>
      invalid({ group: "", kind: "Pod", name }, [{ path: "spec", reason: "FieldValueInvalid", message: "no such pod" }]),
    );
    await create(20);
    await clock.advance(600_000);

    const [failure] = status()?.conditions ?? [];
    expect([failure?.type, failure?.status, failure?.reason]).to.deep.equal(["ReplicaFailure", "True", "FailedCreate"]);
    expect(failure?.message).to.contain("no such pod");
    expect(tries()).to.be.lessThan(5);
    expect(reasons()).to.include("FailedCreate");

    stop();
    await scale(2);
    await settle();
    expect(pods()).to.have.length(2);
    await settle();
    expect(status()?.conditions).to.deep.equal([]);
  });

  it("deletes first where a Deployment's pods are doubled up, whichever of its ReplicaSets they are of", async () => {
    const owner = { kind: "Deployment", apiVersion: "apps/v1", name: "web", uid: "uid-deployment-web" };
    const nodesOf = { web: ["n1", "n2"], other: ["n2"] };
    for (const [name, nodes] of Object.entries(nodesOf)) {
      const set = api.seed(replicaSetKind, replicaSet({ name, replicas: 1, owner }));
      for (const nodeName of nodes)
        api.seed(podKind, pod({ name: `${name}-${nodeName}`, nodeName, labels: { app: name }, owner: ownedBy(set) }));
    }
    api.seed(deploymentKind, deployment({ paused: true, uid: owner.uid }));
    for (const name of ["n1", "n2"]) api.seed(nodeKind, node({ name }));
    await start();

    const staying = pods().filter(isActive);
    expect(staying.map(({ metadata }) => metadata.name)).to.deep.equal(["other-n2", "web-n1"]);
  });

  it("leaves pods alone that have run to their end and have no owner", async () => {
    api.seed(nodeKind, node({ name: "n1" }));
    api.seed(podKind, pod({ name: "finished", phase: "Succeeded", labels: { app: "web" } }));
    await start();
    await create(1);
    await settle();
    const finished = pods().find(({ metadata }) => metadata.name === "finished");
    expect(finished?.metadata.ownerReferences).to.deep.equal([]);
    expect(pods()).to.have.length(2);
  });

  it("makes no pods in a namespace that is being emptied", async () => {
    api.seed(namespaceKind, namespace({ name: "default", deleting: true, finalizers: ["held"] }));
    api.seed(replicaSetKind, replicaSet({ replicas: 3, finalizers: ["held"] }));
    await start();
    await clock.advance(10_000);
    expect([...pods(), ...reasons()]).to.deep.equal([]);
  });

  it("adopts matching pods, and releases those that no longer match", async () => {
    api.seed(podKind, pod({ name: "orphan", nodeName: "", labels: { app: "web" } }));
    api.seed(podKind, pod({ name: "stranger", nodeName: "", labels: { app: "db" } }));
    await start();
    const { metadata } = await create(2);
    await settle();
    const owners = (): object =>
      Object.fromEntries(pods().map((each) => [each.metadata.name.slice(0, 6), each.metadata.ownerReferences[0]?.uid]));
    expect(pods()).to.have.length(3);
    expect(owners()).to.include({ orphan: metadata.uid, strang: undefined });

    await api.of(podKind).patch({ namespace: "default", name: "orphan" }, "merge", { metadata: { labels: { app: "other" } } });
    await settle();
    expect(owners()).to.include({ orphan: undefined });
    expect(pods()).to.have.length(4);
  });

  it("two sets with one selector never share a pod", async () => {
    for (const name of ["a", "b", "c", "d"]) api.seed(podKind, pod({ name, nodeName: "", labels: { app: "web" } }));
    await start();
    await Promise.all([
      create(3),
      api.of(replicaSetKind).create(replicaSet({ name: "other", replicas: 3, matchLabels: { app: "web" }, resourceVersion: "" })),
    ]);
    await clock.advance(10_000);

    const owners = pods().map(({ metadata }) => metadata.ownerReferences.map(({ name }) => name).join("+"));
    expect(owners.sort()).to.deep.equal(["other", "other", "other", "web", "web", "web"]);
  });

  it("takes over the pods of an earlier life as they are", async () => {
    await start();
    await create(10);
    await settle();
    const before = pods().map(({ metadata }) => metadata.uid);
    await plane?.stop();
    await start();

    expect(pods().map(({ metadata }) => metadata.uid)).to.deep.equal(before);
  });

  it("goes on exactly where it was stopped in the middle", async () => {
    const seen = watchMost();
    await create(10);
    let creates = 0;
    const stop = api.intercept({
      before: async ({ verb, kind }) => {
        if (verb === "create" && kind.kind === "Pod" && ++creates > 4) await new Promise(() => undefined);
      },
    });
    plane = startControlPlane(clock, { api });
    await settle();
    const abandoned = plane;
    // The first life hangs in its calls for ever; another one begins.
    void abandoned.stop().catch((_nobodyWaits: unknown) => undefined);
    stop();
    plane = startControlPlane(clock, { api });
    await settle(60);

    expect(pods()).to.have.length(10);
    expect(seen.most).to.equal(10);
  });

  for (const { when, isRefused } of [
    { when: "", isRefused: false },
    { when: ", also when others are refused for good", isRefused: true },
  ])
    it(`looks again when a pod has been ready for long enough${when}`, async () => {
      await start();
      await api.of(replicaSetKind).create(replicaSet({ replicas: 1, minReadySeconds: 10, resourceVersion: "" }));
      await settle();
      if (isRefused) {
        refusePods((name) => invalid({ group: "", kind: "Pod", name }, []));
        await scale(2);
        await settle();
      }
      const [only] = pods();
      api.change(podKind, { namespace: "default", name: only?.metadata.name ?? "" }, (draft) => {
        const since = { seconds: Math.floor(clock.now() / 1000), nanos: 0 };
        draft.status.conditions = [pod().status.conditions[0] ?? never()].map((each) => ({ ...each, lastTransitionTime: since }));
      });
      await settle();
      expect(status()).to.include({ readyReplicas: 1, availableReplicas: undefined });
      await clock.advance(10_000);
      await settle();
      expect(status()).to.include({ readyReplicas: 1, availableReplicas: 1 });
    });
});

function never(): never {
  throw new Error("the builder gives a pod its Ready condition");
}
