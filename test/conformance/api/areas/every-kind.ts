import { expect } from "chai";
import { isNotFound } from "../../../../src/api/errors.js";
import { kinds } from "../../../../src/api/kinds/index.js";
import type { ApiSubject } from "../api-subject.js";
import type { Change, JsonApi, Loose } from "../json-api.js";
import { refusal } from "../rejection.js";
import { sample } from "../samples.js";

/** What Kubernetes' conformance tests ask of the API of each kind: every verb, and a watch that sees what they do. */
export function everyKind(subject: () => ApiSubject): void {
  describe("objects of kind", () => {
    let api: JsonApi;
    let leaving: AbortController;

    beforeEach(async () => {
      api = await subject().fresh();
      leaving = new AbortController();
    });
    afterEach(() => leaving.abort());

    /** What a watch shows of one object until it is gone. */
    async function lifeOf(name: string, watch: AsyncIterable<Change>): Promise<readonly Change[]> {
      const life: Change[] = [];
      for await (const change of watch) {
        if (change.object.metadata.name === name) life.push(change);
        if (change.type === "DELETED" && change.object.metadata.name === name) break;
      }
      return life;
    }

    for (const kind of kinds) {
      it(`${kind.kind} are created, read, listed, watched, patched, updated and deleted, one by one and together`, async () => {
        const labelSelector = `run=${api.namespace}`;
        const [name, other] = [`${api.namespace}-a`, `${api.namespace}-b`];
        const { resourceVersion } = await api.list(kind.kind, { labelSelector });
        const watched = lifeOf(name, api.watch(kind.kind, { labelSelector, resourceVersion, signal: leaving.signal }));

        const created = await api.create(kind.kind, sample(kind, api, name, { run: api.namespace }));
        await api.create(kind.kind, sample(kind, api, other, { run: api.namespace, other: "yes" }));
        const read = await api.get(kind.kind, name);
        const here = await api.list(kind.kind, { labelSelector });
        const everywhere = await api.list(kind.kind, { namespace: "", labelSelector });
        const patched = await api.patch(kind.kind, name, { metadata: { labels: { patched: "yes" } } });
        const found = await api.list(kind.kind, { labelSelector: "patched=yes" });
        const updated = await api.change(kind.kind, name, ({ metadata }) => Object.assign(metadata, { annotations: { updated: "yes" } }));
        await api.delete(kind.kind, name);
        await api.untilGone(kind.kind, name);
        // As in Kubernetes, of namespaces each has to be named.
        if (kind.kind === "Namespace") await api.delete(kind.kind, other);
        else await api.deleteCollection(kind.kind, { labelSelector: "other=yes" });
        await api.untilGone(kind.kind, other);

        const namesOf = (items: readonly Loose[]) => items.map(({ metadata }) => metadata.name);
        expect(created.object.metadata).to.include.keys("uid", "creationTimestamp", "resourceVersion");
        expect(read.metadata.uid).to.equal(created.object.metadata.uid);
        expect([namesOf(here.items), namesOf(everywhere.items)]).to.deep.equal([
          [name, other],
          [name, other],
        ]);
        expect(patched.object.metadata.labels).to.deep.include({ run: api.namespace, patched: "yes" });
        expect(namesOf(found.items)).to.include(name).and.not.include(other);
        expect(updated.object.metadata.annotations).to.deep.include({ updated: "yes" });
        expect(isNotFound(await refusal(api.get(kind.kind, name)))).to.equal(true);
        expect((await api.list(kind.kind, { labelSelector })).items).to.deep.equal([]);

        const life = await watched;
        const versions = life.map(({ object }) => Number(object.metadata.resourceVersion));
        expect([life[0]?.type, life.at(-1)?.type]).to.deep.equal(["ADDED", "DELETED"]);
        expect(new Set(life.slice(1, -1).map(({ type }) => type))).to.deep.equal(new Set(["MODIFIED"]));
        expect(versions).to.deep.equal([...new Set(versions)].sort((left, right) => left - right));
        for (const { object } of [patched, updated]) expect(versions).to.include(Number(object.metadata.resourceVersion));
      });
    }
  });
}
