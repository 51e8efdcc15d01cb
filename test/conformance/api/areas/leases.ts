import { expect } from "chai";
import { isNotFound } from "../../../../src/api/errors.js";
import { PatchType } from "../../../../src/gen/howbernetes/api/v1/resources.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi } from "../json-api.js";
import { refusal } from "../rejection.js";

const held = {
  holderIdentity: "one",
  leaseDurationSeconds: 30,
  acquireTime: "2026-01-01T00:00:00.000001Z",
  renewTime: "2026-01-01T00:00:05.000002Z",
  leaseTransitions: 0,
};

/** Kubernetes' conformance area "Lease". */
export function leases(subject: () => ApiSubject): void {
  describe("leases", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    it("keep what is written into them to the microsecond, by update and by patch, until they are deleted", async () => {
      await api.create("Lease", { metadata: { name: "lock" }, spec: held });
      const created = await api.get("Lease", "lock");
      const taken = { ...held, holderIdentity: "two", leaseDurationSeconds: 70, leaseTransitions: 2 };
      await api.change("Lease", "lock", (draft) => Object.assign(draft, { spec: taken }));
      const updated = await api.get("Lease", "lock");
      const renewed = { renewTime: "2026-01-01T00:01:00.000003Z" };
      await api.patch("Lease", "lock", { spec: renewed }, { patchType: PatchType.STRATEGIC_MERGE });
      const patched = await api.get("Lease", "lock");
      await api.create("Lease", { metadata: { name: "other", labels: { remove: "yes" } } });
      const both = await api.list("Lease");
      await api.deleteCollection("Lease", { labelSelector: "remove=yes" });
      const one = await api.list("Lease");
      await api.delete("Lease", "lock");

      expect([created.spec, updated.spec, patched.spec]).to.deep.equal([held, taken, { ...taken, ...renewed }]);
      expect([both.items.length, one.items.length]).to.deep.equal([2, 1]);
      expect(isNotFound(await refusal(api.get("Lease", "lock")))).to.equal(true);
    });
  });
}
