import { expect } from "chai";
import { json, place, podManifest, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import type { ResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { makeWhole } from "../../api/codec/whole.js";
import { isConflict } from "../../api/errors.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { CreateRequest, DeleteRequest } from "../../gen/howbernetes/api/v1/resources.js";
import { fenceKey } from "../../storage/keys.js";

describe("Resources", () => {
  let api: ResourcesInProcess;
  const { create, update, patch, list } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  describe("fences", () => {
    const lease = (holder: string, more: object = {}): object => ({
      metadata: { name: "scheduler" },
      spec: { holderIdentity: holder, ...more },
    });
    const fenced = (revision: string) => ({ "howbernetes-fence": `default/scheduler:${revision}` });

    it("let a leader write until another has taken its Lease; renewals change nothing", async () => {
      const taken = await create(leaseKind, lease("one"));
      const pod = await create(podKind, podManifest("a"));
      await patch(leaseKind, "scheduler", { spec: { renewTime: "2030-01-01T00:00:00.000000Z" } });
      const labelled = makeWhole(podKind, { ...pod, metadata: { ...pod.metadata, labels: { x: "1" } } });
      const written = await update(podKind, labelled, "", fenced(taken.metadata.resourceVersion));

      const lost = await patch(leaseKind, "scheduler", { spec: { holderIdentity: "two" } });
      const again = makeWhole(podKind, { ...written, metadata: { ...written.metadata, labels: { x: "2" } } });
      expect(isConflict(await refusal(update(podKind, again, "", fenced(taken.metadata.resourceVersion))))).to.equal(true);
      expect((await api.store.get(fenceKey({ namespace: "default", name: "scheduler" }))).value?.revision).to.equal(
        Number(lost.metadata.resourceVersion),
      );
      await update(podKind, again, "", fenced(lost.metadata.resourceVersion));
    });

    it("hold for creates and deletes too", async () => {
      await create(podKind, podManifest("a"));
      const call = api.call({ metadata: fenced("1") });
      const request = CreateRequest.fromPartial({ type: typeOf(podKind), namespace: "default" });
      expect(isConflict(await refusal(api.service.create({ ...request, body: json(podManifest("b")) }, call)))).to.equal(true);
      expect(isConflict(await refusal(api.service.delete(DeleteRequest.fromPartial(place(podKind, "a")), call)))).to.equal(true);
      expect((await list()).names).to.deep.equal(["a"]);
    });
  });
});
