import { expect } from "chai";
import { podManifest, refusal, resourceCalls } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { isForbidden } from "../../api/errors.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { limitRangeKind } from "../../api/kinds/limitrange/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { priorityClassKind } from "../../api/kinds/priorityclass/kind.js";
import { resourceQuotaKind } from "../../api/kinds/resourcequota/kind.js";

describe("Resources: admission", () => {
  let api: ResourcesInProcess;
  const { create, get, update, patch, remove, list } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  const quota = (hard: object, spec: object = {}): Promise<unknown> =>
    create(resourceQuotaKind, { metadata: { name: "team" }, spec: { hard, ...spec } });
  const podWith = (name: string, resources: object, spec: object = {}): object => ({
    metadata: { name },
    spec: { containers: [{ name: "c", image: "busybox:1", resources }], ...spec },
  });

  describe("ResourceQuota", () => {
    it("refuses what exceeds it, in Kubernetes' words, and says all that it exceeds", async () => {
      await quota({ pods: "2", "requests.cpu": "1" });
      const half = { requests: { cpu: "500m" } };
      for (const name of ["a", "b"]) await create(podKind, podWith(name, half));
      const error = await refusal(create(podKind, podWith("c", half)));
      expect(isForbidden(error)).to.equal(true);
      expect(error.message).to.equal(
        'pods "c" is forbidden: exceeded quota: team, requested: pods=1,requests.cpu=500m, used: pods=2,requests.cpu=1, limited: pods=2,requests.cpu=1',
      );
      expect((await list()).names).to.deep.equal(["a", "b"]);
    });

    it("is never exceeded by any number of creations at once", async () => {
      await quota({ pods: "10", configmaps: "3" });
      const results = await Promise.allSettled([
        ...Array.from({ length: 40 }, (_, index) => create(podKind, podManifest(`p${index}`))),
        ...Array.from({ length: 10 }, (_, index) => create(configMapKind, { metadata: { name: `c${index}` } })),
      ]);
      expect((await list()).names).to.have.length(10);
      expect(results.filter(({ status }) => status === "fulfilled")).to.have.length(13);
      for (const result of results) if (result.status === "rejected") expect(result.reason.message).to.contain("exceeded quota: team");
    });

    it("is never exceeded through several api-servers at once", async () => {
      await quota({ pods: "5" });
      const other = await api.another();
      const elsewhere = resourceCalls(() => other);
      const creations = Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? create : elsewhere.create)(podKind, podManifest(`p${index}`)),
      );
      const results = await Promise.allSettled(creations);
      await other.stop();
      expect((await list()).names).to.have.length(5);
      expect(results.filter(({ status }) => status === "fulfilled")).to.have.length(5);
    });

    it("has room again as soon as something goes, or ends", async () => {
      await quota({ pods: "1" });
      await create(podKind, podManifest("a"));
      await remove(podKind, "a");
      await create(podKind, podManifest("b"));
      expect(isForbidden(await refusal(create(podKind, podManifest("c"))))).to.equal(true);
      await patch(podKind, "b", { status: { phase: "Succeeded" } }, { subresource: "status" });
      await create(podKind, podManifest("c"));
    });

    it("holds from when it is there, and until it is gone or raised", async () => {
      await create(podKind, podManifest("a"));
      await quota({ pods: "1" });
      expect(isForbidden(await refusal(create(podKind, podManifest("b"))))).to.equal(true);
      await patch(resourceQuotaKind, "team", { spec: { hard: { pods: "2" } } });
      await create(podKind, podManifest("b"));
      expect(isForbidden(await refusal(create(podKind, podManifest("c"))))).to.equal(true);
      await remove(resourceQuotaKind, "team");
      await create(podKind, podManifest("c"));
    });

    it("asks pods to say what it limits", async () => {
      await quota({ "limits.cpu": "1" });
      expect((await refusal(create(podKind, podManifest("a")))).message).to.equal(
        'pods "a" is forbidden: failed quota: team: must specify limits.cpu for: c',
      );
    });

    it("is charged nothing by a dry run, which it refuses none the less", async () => {
      await quota({ pods: "1" });
      await create(podKind, podManifest("a"), { dryRun: true });
      await create(podKind, podManifest("a"), { dryRun: true });
      await create(podKind, podManifest("a"));
      expect(isForbidden(await refusal(create(podKind, podManifest("b"), { dryRun: true })))).to.equal(true);
    });

    it("is charged nothing by what is refused otherwise", async () => {
      await quota({ pods: "1" });
      await refusal(create(podKind, podManifest("Not A Name")));
      await create(podKind, podManifest("a"));
      await remove(podKind, "a");
      await Promise.allSettled([create(podKind, podManifest("b")), create(podKind, podManifest("b"))]);
      expect((await list()).names).to.deep.equal(["b"]);
    });

    it("counts a pod of its scope, and no other", async () => {
      await quota({ pods: "0" }, { scopes: ["BestEffort"] });
      expect(isForbidden(await refusal(create(podKind, podManifest("a"))))).to.equal(true);
      await create(podKind, podWith("b", { requests: { cpu: "1m" } }));
    });

    it("is about its own namespace alone", async () => {
      await quota({ pods: "0" });
      await create(podKind, podManifest("a"), { namespace: "kube-system" });
    });
  });

  describe("LimitRanger", () => {
    const limits = (...items: object[]): Promise<unknown> =>
      create(limitRangeKind, { metadata: { name: "limits" }, spec: { limits: items } });

    it("fills in what a pod does not say, notes it, and lets quotas count it", async () => {
      await limits({ type: "Container", default: { cpu: "200m", memory: "64Mi" }, defaultRequest: { cpu: "100m" } });
      await quota({ "requests.cpu": "150m" });
      const pod = await create(podKind, podWith("a", { limits: { memory: "32Mi" } }));
      expect(pod.spec.containers[0]?.resources).to.deep.include({
        limits: { memory: { string: "32Mi" }, cpu: { string: "200m" } },
        requests: { memory: { string: "32Mi" }, cpu: { string: "100m" } },
      });
      expect(pod.metadata.annotations).to.deep.equal({
        "kubernetes.io/limit-ranger": "LimitRanger plugin set: cpu request for container c; cpu limit for container c",
      });
      expect(pod.status.qosClass).to.equal("Burstable");
      expect((await refusal(create(podKind, podManifest("b")))).message).to.contain("exceeded quota: team, requested: requests.cpu=100m");
    });

    it("refuses what does not keep to it, all of it at once", async () => {
      await limits({ type: "Container", min: { cpu: "60m" }, max: { cpu: "90m" } });
      expect((await refusal(create(podKind, podWith("a", { requests: { cpu: "50m" }, limits: { cpu: "100m" } })))).message).to.equal(
        'pods "a" is forbidden: [minimum cpu usage per Container is 60m, but request is 50m, maximum cpu usage per Container is 90m, but limit is 100m]',
      );
    });

    it("lets pods be that were there before, and their changes", async () => {
      await create(podKind, podManifest("a"));
      await limits({ type: "Container", min: { cpu: "60m" }, max: { cpu: "90m" } });
      await patch(podKind, "a", { metadata: { labels: { x: "1" } } });
    });
  });

  describe("Priority", () => {
    it("writes a class's priority into the pod, which an update need not repeat", async () => {
      await create(priorityClassKind, { metadata: { name: "high" }, value: 100, preemptionPolicy: "Never" });
      const pod = await create(podKind, podWith("a", {}, { priorityClassName: "high" }));
      expect([pod.spec.priority, pod.spec.preemptionPolicy]).to.deep.equal([100, "Never"]);
      const { priority: _priority, preemptionPolicy: _policy, ...spec } = pod.spec;
      const silent = { ...pod, spec: { ...spec, priority: undefined, preemptionPolicy: undefined } };
      expect((await update(podKind, silent)).metadata.resourceVersion).to.equal(pod.metadata.resourceVersion);
      const error = await refusal(patch(podKind, "a", { spec: { priority: 7 } }));
      expect(error).to.include({ reason: "Invalid" });
    });

    it("refuses a class that is not there", async () => {
      expect((await refusal(create(podKind, podWith("a", {}, { priorityClassName: "none" })))).message).to.equal(
        'pods "a" is forbidden: no PriorityClass with name none was found',
      );
    });

    it("lets one class be the default", async () => {
      await create(priorityClassKind, { metadata: { name: "usual" }, value: 10, globalDefault: true });
      expect((await create(podKind, podManifest("a"))).spec).to.include({ priority: 10, priorityClassName: "usual" });
      const second = create(priorityClassKind, { metadata: { name: "other" }, value: 1, globalDefault: true });
      expect((await refusal(second)).message).to.equal(
        'priorityclasses.scheduling.k8s.io "other" is forbidden: PriorityClass usual is already marked as default. Only one default can exist',
      );
      await patch(priorityClassKind, "usual", { globalDefault: false });
      await create(priorityClassKind, { metadata: { name: "other" }, value: 1, globalDefault: true });
      expect((await get(priorityClassKind, "other")).globalDefault).to.equal(true);
    });
  });
});
