import { expect } from "chai";
import { isAlreadyExists, isConflict, isInvalid, isNotFound } from "../../../../src/api/errors.js";
import { kinds } from "../../../../src/api/kinds/index.js";
import { PatchType } from "../../../../src/gen/howbernetes/api/v1/resources.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi } from "../json-api.js";
import { refusal } from "../rejection.js";
import { sample } from "../samples.js";

const dryRun = true;
const dryRunAll = { dryRun: ["All"] };

/** Writes that are only tried: Kubernetes' dryRun=All. */
export function dryRuns(subject: () => ApiSubject): void {
  describe("a dry run", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    for (const kind of kinds) {
      it(`of creating a ${kind.kind} answers with what would be, and stores nothing`, async () => {
        const name = `${api.namespace}-a`;

        const { object } = await api.create(kind.kind, sample(kind, api, name), { dryRun });

        expect(object.metadata).to.include.keys("uid", "creationTimestamp");
        expect(object.metadata).to.not.have.property("resourceVersion");
        expect(isNotFound(await refusal(api.get(kind.kind, name)))).to.equal(true);
      });
    }

    it("of every other write answers with what would be, and leaves all as it was", async () => {
      const sets = kinds.find(({ kind }) => kind === "StatefulSet");
      if (sets === undefined) throw new Error("there are StatefulSets");
      await api.create("StatefulSet", sample(sets, api, "db", { app: "db" }));
      const before = await api.get("StatefulSet", "db");
      const { resourceVersion } = await api.list("StatefulSet");
      const draft = { ...before, spec: { ...before.spec, replicas: 7 } };
      const scale = { kind: "Scale", metadata: { name: "db" }, spec: { replicas: 7 } };
      const replicas = { spec: { replicas: 7 } };

      const specs = [
        await api.update("StatefulSet", draft, { dryRun }),
        await api.patch("StatefulSet", "db", [{ op: "replace", path: "/spec/replicas", value: 7 }], { patchType: PatchType.JSON, dryRun }),
        await api.patch("StatefulSet", "db", replicas, { patchType: PatchType.MERGE, dryRun }),
        await api.patch("StatefulSet", "db", replicas, { patchType: PatchType.STRATEGIC_MERGE, dryRun }),
        await api.patch(
          "StatefulSet",
          "db",
          { apiVersion: "apps/v1", kind: "StatefulSet", ...replicas },
          { patchType: PatchType.APPLY, fieldManager: "test", force: true, dryRun },
        ),
        await api.update("StatefulSet", scale, { subresource: "scale", dryRun }),
        await api.patch("StatefulSet", "db", replicas, { subresource: "scale", dryRun }),
      ];
      const status = { status: { replicas: 5 } };
      const statuses = [
        await api.update("StatefulSet", { ...before, ...status }, { subresource: "status", dryRun }),
        await api.patch("StatefulSet", "db", status, { subresource: "status", dryRun }),
      ];
      await api.delete("StatefulSet", "db", { ...dryRunAll, propagationPolicy: "Foreground" });
      await api.delete("StatefulSet", "db", dryRunAll);
      const gone = await api.deleteCollection("StatefulSet", { labelSelector: "app=db", options: dryRunAll });

      for (const { object } of specs) expect(object.spec.replicas).to.equal(7);
      for (const { object } of statuses) expect(object.status.replicas).to.equal(5);
      expect(gone.map(({ metadata }) => metadata.name)).to.deep.equal(["db"]);
      const after = await api.list("StatefulSet", { resourceVersion, resourceVersionMatch: "NotOlderThan" });
      expect(after.items).to.deep.equal([before]);
    });

    it("is refused what the write would be refused", async () => {
      await api.create("ConfigMap", { metadata: { name: "settings" } });
      const stale = { metadata: { name: "settings", resourceVersion: "1" } };

      const exists = await refusal(api.create("ConfigMap", { metadata: { name: "settings" } }, { dryRun }));
      const conflict = await refusal(api.update("ConfigMap", stale, { dryRun }));
      const invalid = await refusal(api.create("ConfigMap", { metadata: { name: "Not A Name" } }, { dryRun }));
      const absent = await refusal(api.delete("ConfigMap", "absent", dryRunAll));
      const partial = await refusal(api.delete("ConfigMap", "settings", { dryRun: ["Some"] }));

      expect(isAlreadyExists(exists), exists.message).to.equal(true);
      expect(isConflict(conflict), conflict.message).to.equal(true);
      expect(isNotFound(absent), absent.message).to.equal(true);
      for (const error of [invalid, partial]) expect(isInvalid(error), error.message).to.equal(true);
    });
  });
}
