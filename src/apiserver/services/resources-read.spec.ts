import { expect } from "chai";
import { container, place, podManifest, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import type { ResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { unpackAny } from "../../api/codec/any.js";
import { isExpired, isForbidden, isNotFound, type Reason } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { EventType, GetRequest, ListRequest, ListResponse, WatchRequest, WatchResponse } from "../../gen/howbernetes/api/v1/resources.js";
import { formatContinue } from "./continue-token.js";

describe("Resources", () => {
  let api: ResourcesInProcess;
  const { create, patch, remove, list } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
  });
  afterEach(() => api.stop());

  describe("list", () => {
    beforeEach(async () => {
      for (const name of ["a", "b", "c", "d", "e"])
        await create(podKind, podManifest(name, { labels: { odd: String("ace".includes(name)) } }));
    });

    it("pages through one revision, whatever happens meanwhile", async () => {
      const first = await list({ limit: 2 });
      expect(first.names).to.deep.equal(["a", "b"]);
      expect(first.remainingItemCount).to.equal(3);
      await remove(podKind, "c");
      await create(podKind, podManifest("bb"));

      const second = await list({ limit: 2, continue: first.continue });
      const third = await list({ limit: 2, continue: second.continue });

      expect([...second.names, ...third.names]).to.deep.equal(["c", "d", "e"]);
      expect([second.resourceVersion, third.resourceVersion]).to.deep.equal([first.resourceVersion, first.resourceVersion]);
      expect(third.continue).to.equal("");
      expect((await list()).names).to.deep.equal(["a", "b", "bb", "d", "e"]);
    });

    it("pages through what a selector matches, without a count", async () => {
      const first = await list({ limit: 2, labelSelector: "odd=true" });
      expect(first.names).to.deep.equal(["a", "c"]);
      expect(first.remainingItemCount).to.equal(undefined);
      expect((await list({ limit: 2, labelSelector: "odd=true", continue: first.continue })).names).to.deep.equal(["e"]);
    });

    it("shows an older revision when asked for exactly that", async () => {
      const { resourceVersion } = await list();
      await remove(podKind, "a");
      expect((await list({ resourceVersion, resourceVersionMatch: "Exact" })).names).to.deep.equal(["a", "b", "c", "d", "e"]);
    });

    it("takes a revision with a limit for exactly that one, and without for the oldest allowed", async () => {
      const { resourceVersion } = await list();
      await remove(podKind, "a");
      expect((await list({ resourceVersion, limit: 2 })).names).to.deep.equal(["a", "b"]);
      for (const resourceVersionMatch of ["", "NotOlderThan"]) {
        expect((await list({ resourceVersion, resourceVersionMatch })).names).to.deep.equal(["b", "c", "d", "e"]);
      }
      expect((await list({ resourceVersion, resourceVersionMatch: "NotOlderThan", limit: 1 })).remainingItemCount).to.equal(3);
    });

    it("says Expired when a token is of another store's future, and Timeout when a revision is", async () => {
      const token = formatContinue({ revision: 1_000_000, after: "default/a" });
      expect(isExpired(await refusal(list({ limit: 2, continue: token })))).to.equal(true);
      const current = await api.store.currentRevision();
      expect(await refusal(list({ resourceVersion: "1000000", resourceVersionMatch: "Exact" }))).to.deep.include({
        reason: "Timeout",
        message: `Too large resource version: 1000000, current: ${current}`,
        retryAfterSeconds: 1,
        causes: [{ path: "", reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      });
    });

    it("says Expired when a revision asked for is gone", async () => {
      const { resourceVersion } = await list();
      await remove(podKind, "e");
      await api.store.compact(await api.store.currentRevision());
      expect(await refusal(list({ resourceVersion, resourceVersionMatch: "Exact" }))).to.deep.include({
        reason: "Expired",
        message: "The resourceVersion for the provided list is too old.",
        continueToken: undefined,
      });
    });

    it("gives who comes too late for a page a token that goes on with the present", async () => {
      const first = await list({ limit: 2 });
      await remove(podKind, "c");
      await create(podKind, podManifest("cc"));
      await api.store.compact(await api.store.currentRevision());

      const refused = await refusal(list({ limit: 2, continue: first.continue }));
      const token = isExpired(refused) ? (refused.continueToken ?? "") : "";
      expect(refused.message).to.match(
        /^The provided continue parameter is too old to display a consistent list result\. .* may show up in the list\.$/,
      );
      const second = await list({ limit: 2, continue: token });
      await remove(podKind, "e");
      const third = await list({ limit: 2, continue: second.continue });

      expect([second.names, third.names]).to.deep.equal([["cc", "d"], ["e"]]);
      expect(second.remainingItemCount).to.equal(1);
      expect(Number(second.resourceVersion)).to.be.greaterThan(Number(first.resourceVersion));
      expect(third.resourceVersion).to.equal(second.resourceVersion);
    });

    it("does not promise another page when a selector matches nothing more", async () => {
      const page = await list({ limit: 3, labelSelector: "odd=true" });
      expect([page.names, page.continue]).to.deep.equal([["a", "c", "e"], ""]);
    });

    it("finds one object by its name", async () => {
      expect((await list({ fieldSelector: "metadata.name=c" })).names).to.deep.equal(["c"]);
      expect((await list({ namespace: "", fieldSelector: "metadata.name=c,metadata.namespace=default" })).names).to.deep.equal(["c"]);
      expect((await list({ fieldSelector: "metadata.name=c", labelSelector: "odd!=true" })).names).to.deep.equal([]);
      expect((await list({ fieldSelector: "metadata.name=absent" })).names).to.deep.equal([]);
    });

    const bad: readonly (readonly [Partial<ListRequest>, Reason])[] = [
      [{ continue: "rubbish" }, "BadRequest"],
      [{ labelSelector: "a in (" }, "BadRequest"],
      [{ fieldSelector: "spec.unheardOf=1" }, "BadRequest"],
      [{ resourceVersion: "abc" }, "BadRequest"],
      [{ resourceVersionMatch: "Exact" }, "Invalid"],
    ];
    for (const [request, reason] of bad) {
      it(`refuses ${JSON.stringify(request).slice(0, 60)}`, async () => {
        expect(await refusal(list(request))).to.include({ reason });
      });
    }
  });

  describe("watch", () => {
    const marked = { sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" };

    async function events(request: Partial<WatchRequest>, count: number): Promise<string[]> {
      const seen: string[] = [];
      const watch = api.service.watch(WatchRequest.fromPartial({ type: typeOf(podKind), namespace: "default", ...request }), api.call());
      for await (const buffer of watch) {
        for (const { type, object } of WatchResponse.decode(buffer).events)
          seen.push(`${EventType[type]} ${unpackAny(podKind, object).metadata.name}`);
        if (seen.length >= count) break;
      }
      return seen;
    }

    it("resumes after a resourceVersion with everything since, once and in order", async () => {
      const first = await create(podKind, podManifest("a"));
      await patch(podKind, "a", { metadata: { labels: { x: "1" } } });
      await create(podKind, podManifest("b"));
      await remove(podKind, "a");
      const { resourceVersion } = first.metadata;
      expect(await events({ resourceVersion }, 3)).to.deep.equal(["MODIFIED a", "ADDED b", "DELETED a"]);
    });

    it("begins with the present, and says where that ends", async () => {
      await create(podKind, podManifest("a"));
      expect(await events({ ...marked, allowBookmarks: true }, 2)).to.deep.equal(["ADDED a", "BOOKMARK "]);
    });

    it("refuses what cannot be combined", async () => {
      expect(await refusal(events({ sendInitialEvents: true }, 1))).to.include({ reason: "Invalid" });
      expect(await refusal(events({ fieldSelector: "spec.unheardOf=1" }, 1))).to.include({
        reason: "BadRequest",
        message: "field label not supported: spec.unheardOf",
      });
    });
  });

  describe("who may", () => {
    const n1 = { name: "system:node:n1", groups: ["system:nodes"] };
    const nobody = { name: "nobody", groups: [] };

    it("tells a node of its own pods only, and a stranger nothing", async () => {
      await create(podKind, { metadata: { name: "mine" }, spec: { containers: [container], nodeName: "n1" } });
      await create(podKind, { metadata: { name: "other" }, spec: { containers: [container], nodeName: "n2" } });
      const read = (name: string, caller: typeof n1 | typeof nobody) =>
        api.service.get(GetRequest.fromPartial(place(podKind, name)), api.call({ caller }));
      expect(unpackAny(podKind, (await read("mine", n1)).object).metadata.name).to.equal("mine");
      for (const attempt of [read("other", n1), read("mine", nobody), read("absent", nobody)]) {
        expect(isForbidden(await refusal(attempt))).to.equal(true);
      }
      expect(isNotFound(await refusal(read("absent", n1)))).to.equal(true);
      const all = ListRequest.fromPartial({ type: typeOf(podKind) });
      expect(isForbidden(await refusal(api.service.list(all, api.call({ caller: n1 }))))).to.equal(true);
      const own = await api.service.list({ ...all, fieldSelector: "spec.nodeName=n1" }, api.call({ caller: n1 }));
      expect(ListResponse.decode(own).items).to.have.length(1);
    });
  });
});
