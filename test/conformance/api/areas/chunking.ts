import { expect } from "chai";
import { isBadRequest, isExpired } from "../../../../src/api/errors.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi } from "../json-api.js";
import { refusal } from "../rejection.js";

const count = 40;
const nameOf = (index: number): string => `template-${String(index).padStart(3, "0")}`;

/** Kubernetes' conformance area "Servers with support for API chunking". */
export function chunking(subject: () => ApiSubject): void {
  describe("lists in chunks", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
      await Promise.all(Array.from({ length: count }, (_, index) => api.create("ConfigMap", { metadata: { name: nameOf(index) } })));
    });

    const names = (items: readonly { readonly metadata: { readonly name: string } }[]): readonly string[] =>
      items.map(({ metadata }) => metadata.name);

    for (const limit of [1, 7, 40, 41]) {
      it(`of at most ${limit} show everything once, in order, of one revision`, async () => {
        const seen: string[] = [];
        const versions = new Set<string>();
        let token = "";
        do {
          const page = await api.list("ConfigMap", { limit, continue: token });
          seen.push(...names(page.items));
          versions.add(page.resourceVersion);
          expect(page.items.length).to.be.at.most(limit);
          if (page.continue !== "") expect(page.remainingItemCount).to.equal(count - seen.length);
          // What comes between pages is not in them.
          if (token === "") await api.create("ConfigMap", { metadata: { name: "zz-later" } });
          token = page.continue;
        } while (token !== "");

        expect(seen.filter((name) => name !== "zz-later")).to.deep.equal(Array.from({ length: count }, (_, index) => nameOf(index)));
        expect(seen).to.not.include("zz-later");
        expect(versions).to.have.property("size", 1);
      });
    }

    it("go on from the last key, though no longer of one revision, when the first revision has been compacted away", async () => {
      const first = await api.list("ConfigMap", { limit: 10 });
      await api.create("ConfigMap", { metadata: { name: "template-020-a" } });
      await subject().store.compact(await subject().store.currentRevision());

      const error = await refusal(api.list("ConfigMap", { limit: 10, continue: first.continue }));
      expect(isExpired(error), error.message).to.equal(true);
      const rest = await api.list("ConfigMap", { limit: 0, continue: error.continueToken ?? "" });

      expect(names(rest.items)[0]).to.equal(nameOf(10));
      expect(names(rest.items)).to.include("template-020-a");
      expect(rest.items).to.have.length(count - 10 + 1);
      expect(Number(rest.resourceVersion)).to.be.greaterThan(Number(first.resourceVersion));
    });

    it("go on where they were after the api-server has been restarted", async () => {
      const first = await api.list("ConfigMap", { limit: 10 });
      await subject().restart();

      const rest = await api.list("ConfigMap", { continue: first.continue });

      expect(rest.resourceVersion).to.equal(first.resourceVersion);
      expect(names(rest.items)).to.deep.equal(Array.from({ length: count - 10 }, (_, index) => nameOf(index + 10)));
    });

    it("refuse a token that they did not give", async () => {
      expect(isBadRequest(await refusal(api.list("ConfigMap", { limit: 10, continue: "rubbish" })))).to.equal(true);
    });
  });
}
