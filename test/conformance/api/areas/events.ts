import { expect } from "chai";
import { isNotFound } from "../../../../src/api/errors.js";
import { PatchType } from "../../../../src/gen/howbernetes/api/v1/resources.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi } from "../json-api.js";
import { refusal } from "../rejection.js";

/** Kubernetes' conformance area "Events". */
export function events(subject: () => ApiSubject): void {
  describe("events", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    const create = (name: string) =>
      api.create("Event", {
        metadata: { name, labels: { run: api.namespace } },
        involvedObject: { apiVersion: "v1", kind: "Pod", name: "web", namespace: api.namespace },
        reason: "Tested",
        message: "first",
        type: "Normal",
        firstTimestamp: "2026-01-01T00:00:00Z",
        lastTimestamp: "2026-01-01T00:00:00Z",
        count: 1,
        source: { component: "test" },
      });

    it("are found in all namespaces, patched, updated with a series, and deleted", async () => {
      await create("one");
      const everywhere = { namespace: "", labelSelector: `run=${api.namespace}` };

      const found = await api.list("Event", everywhere);
      const patched = await api.patch("Event", "one", { message: "second" }, { patchType: PatchType.STRATEGIC_MERGE });
      const series = { count: 100, lastObservedTime: "2026-01-01T00:00:00.000001Z" };
      const updated = await api.change("Event", "one", (draft) => Object.assign(draft, { series }));
      await api.delete("Event", "one");

      expect(found.items.map(({ metadata }) => metadata.name)).to.deep.equal(["one"]);
      expect(patched.object.message).to.equal("second");
      expect(updated.object.series).to.deep.equal(series);
      expect(isNotFound(await refusal(api.get("Event", "one")))).to.equal(true);
      expect((await api.list("Event", everywhere)).items).to.deep.equal([]);
    });

    it("are deleted together by label, and found by what they are about", async () => {
      for (const name of ["one", "two", "three"]) await create(name);
      const about = { fieldSelector: "involvedObject.name=web,reason=Tested" };

      const found = await api.list("Event", about);
      await api.deleteCollection("Event", { labelSelector: `run=${api.namespace}` });

      expect(found.items).to.have.length(3);
      expect((await api.list("Event", about)).items).to.deep.equal([]);
    });
  });
}
