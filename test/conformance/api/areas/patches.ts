import { expect } from "chai";
import { isBadRequest, isConflict, isInvalid, isNotFound } from "../../../../src/api/errors.js";
import { PatchType } from "../../../../src/gen/howbernetes/api/v1/resources.js";
import type { ApiSubject } from "../api-subject.js";
import type { JsonApi, Loose } from "../json-api.js";
import { refusal } from "../rejection.js";
import { podTemplate } from "../samples.js";

const json = { patchType: PatchType.JSON };
const merge = { patchType: PatchType.MERGE };
const strategic = { patchType: PatchType.STRATEGIC_MERGE };

/** What clients of Kubernetes count on of its three languages of patches. */
export function patches(subject: () => ApiSubject): void {
  describe("patches", () => {
    let api: JsonApi;

    beforeEach(async () => {
      api = await subject().fresh();
    });

    const configMap = async (data: object): Promise<Loose> =>
      (await api.create("ConfigMap", { metadata: { name: "settings" }, data })).object;
    const deployment = async (): Promise<Loose> => {
      const template = podTemplate({ app: "web" }, { env: [{ name: "A", value: "1" }], ports: [{ containerPort: 80 }] });
      template.spec.containers.push({ name: "side", image: "busybox:1.36" });
      const spec = { replicas: 0, selector: { matchLabels: { app: "web" } }, template };
      return (await api.create("Deployment", { metadata: { name: "web" }, spec })).object;
    };
    const containersOf = ({ object }: { readonly object: Loose }): Loose => object.spec.template.spec.containers;

    it("in JSON patch add, test, move, copy, replace and remove, or nothing at all", async () => {
      await configMap({ a: "1", b: "2" });

      const { object } = await api.patch(
        "ConfigMap",
        "settings",
        [
          { op: "test", path: "/data/a", value: "1" },
          { op: "add", path: "/data/c", value: "3" },
          { op: "replace", path: "/data/a", value: "one" },
          { op: "copy", from: "/data/b", path: "/data/d" },
          { op: "add", path: "/metadata/annotations", value: {} },
          { op: "move", from: "/data/b", path: "/metadata/annotations/example.com~1b" },
          { op: "remove", path: "/data/c" },
        ],
        json,
      );
      const failing = [
        { op: "replace", path: "/data/a", value: "two" },
        { op: "test", path: "/data/d", value: "no" },
      ];
      const error = await refusal(api.patch("ConfigMap", "settings", failing, json));

      expect(object.data).to.deep.equal({ a: "one", d: "2" });
      expect(object.metadata.annotations).to.deep.equal({ "example.com/b": "2" });
      expect(isInvalid(error), error.message).to.equal(true);
      expect((await api.get("ConfigMap", "settings")).data.a).to.equal("one");
    });

    it("in merge patch replace lists and remove what is null", async () => {
      await deployment();

      const patched = await api.patch(
        "Deployment",
        "web",
        { metadata: { labels: { a: "1" } }, spec: { template: { spec: { containers: [{ name: "main", image: "busybox:2" }] } } } },
        merge,
      );
      const removed = await api.patch("Deployment", "web", { metadata: { labels: null } }, merge);

      expect(containersOf(patched).map(({ image }: Loose) => image)).to.deep.equal(["busybox:2"]);
      expect(containersOf(patched)[0]).to.not.have.property("env");
      expect(removed.object.metadata).to.not.have.property("labels");
    });

    it("in strategic merge patch merge lists by their keys, and follow directives", async () => {
      await deployment();
      const to = (containers: object) => api.patch("Deployment", "web", { spec: { template: { spec: { containers } } } }, strategic);

      const merged = containersOf(await to([{ name: "main", image: "busybox:2", env: [{ name: "B", value: "2" }] }]));
      const [main] = containersOf(await to([{ name: "main", env: [{ name: "A", $patch: "delete" }] }]));
      const without = containersOf(await to([{ name: "side", $patch: "delete" }]));
      const replaced = containersOf(await to([{ name: "only", image: "busybox:3" }, { $patch: "replace" }]));

      expect(merged.map(({ name, image }: Loose) => [name, image])).to.deep.equal([
        ["main", "busybox:2"],
        ["side", "busybox:1.36"],
      ]);
      expect(Object.fromEntries(merged[0].env.map(({ name, value }: Loose) => [name, value]))).to.deep.equal({ A: "1", B: "2" });
      expect(merged[0].ports[0].containerPort).to.equal(80);
      expect(main.env).to.deep.equal([{ name: "B", value: "2" }]);
      expect(without.map(({ name }: Loose) => name)).to.deep.equal(["main"]);
      expect(replaced.map(({ name }: Loose) => name)).to.deep.equal(["only"]);
    });

    it("that change nothing write nothing", async () => {
      const { metadata } = await configMap({ a: "1" });

      const answers = [
        await api.patch("ConfigMap", "settings", { data: { a: "1" } }, merge),
        await api.patch("ConfigMap", "settings", { data: { a: "1" } }, strategic),
        await api.patch("ConfigMap", "settings", [{ op: "replace", path: "/data/a", value: "1" }], json),
      ];

      for (const { object } of answers) expect(object.metadata.resourceVersion).to.equal(metadata.resourceVersion);
    });

    it("that name a resourceVersion are of that one alone", async () => {
      const { metadata } = await configMap({ a: "1" });
      const { resourceVersion } = metadata;

      await api.patch("ConfigMap", "settings", { metadata: { resourceVersion }, data: { a: "2" } }, merge);
      const stale = [
        await refusal(api.patch("ConfigMap", "settings", { metadata: { resourceVersion }, data: { a: "3" } }, merge)),
        await refusal(api.patch("ConfigMap", "settings", { metadata: { resourceVersion }, data: { a: "3" } }, strategic)),
        await refusal(
          api.patch("ConfigMap", "settings", [{ op: "replace", path: "/metadata/resourceVersion", value: resourceVersion }], json),
        ),
      ];

      for (const error of stale) expect(isConflict(error), error.message).to.equal(true);
      expect((await api.get("ConfigMap", "settings")).data).to.deep.equal({ a: "2" });
    });

    it("of many clients at once are all kept", async () => {
      await configMap({});
      const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);

      await Promise.all(keys.map((key) => api.patch("ConfigMap", "settings", { data: { [key]: "yes" } }, merge)));

      expect(Object.keys((await api.get("ConfigMap", "settings")).data)).to.have.members(keys);
    });

    it("are judged by what comes of them", async () => {
      await deployment();

      const errors = [
        await refusal(api.patch("Deployment", "web", { spec: { replicas: -1 } }, merge)),
        await refusal(api.patch("Deployment", "web", { spec: { selector: { matchLabels: { app: "other" } } } }, merge)),
        await refusal(api.patch("Deployment", "web", { metadata: { labels: { "-": "no" } } }, strategic)),
      ];

      for (const error of errors) expect(isInvalid(error), error.message).to.equal(true);
    });

    it("are refused that are none, and of what is not there", async () => {
      await configMap({});

      const malformed = [
        await refusal(api.patch("ConfigMap", "settings", "{", merge)),
        await refusal(api.patch("ConfigMap", "settings", { data: {} }, json)),
        await refusal(api.patch("ConfigMap", "settings", [], merge)),
        await refusal(api.patch("ConfigMap", "settings", { metadata: { name: "other" } }, merge)),
      ];
      const absent = await refusal(api.patch("ConfigMap", "absent", { data: {} }, merge));

      for (const error of malformed) expect(isBadRequest(error) || isInvalid(error), error.message).to.equal(true);
      expect(isNotFound(absent), absent.message).to.equal(true);
    });
  });
}
