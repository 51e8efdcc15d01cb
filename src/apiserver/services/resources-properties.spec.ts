import { expect } from "chai";
import fc from "fast-check";
import { encoded, place, resourceCalls } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { type Sample, sampleManifests } from "../../../test/fakes/sample-manifests.js";
import { encodeObject } from "../../api/codec/encode.js";
import { objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { decodeWhole, makeWhole } from "../../api/codec/whole.js";
import { kinds } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { mergePatch } from "../../api/patch/merge.js";
import { PatchType, UpdateRequest } from "../../gen/howbernetes/api/v1/resources.js";

const word = fc.constantFrom("a", "b", "x-1", "10", "9", "example.com/k");
const value = fc.constantFrom("", "v", "1", "true");
const runs = { numRuns: 8, seed: 20_301_111 };

/** A manifest of a kind: its sample, with some of its variants, and metadata of all sorts. */
function manifests({ base, variants }: Sample): fc.Arbitrary<JsonObject> {
  const parts = {
    labels: fc.dictionary(word, value),
    annotations: fc.dictionary(word, value),
    finalizers: fc.subarray(["example.com/b", "orphan"]),
  };
  return fc
    .record({ chosen: fc.shuffledSubarray([...variants]), metadata: fc.record(parts, { requiredKeys: [] }) })
    .map(({ chosen, metadata }) =>
      [...chosen, { metadata }].reduce<JsonObject>((made, part) => mergePatch(made, part as JsonObject), base as JsonObject),
    );
}

describe("Resources: properties of every kind", () => {
  let api: ResourcesInProcess;
  const { create, patch, remove } = resourceCalls(() => api);

  before(async () => {
    api = await startResourcesInProcess();
  });
  after(() => api.stop());

  /** Creates the manifest anew for `check`. Not every mixture of variants is valid; the sample alone must be. */
  const created = async (kind: Kind, manifest: JsonObject, check: (object: Whole<ApiObject>) => Promise<void>): Promise<void> => {
    const object = await create(kind, manifest).catch((_invalid: unknown) => undefined);
    if (object === undefined) return;
    try {
      await check(object);
    } finally {
      await patch(kind, "sample", { metadata: { finalizers: null } });
      await remove(kind, "sample", { gracePeriodSeconds: 0, propagationPolicy: "Background" });
      if (kind.isHeld !== undefined) await release(kind);
    }
  };
  const release = async (kind: Kind): Promise<void> => {
    await patch(kind, "sample", { spec: { finalizers: null } }, { subresource: "finalize" });
  };
  const replace = async (kind: Kind, object: Whole<ApiObject>): Promise<Whole<ApiObject>> => {
    const request = UpdateRequest.fromPartial(place(kind, "sample"));
    const { object: answer } = await api.service.update({ ...request, body: encoded(kind, object) }, api.call());
    return decodeWhole(kind, answer?.value ?? Buffer.alloc(0));
  };

  it("has a sample of every kind that is admitted as it is, and with each of its variants", async () => {
    for (const kind of kinds) {
      const { base, variants } = sampleManifests[kind.kind] ?? { base: {}, variants: [] };
      expect(variants, kind.kind).not.to.deep.equal([]);
      for (const part of [{}, ...variants]) await create(kind, mergePatch(base as JsonObject, part as JsonObject), { dryRun: true });
    }
  });

  for (const kind of kinds) {
    const sample = sampleManifests[kind.kind] ?? { base: {}, variants: [] };

    describe(kind.kind, () => {
      it("has its defaults after one pass: a second, through the whole path, changes nothing", async () => {
        await fc.assert(
          fc.asyncProperty(manifests(sample), (manifest) =>
            created(kind, manifest, async (object) => {
              expect(await replace(kind, object)).to.deep.equal(object);
              const draft = decodeWhole(kind, encodeObject(kind, object as never));
              kind.applyDefaults(draft);
              expect(draft).to.deep.equal(object);
            }),
          ),
          runs,
        );
      });

      it("is not written by an update to what a client would send of it again", async () => {
        await fc.assert(
          fc.asyncProperty(manifests(sample), (manifest) =>
            created(kind, manifest, async (object) => {
              const again = makeWhole(kind, { ...object, metadata: { ...object.metadata, uid: "", generation: undefined } });
              expect(await replace(kind, again)).to.deep.equal(object);
            }),
          ),
          runs,
        );
      });

      it("is not written by a patch, of whichever language, that changes nothing", async () => {
        await fc.assert(
          fc.asyncProperty(manifests(sample), (manifest) =>
            created(kind, manifest, async (object) => {
              const itself = objectToJson(kind, object as unknown as ApiObject);
              const operations = Object.entries(itself).map(([name, part]) => ({ op: "replace", path: `/${name}`, value: part }));
              const patches: readonly (readonly [PatchType, unknown])[] = [
                [PatchType.MERGE, {}],
                [PatchType.MERGE, itself],
                [PatchType.STRATEGIC_MERGE, {}],
                [PatchType.STRATEGIC_MERGE, itself],
                [PatchType.STRATEGIC_MERGE, manifest],
                [PatchType.JSON, []],
                [PatchType.JSON, [{ op: "test", path: "/metadata/name", value: "sample" }, ...operations]],
              ];
              for (const [patchType, text] of patches) {
                expect(await patch(kind, "sample", text, { patchType }), PatchType[patchType]).to.deep.equal(object);
              }
            }),
          ),
          runs,
        );
      });
    });
  }
});
