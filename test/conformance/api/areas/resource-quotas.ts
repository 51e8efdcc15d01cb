import { expect } from "chai";
import { isForbidden, isInvalid, isNotFound } from "../../../../src/api/errors.js";
import { PatchType } from "../../../../src/gen/howbernetes/api/v1/resources.js";
import { manifests } from "../../../fuzz/manifests.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi, Loose } from "../json-api.js";
import { refusal } from "../rejection.js";
import { podTemplate } from "../samples.js";

type Amounts = Readonly<Record<string, string>>;

/** Kubernetes' conformance area "ResourceQuota", and its tests of object counts for any kind. */
export function resourceQuotas(subject: () => ApiSubject): void {
  describe("resource quotas", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    const create = (name: string, hard: Amounts, rest: object = {}) =>
      api.create("ResourceQuota", { metadata: { name, labels: { team: name } }, spec: { hard, ...rest } });
    /** Waits until the quota's status says so of these; the others may be anything. */
    const untilUsed = (name: string, used: Amounts): Promise<Loose> =>
      api.until("ResourceQuota", name, ({ status }) =>
        Object.entries(used).every(([resource, amount]) => status.used?.[resource] === amount),
      );
    const pod = (name: string, resources: object) => api.create("Pod", { metadata: { name }, spec: podTemplate({}, { resources }).spec });

    it("say promptly what they allow and what is used", async () => {
      await create("limits", { pods: "5", resourcequotas: "1", "count/replicasets.apps": "5", "requests.cpu": "1" });

      const { status } = await untilUsed("limits", { resourcequotas: "1" });

      expect(status.hard).to.deep.equal({ pods: "5", resourcequotas: "1", "count/replicasets.apps": "5", "requests.cpu": "1" });
      expect(status.used).to.deep.equal({ pods: "0", resourcequotas: "1", "count/replicasets.apps": "0", "requests.cpu": "0" });
    });

    for (const [kind, resource] of [
      ["ConfigMap", "configmaps"],
      ["Secret", "secrets"],
      ["ReplicaSet", "count/replicasets.apps"],
      ["Deployment", "count/deployments.apps"],
      ["Job", "count/jobs.batch"],
      ["ServiceAccount", "count/serviceaccounts"],
      ["Lease", "count/leases.coordination.k8s.io"],
    ] as const) {
      it(`count every ${kind} from its creation to its deletion, and let no more in than they allow`, async () => {
        await create("limits", { [resource]: "2" });
        const object = (name: string) => ({ ...manifests[kind], metadata: { name } });

        await api.create(kind, object("one"));
        await untilUsed("limits", { [resource]: "1" });
        await api.create(kind, object("two"));
        const error = await refusal(api.create(kind, object("three")));
        await untilUsed("limits", { [resource]: "2" });
        await api.delete(kind, "one");
        await untilUsed("limits", { [resource]: "1" });
        await api.create(kind, object("three"));

        expect(isForbidden(error), error.message).to.equal(true);
        const detail = `exceeded quota: limits, requested: ${resource}=1, used: ${resource}=2, limited: ${resource}=2`;
        expect(error.message).to.contain(detail);
      });
    }

    it("charge pods with what they request, which no update can change, until they are gone", async () => {
      await create("limits", { pods: "5", cpu: "1", memory: "500Mi", "limits.memory": "1Gi" });
      const used = { pods: "1", cpu: "500m", memory: "252Mi", "limits.memory": "300Mi" };

      const { object } = await pod("fits", { requests: { cpu: "500m", memory: "252Mi" }, limits: { memory: "300Mi" } });
      await untilUsed("limits", used);
      const tooMuchCpu = await refusal(pod("greedy", { requests: { cpu: "600m", memory: "100Mi" }, limits: { memory: "100Mi" } }));
      const tooMuchMemory = await refusal(pod("greedy", { requests: { cpu: "100m" }, limits: { memory: "900Mi" } }));
      const silent = await refusal(pod("silent", { limits: { memory: "10Mi" } }));
      object.spec.containers[0].resources.requests.cpu = "100m";
      const shrunk = await refusal(api.update("Pod", { ...object, metadata: { ...object.metadata, resourceVersion: undefined } }));
      const { status } = await untilUsed("limits", used);
      await api.delete("Pod", "fits", { gracePeriodSeconds: 0 });
      await untilUsed("limits", { pods: "0", cpu: "0", memory: "0", "limits.memory": "0" });

      for (const error of [tooMuchCpu, tooMuchMemory, silent]) expect(isForbidden(error), error.message).to.equal(true);
      expect(tooMuchCpu.message).to.contain("exceeded quota: limits, requested: cpu=600m, used: cpu=500m, limited: cpu=1");
      expect(tooMuchMemory.message).to.contain("requested: limits.memory=900Mi,memory=900Mi");
      expect(silent.message).to.contain("failed quota: limits: must specify cpu for: main");
      expect(isInvalid(shrunk), shrunk.message).to.equal(true);
      expect(status.used).to.deep.equal(used);
    });

    it("charge the pods that a controller makes, which makes no more than fit", async () => {
      await create("limits", { pods: "2" });
      const spec = { replicas: 5, selector: { matchLabels: { app: "web" } }, template: podTemplate({ app: "web" }) };
      await api.create("ReplicaSet", { metadata: { name: "web" }, spec });

      await untilUsed("limits", { pods: "2" });
      const { status } = await api.until("ReplicaSet", "web", (object) => object.status.conditions?.[0]?.type === "ReplicaFailure");

      expect(status.conditions[0]).to.include({ status: "True", reason: "FailedCreate" });
      expect(status.conditions[0].message).to.contain("exceeded quota: limits");
      expect((await api.list("Pod")).items).to.have.length(2);
    });

    it("are never exceeded by many creations at once", async () => {
      await create("limits", { configmaps: "7" });

      const outcomes = await Promise.allSettled(
        Array.from({ length: 25 }, (_, index) => api.create("ConfigMap", { metadata: { name: `c-${index}` } })),
      );

      expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(7);
      expect((await api.list("ConfigMap")).items).to.have.length(7);
    });

    it("are charged with nothing by what is only tried", async () => {
      await create("limits", { configmaps: "1" });

      await api.create("ConfigMap", { metadata: { name: "tried" } }, { dryRun: true });
      await api.create("ConfigMap", { metadata: { name: "meant" } });

      const error = await refusal(api.create("ConfigMap", { metadata: { name: "tried" } }, { dryRun: true }));
      expect(isForbidden(error), error.message).to.equal(true);
    });

    const modest = { requests: { cpu: "100m", memory: "10Mi" }, limits: { cpu: "100m", memory: "10Mi" } };

    it("tell pods that request nothing from those that do", async () => {
      await create("silent", { pods: "5" }, { scopes: ["BestEffort"] });
      await create("modest", { pods: "5" }, { scopes: ["NotBestEffort"] });

      for (const [resources, counting, other] of [
        [{}, "silent", "modest"],
        [modest, "modest", "silent"],
      ] as const) {
        await untilUsed(other, { pods: "0" });
        await pod("one", resources);
        await untilUsed(counting, { pods: "1" });
        expect((await api.get("ResourceQuota", other)).status.used.pods).to.equal("0");
        await api.delete("Pod", "one", { gracePeriodSeconds: 0 });
        await untilUsed(counting, { pods: "0" });
      }
    });

    it("tell pods that have all the time there is from those that do not", async () => {
      await create("endless", { pods: "5", "limits.cpu": "2" }, { scopes: ["NotTerminating"] });
      await create("ending", { pods: "5", "limits.cpu": "2" }, { scopes: ["Terminating"] });
      await untilUsed("ending", { pods: "0" });

      await pod("one", modest);
      await untilUsed("endless", { pods: "1", "limits.cpu": "100m" });
      expect((await api.get("ResourceQuota", "ending")).status.used).to.deep.equal({ pods: "0", "limits.cpu": "0" });
      await api.delete("Pod", "one", { gracePeriodSeconds: 0 });
      await untilUsed("endless", { pods: "0", "limits.cpu": "0" });
    });

    it("can be changed, from when on they allow what they say then, and be deleted", async () => {
      await create("limits", { configmaps: "1", cpu: "1" });
      await api.create("ConfigMap", { metadata: { name: "one" } });
      await refusal(api.create("ConfigMap", { metadata: { name: "two" } }));

      await api.change("ResourceQuota", "limits", ({ spec }) => {
        spec.hard = { configmaps: "2", cpu: "2" };
      });
      const changed = await api.until("ResourceQuota", "limits", ({ status }) => status.hard?.configmaps === "2");
      await api.create("ConfigMap", { metadata: { name: "two" } });
      await refusal(api.create("ConfigMap", { metadata: { name: "three" } }));
      await api.delete("ResourceQuota", "limits");
      await api.create("ConfigMap", { metadata: { name: "three" } });

      expect(changed.status.hard).to.deep.equal({ configmaps: "2", cpu: "2" });
      expect(isNotFound(await refusal(api.get("ResourceQuota", "limits")))).to.equal(true);
    });

    it("are found by label in all namespaces, patched, and deleted as a collection", async () => {
      const other = await subject().fresh();
      const label = { run: api.namespace };
      for (const each of [api, other]) {
        await each.create("ResourceQuota", { metadata: { name: "limits", labels: label }, spec: { hard: { cpu: "1", memory: "500Mi" } } });
      }
      const selected = { labelSelector: `run=${api.namespace}` };

      const found = await api.list("ResourceQuota", { namespace: "", ...selected });
      const { object } = await api.patch(
        "ResourceQuota",
        "limits",
        { metadata: { labels: { patched: "yes" } }, spec: { hard: { memory: "750Mi" } } },
        { patchType: PatchType.STRATEGIC_MERGE },
      );
      await api.deleteCollection("ResourceQuota", { labelSelector: "patched=yes" });

      expect(found.items).to.have.length(2);
      expect(object.spec.hard).to.deep.equal({ cpu: "1", memory: "750Mi" });
      const left = await api.list("ResourceQuota", { namespace: "", ...selected });
      expect(left.items.map(({ metadata }) => metadata.namespace)).to.deep.equal([other.namespace]);
    });

    it("have a status that is written apart from what they allow", async () => {
      await create("limits", { cpu: "500m", memory: "500Mi" });
      await api.until("ResourceQuota", "limits", ({ status }) => status.hard?.cpu === "500m");
      const status = { hard: { cpu: "1", memory: "1Gi" } };

      const patched = await api.patch("ResourceQuota", "limits", { spec: { hard: { cpu: "9" } }, status }, { subresource: "status" });
      const put = await api.change("ResourceQuota", "limits", (draft) => Object.assign(draft, { status }), { subresource: "status" });
      // The controller puts right what it did not write.
      const settled = await api.until("ResourceQuota", "limits", (object) => object.status.hard?.cpu === "500m");

      for (const { object } of [patched, put]) {
        expect(object.status.hard).to.deep.equal(status.hard);
        expect(object.spec.hard).to.deep.equal({ cpu: "500m", memory: "500Mi" });
      }
      expect(settled.status.hard).to.deep.equal({ cpu: "500m", memory: "500Mi" });
    });
  });
}
