import { setMaxListeners } from "node:events";
import { expect } from "chai";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi } from "../json-api.js";
import { brief, take } from "../take.js";

const configMap = (name: string, labels: Readonly<Record<string, string>> = {}) => ({ metadata: { name, labels }, data: { step: "0" } });

/** Kubernetes' conformance area "Watchers". */
export function watchers(subject: () => ApiSubject): void {
  describe("watchers", () => {
    let api: JsonApi;
    let leaving: AbortController;

    beforeEach(async () => {
      api = await subject().fresh();
      leaving = new AbortController();
      // Each of many watches listens to it.
      setMaxListeners(0, leaving.signal);
    });
    afterEach(() => leaving.abort());

    const watch = (options: Parameters<JsonApi["watch"]>[1] = {}) => api.watch("ConfigMap", { ...options, signal: leaving.signal });
    const step = (name: string, to: number) => api.patch("ConfigMap", name, { data: { step: String(to) } });

    it("are told of what is added, changed and deleted, each of what its selector matches", async () => {
      const { resourceVersion } = await api.list("ConfigMap");
      const selectors = ["team=a", "team=b", "team in (a,b)"];
      const [ofA, ofB, ofBoth] = selectors.map((labelSelector) => watch({ labelSelector, resourceVersion }));
      if (ofA === undefined || ofB === undefined || ofBoth === undefined) throw new Error("three watches");
      const taken = [take(ofA, 3), take(ofB, 2), take(ofBoth, 5)];
      await api.create("ConfigMap", configMap("one", { team: "a" }));
      await step("one", 1);
      await api.delete("ConfigMap", "one");
      await api.create("ConfigMap", configMap("other", { team: "c" }));
      await api.create("ConfigMap", configMap("two", { team: "b" }));
      await api.delete("ConfigMap", "two");

      const [a, b, both] = (await Promise.all(taken)).map((changes) => changes.map(brief));
      expect(a).to.deep.equal(["ADDED one=0", "MODIFIED one=1", "DELETED one=1"]);
      expect(b).to.deep.equal(["ADDED two=0", "DELETED two=0"]);
      expect(both).to.deep.equal([...(a ?? []), ...(b ?? [])]);
    });

    it("begin at the resourceVersion that they name", async () => {
      await api.create("ConfigMap", configMap("one"));
      const first = await step("one", 1);
      await step("one", 2);
      await api.delete("ConfigMap", "one");

      const changes = await take(watch({ resourceVersion: first.object.metadata.resourceVersion }), 2);

      expect(changes.map(brief)).to.deep.equal(["MODIFIED one=2", "DELETED one=2"]);
    });

    it("go on from the last resourceVersion that they saw", async () => {
      const before = await api.create("ConfigMap", configMap("one"));
      await step("one", 1);
      const first = watch({ resourceVersion: before.object.metadata.resourceVersion });
      const [seen] = await take(first, 1);
      await first.return(undefined);
      await step("one", 2);
      await api.delete("ConfigMap", "one");

      const changes = await take(watch({ resourceVersion: seen?.object.metadata.resourceVersion }), 2);

      expect(seen === undefined ? "" : brief(seen)).to.equal("MODIFIED one=1");
      expect(changes.map(brief)).to.deep.equal(["MODIFIED one=2", "DELETED one=2"]);
    });

    it("see an object go that ceases to match, and come that begins to", async () => {
      const { object } = await api.create("ConfigMap", configMap("one", { phase: "wanted" }));
      const watched = watch({ labelSelector: "phase=wanted", resourceVersion: object.metadata.resourceVersion });
      const changes = take(watched, 4);
      await step("one", 1);
      await api.patch("ConfigMap", "one", { metadata: { labels: { phase: "unwanted" } } });
      await step("one", 2);
      await api.patch("ConfigMap", "one", { metadata: { labels: { phase: "wanted" } } });
      await api.delete("ConfigMap", "one");

      expect((await changes).map(brief)).to.deep.equal(["MODIFIED one=1", "DELETED one=1", "ADDED one=2", "DELETED one=2"]);
    });

    it("see the same changes in the same order, wherever and whenever they begin", async () => {
      const { object } = await api.create("ConfigMap", configMap("start"));
      const changes = 60;
      const writing = Promise.all(
        ["a", "b", "c"].map(async (name) => {
          await api.create("ConfigMap", configMap(name));
          for (let to = 1; to < changes / 3; to += 1) await step(name, to);
        }),
      );
      const whole = take(watch({ resourceVersion: object.metadata.resourceVersion }), changes);
      const all = await whole;
      await writing;
      const versions = all.map((change) => Number(change.object.metadata.resourceVersion));
      // Objects that were stored together share theirs.
      const seen = [...new Set(versions)];

      const later = await Promise.all(seen.slice(0, -1).map((version) => take(watch({ resourceVersion: String(version) }), 1)));

      expect(versions).to.deep.equal([...versions].sort((left, right) => left - right));
      expect(new Set(all.map(({ object }) => `${object.metadata.name} ${object.metadata.resourceVersion}`))).to.have.property(
        "size",
        changes,
      );
      expect(later.map(([next]) => Number(next?.object.metadata.resourceVersion))).to.deep.equal(seen.slice(1));
    });

    it("are shown what is there first, and where that ends, when they ask for it", async () => {
      await api.create("ConfigMap", configMap("one"));
      await api.create("ConfigMap", configMap("two"));
      const stream = watch({ sendInitialEvents: true, resourceVersionMatch: "NotOlderThan", allowBookmarks: true });

      const initial = [await stream.next(), await stream.next(), await stream.next()].map(({ value }) => value);

      expect(initial.map(({ type, object }) => `${type} ${object.metadata.name ?? ""}`)).to.deep.equal([
        "ADDED one",
        "ADDED two",
        "BOOKMARK ",
      ]);
      expect(initial[2]?.object.metadata.annotations).to.deep.equal({ "k8s.io/initial-events-end": "true" });
    });
  });
}
