import { expect } from "chai";
import { container, place, podManifest, refusal, resourceCalls, typeOf } from "../../../test/fakes/resource-calls.js";
import type { ResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { unpackAny } from "../../api/codec/any.js";
import { isExpired, isForbidden, isNotFound, isTimeout } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { EventType, GetRequest, ListRequest, WatchRequest, WatchResponse } from "../../gen/howbernetes/api/v1/resources.js";

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

    it("says Expired when a token is of another store's future, and Timeout when a revision is", async () => {
      const token = Buffer.from('{"v":1,"rv":1000000,"after":"default/a"}').toString("base64url");
      expect(isExpired(await refusal(list({ limit: 2, continue: token })))).to.equal(true);
      expect(isTimeout(await refusal(list({ resourceVersion: "1000000", resourceVersionMatch: "Exact" })))).to.equal(true);
    });

    it("says Expired when a token is older than the history kept", async () => {
      const { continue: token } = await list({ limit: 2 });
      await remove(podKind, "e");
      await api.store.compact(await api.store.currentRevision());
      expect(isExpired(await refusal(list({ limit: 2, continue: token })))).to.equal(true);
    });

    const bad: readonly Partial<ListRequest>[] = [
      { continue: "rubbish" },
      { continue: Buffer.from('{"v":1,"rv":5,"after":"../x"}').toString("base64url") },
      { labelSelector: "a in (" },
      { fieldSelector: "spec.unheardOf=1" },
      { resourceVersion: "abc" },
      { resourceVersion: "-1" },
      { resourceVersionMatch: "Whatever" },
    ];
    for (const request of bad) {
      it(`refuses ${JSON.stringify(request).slice(0, 60)}`, async () => {
        expect(await refusal(list(request))).to.include({ reason: "BadRequest" });
      });
    }
  });

  describe("watch", () => {
    async function events(request: Partial<WatchRequest>, count: number): Promise<string[]> {
      const seen: string[] = [];
      const watch = api.service.watch(WatchRequest.fromPartial({ type: typeOf(podKind), namespace: "default", ...request }), api.call());
      for await (const buffer of watch) {
        const { type, object } = WatchResponse.decode(buffer);
        seen.push(`${EventType[type]} ${unpackAny(podKind, object).metadata.name}`);
        if (seen.length === count) break;
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
      expect(await events({ sendInitialEvents: true, allowBookmarks: true }, 2)).to.deep.equal(["ADDED a", "BOOKMARK "]);
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
      expect((await api.service.list({ ...all, fieldSelector: "spec.nodeName=n1" }, api.call({ caller: n1 }))).items).to.have.length(1);
    });
  });
});
