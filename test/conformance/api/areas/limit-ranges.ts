import { expect } from "chai";
import { isForbidden } from "../../../../src/api/errors.js";
import { PatchType } from "../../../../src/gen/howbernetes/api/v1/resources.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi } from "../json-api.js";
import { refusal } from "../rejection.js";
import { podTemplate } from "../samples.js";

const amounts = (cpu: string, memory: string, storage?: string) => ({
  cpu,
  memory,
  ...(storage === undefined ? {} : { "ephemeral-storage": storage }),
});
const limit = {
  type: "Container",
  min: amounts("50m", "100Mi", "100Gi"),
  max: amounts("500m", "500Mi", "500Gi"),
  default: amounts("500m", "500Mi", "500Gi"),
  defaultRequest: amounts("100m", "200Mi", "200Gi"),
};

/** Kubernetes' conformance area "LimitRange". */
export function limitRanges(subject: () => ApiSubject): void {
  describe("limit ranges", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    const create = (labels: Readonly<Record<string, string>> = {}, at: JsonApi = api) =>
      at.create("LimitRange", { metadata: { name: "limits", labels }, spec: { limits: [limit] } });
    const pod = (name: string, resources: object) => api.create("Pod", { metadata: { name }, spec: podTemplate({}, { resources }).spec });
    const resourcesOf = async (name: string) => (await api.get("Pod", name)).spec.containers[0].resources;

    it("give containers the requests and limits that they do not have", async () => {
      const { object } = await create();

      await pod("silent", {});
      await pod("partial", { requests: { memory: "150Mi", "ephemeral-storage": "150Gi" }, limits: { cpu: "300m" } });

      expect(object.spec.limits).to.deep.equal([limit]);
      expect(await resourcesOf("silent")).to.deep.equal({ requests: limit.defaultRequest, limits: limit.default });
      // A limit without a request is requested.
      expect(await resourcesOf("partial")).to.deep.equal({
        requests: amounts("300m", "150Mi", "150Gi"),
        limits: amounts("300m", "500Mi", "500Gi"),
      });
    });

    it("refuse pods that ask for less or for more, as they stand at the time", async () => {
      await create();
      const small = { requests: amounts("10m", "50Mi") };
      const large = { requests: amounts("600m", "600Mi"), limits: amounts("600m", "600Mi") };

      const tooSmall = await refusal(pod("small", small));
      const tooLarge = await refusal(pod("large", large));
      await api.change("LimitRange", "limits", ({ spec }) => {
        spec.limits[0].min = amounts("9m", "49Mi");
      });
      await pod("small", small);
      const stillTooLarge = await refusal(pod("large", large));
      await api.delete("LimitRange", "limits");
      await pod("large", large);

      for (const error of [tooSmall, tooLarge, stillTooLarge]) expect(isForbidden(error), error.message).to.equal(true);
      expect(tooSmall.message).to.contain("minimum cpu usage per Container is 50m, but request is 10m");
      expect(tooLarge.message).to.contain("maximum memory usage per Container is 500Mi, but limit is 600Mi");
    });

    it("are found by label in all namespaces, patched, and deleted as a collection", async () => {
      const other = await subject().fresh();
      await create({ run: api.namespace });
      await create({ run: api.namespace }, other);
      const selected = { namespace: "", labelSelector: `run=${api.namespace}` };

      const found = await api.list("LimitRange", selected);
      const min = amounts("9m", "49Mi");
      const { object } = await api.patch(
        "LimitRange",
        "limits",
        { metadata: { labels: { patched: "yes" } }, spec: { limits: [{ ...limit, min }] } },
        { patchType: PatchType.STRATEGIC_MERGE },
      );
      await api.deleteCollection("LimitRange", { labelSelector: "patched=yes" });

      expect(found.items).to.have.length(2);
      expect(object.spec.limits).to.deep.equal([{ ...limit, min }]);
      const left = await api.list("LimitRange", selected);
      expect(left.items.map(({ metadata }) => metadata.namespace)).to.deep.equal([other.namespace]);
    });
  });
}
