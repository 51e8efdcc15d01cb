import { expect } from "chai";
import { container, deploymentManifest, podManifest, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import type { ResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { makeWhole } from "../../api/codec/whole.js";
import { isConflict, isForbidden, isNotFound } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { DeleteCollectionRequest, type DeleteCollectionResponse } from "../../gen/howbernetes/api/v1/resources.js";

describe("Resources", () => {
  let api: ResourcesInProcess;
  const { create, get, update, patch, remove, list } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  describe("delete", () => {
    const bound = { nodeName: "n1" };
    const cases: readonly {
      it: string;
      spec?: object;
      finalizers?: string[];
      options?: object;
      deleted: boolean;
      grace?: number;
      leaves?: string[];
    }[] = [
      { it: "removes an unbound pod at once", deleted: true },
      { it: "marks a bound pod with its grace", spec: bound, deleted: false, grace: 30 },
      { it: "marks a bound pod with the grace asked for", spec: bound, options: { gracePeriodSeconds: 5 }, deleted: false, grace: 5 },
      { it: "removes a bound pod with grace 0", spec: bound, options: { gracePeriodSeconds: 0 }, deleted: true },
      { it: "marks what has a finalizer", finalizers: ["example.com/hold"], deleted: false, grace: 0, leaves: ["example.com/hold"] },
      {
        it: "asks the garbage collector to go first in the foreground",
        options: { propagationPolicy: "Foreground" },
        deleted: false,
        grace: 0,
        leaves: ["foregroundDeletion"],
      },
      {
        it: "asks the garbage collector to orphan",
        options: { propagationPolicy: "Orphan" },
        deleted: false,
        grace: 0,
        leaves: ["orphan"],
      },
      { it: "stores nothing on a dry run", options: { dryRun: ["All"] }, deleted: true, leaves: [] },
    ];
    for (const { it: does, spec = {}, finalizers = [], options = {}, deleted, grace, leaves } of cases) {
      it(does, async () => {
        await create(podKind, { metadata: { name: "a", finalizers }, spec: { containers: [container], ...spec } });
        const answer = await remove(podKind, "a", options);
        expect(answer.deleted).to.equal(deleted);
        const left = await get(podKind, "a").catch((error: unknown) => {
          // Gone is one thing; anything else that goes wrong is not the deletion's doing.
          if (!isNotFound(error)) throw error;
          return undefined;
        });
        expect(left === undefined).to.equal(deleted && leaves === undefined);
        if (left === undefined || deleted) return;
        expect(left.metadata.deletionGracePeriodSeconds).to.equal(grace);
        expect(left.metadata.deletionTimestamp).to.not.equal(undefined);
        expect(left.metadata.finalizers).to.deep.equal(leaves ?? []);
      });
    }

    it("only ever shortens a grace period", async () => {
      await create(podKind, { metadata: { name: "a" }, spec: { containers: [container], ...bound } });
      for (const [asked, expected] of [
        [20, 20],
        [60, 20],
        [5, 5],
      ]) {
        await remove(podKind, "a", { gracePeriodSeconds: asked });
        expect((await get(podKind, "a")).metadata.deletionGracePeriodSeconds).to.equal(expected);
      }
      expect((await remove(podKind, "a", { gracePeriodSeconds: 0 })).deleted).to.equal(true);
    });

    it("removes an object when its last finalizer goes, and takes no new ones meanwhile", async () => {
      await create(deploymentKind, { ...deploymentManifest("web"), metadata: { name: "web", finalizers: ["example.com/hold"] } });
      await remove(deploymentKind, "web");
      const error = await refusal(patch(deploymentKind, "web", { metadata: { finalizers: ["example.com/hold", "example.com/more"] } }));
      expect(error).to.include({ reason: "Invalid" });
      await patch(deploymentKind, "web", { metadata: { finalizers: [] } });
      expect(isNotFound(await refusal(get(deploymentKind, "web")))).to.equal(true);
    });

    const preconditions: readonly (readonly [what: object, message: (uid: string, version: string) => string])[] = [
      [
        { uid: "other" },
        (uid) =>
          `Operation cannot be fulfilled on Pod "a": the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
      ],
      [
        { resourceVersion: "1" },
        (_uid, version) =>
          `Operation cannot be fulfilled on Pod "a": the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${version}). The object might have been modified`,
      ],
    ];
    for (const [precondition, message] of preconditions) {
      it(`refuses when a precondition does not hold: ${Object.keys(precondition).join()}`, async () => {
        const { metadata } = await create(podKind, podManifest("a"));
        const error = await refusal(remove(podKind, "a", { preconditions: precondition }));
        expect(isConflict(error)).to.equal(true);
        expect(error.message).to.equal(message(metadata.uid, metadata.resourceVersion));
        expect((await get(podKind, "a")).metadata.deletionTimestamp).to.equal(undefined);
      });
    }

    it("takes preconditions that hold", async () => {
      const { uid, resourceVersion } = (await create(podKind, podManifest("a"))).metadata;
      expect((await remove(podKind, "a", { preconditions: { uid, resourceVersion } })).deleted).to.equal(true);
    });

    it("takes a negative grace period for the shortest that there is", async () => {
      await create(podKind, { metadata: { name: "a" }, spec: { containers: [container], ...bound } });
      await remove(podKind, "a", { gracePeriodSeconds: -5 });
      expect((await get(podKind, "a")).metadata.deletionGracePeriodSeconds).to.equal(1);
    });

    it("refuses options that contradict each other, before anything happens", async () => {
      await create(podKind, podManifest("a"));
      const error = await refusal(remove(podKind, "a", { orphanDependents: true, propagationPolicy: "Foreground" }));
      expect(error).to.include({ reason: "Invalid" });
      expect((await list()).names).to.deep.equal(["a"]);
    });

    it("deletes a collection by selector", async () => {
      for (const name of ["a", "b", "c"]) await create(podKind, podManifest(name, { labels: { keep: name === "c" ? "yes" : "no" } }));
      const request = DeleteCollectionRequest.fromPartial({ type: typeOf(podKind), namespace: "default", labelSelector: "keep=no" });
      expect((await api.service.deleteCollection(request, api.call())).items).to.have.length(2);
      expect((await list()).names).to.deep.equal(["c"]);
    });

    it("deletes of a collection only what is in the list of a version", async () => {
      const collection = (more: object): Promise<DeleteCollectionResponse> =>
        api.service.deleteCollection(
          DeleteCollectionRequest.fromPartial({ type: typeOf(podKind), namespace: "default", ...more }),
          api.call(),
        );
      for (const name of ["a", "b"]) await create(podKind, podManifest(name));
      const { resourceVersion } = await list();
      await remove(podKind, "b");
      for (const name of ["b", "c"]) await create(podKind, podManifest(name));
      expect((await collection({ resourceVersion })).items).to.have.length(1);
      // Made anew, b is another one than was in that list.
      expect((await list()).names).to.deep.equal(["b", "c"]);
      expect((await collection({})).items).to.have.length(2);
    });

    it("stops at the first of a collection that it must not delete", async () => {
      for (const name of ["a", "b"]) await create(podKind, podManifest(name));
      const request = { type: typeOf(podKind), namespace: "default", options: { preconditions: { uid: "other" } } };
      const error = await refusal(api.service.deleteCollection(DeleteCollectionRequest.fromPartial(request), api.call()));
      expect(isConflict(error)).to.equal(true);
      expect((await list()).names).to.deep.equal(["a", "b"]);
    });

    it("deletes no collection of namespaces", async () => {
      const request = DeleteCollectionRequest.fromPartial({ type: typeOf(namespaceKind) });
      expect(await refusal(api.service.deleteCollection(request, api.call()))).to.include({ reason: "MethodNotAllowed" });
    });
  });

  describe("namespaces", () => {
    it("refuses objects in a namespace that is not there", async () => {
      const error = await refusal(create(podKind, podManifest("a"), { namespace: "nowhere" }));
      expect(isNotFound(error)).to.equal(true);
      expect(error.message).to.equal('namespaces "nowhere" not found');
    });

    it("empties before they go: marked, closed to new objects, and gone when finalized", async () => {
      await create(namespaceKind, { metadata: { name: "team" } });
      expect((await remove(namespaceKind, "team")).deleted).to.equal(false);
      const terminating = await get(namespaceKind, "team");
      expect(terminating.status.phase).to.equal("Terminating");
      const error = await refusal(create(podKind, podManifest("a"), { namespace: "team" }));
      expect(isForbidden(error)).to.equal(true);
      expect(error.message).to.equal(
        'pods "a" is forbidden: unable to create new content in namespace team because it is being terminated',
      );
      await update(namespaceKind, makeWhole(namespaceKind, { ...terminating, spec: { finalizers: [] } }), "finalize");
      expect(isNotFound(await refusal(get(namespaceKind, "team")))).to.equal(true);
    });

    it("lets no object slip into one that is being deleted at the same moment", async () => {
      await create(namespaceKind, { metadata: { name: "team" } });
      const cached = api.objects.get(namespaceKind, { namespace: "", name: "team" }, { kind: "latest" }, api.call().signal);
      await cached;
      const [creation, deletion] = await Promise.allSettled([
        create(podKind, podManifest("a"), { namespace: "team" }),
        remove(namespaceKind, "team"),
      ]);
      expect(deletion.status).to.equal("fulfilled");
      // Either it came first, or it was refused; never is it written after the mark.
      const namespace = await get(namespaceKind, "team");
      if (creation.status === "fulfilled") {
        expect(Number(creation.value.metadata.resourceVersion)).to.be.lessThan(Number(namespace.metadata.resourceVersion));
      } else expect(isForbidden(creation.reason)).to.equal(true);
    });

    it("keeps the system's own", async () => {
      for (const name of ["default", "kube-system", "kube-node-lease"]) {
        expect(isForbidden(await refusal(remove(namespaceKind, name)))).to.equal(true);
      }
    });
  });
});
