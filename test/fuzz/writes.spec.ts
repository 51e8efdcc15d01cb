import { expect } from "chai";
import fc from "fast-check";
import { unpackAny } from "../../src/api/codec/any.js";
import { encodeObject } from "../../src/api/codec/encode.js";
import { kinds } from "../../src/api/kinds/index.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import { schema } from "../../src/api/schema/schema.js";
import { CreateRequest, PatchRequest, type PatchResponse, PatchType } from "../../src/gen/howbernetes/api/v1/resources.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../fakes/resources-in-process.js";
import { hostileManifest, hostileText, hostileValue, SentJson } from "./hostile.js";
import { refusalOf } from "./refusal.js";
import { runs, seed } from "./runs.js";
import { createJson, expectRefusedOrSound, expectSound, manifestOf, scopeOf, typeOf } from "./subject.js";

const parameters = { numRuns: runs, seed };

describe("F17: bad input in writes", function () {
  this.timeout(60_000 + runs * 60);
  let server: ResourcesInProcess;

  beforeEach(async () => {
    server = await startResourcesInProcess();
  });
  afterEach(() => server.stop());

  for (const kind of kinds) {
    describe(kind.kind, () => {
      it("accepts its valid manifest", async () => {
        const { object } = await createJson(server, kind, json(manifestOf(kind, "valid")));

        expectSound(kind, object);
      });

      it("refuses, or takes in whole and valid, whatever JSON says", async () => {
        let refused = 0;
        await fc.assert(
          fc.asyncProperty(hostileManifest(kind, manifestOf(kind, "fuzzed")), async (manifest) => {
            if (!(await expectRefusedOrSound(server, kind, () => createJson(server, kind, manifest.bytes)))) refused += 1;
          }),
          parameters,
        );
        expect(refused, "manifests refused: none would mean that nothing hostile was sent").to.be.greaterThan(0);
      });

      it("refuses broken text", async () => {
        const whole = json(manifestOf(kind, "fuzzed"));
        await fc.assert(
          fc.asyncProperty(brokenBytes(whole), async (bytes) => {
            await expectRefusedOrSound(server, kind, () => createJson(server, kind, bytes));
          }),
          parameters,
        );
      });

      it("refuses broken messages", async () => {
        const { object } = await createJson(server, kind, json(manifestOf(kind, "whole")));
        const whole = unpackAny(kind, object);
        whole.metadata.name = "fuzzed";
        whole.metadata.uid = "";
        whole.metadata.resourceVersion = "";
        await fc.assert(
          fc.asyncProperty(brokenBytes(encodeObject(kind, whole)), async (value) => {
            await expectRefusedOrSound(server, kind, () => createMessage(server, kind, value));
          }),
          parameters,
        );
      });

      it("keeps a stored object whole and valid, whatever a patch says", async () => {
        // A new one for each: patches must not pile up on one that is full, or on its way out.
        let number = 0;
        await fc.assert(
          fc.asyncProperty(hostilePatch(kind), async ({ patchType, patch }) => {
            const name = `patched-${++number}`;
            await createJson(server, kind, json(manifestOf(kind, name)));
            const force = patchType === PatchType.APPLY;
            const who = { fieldManager: "fuzz", force };
            const request = { type: typeOf(kind), namespace: scopeOf(kind), name, patchType, patch: patch.bytes, ...who };
            let response: PatchResponse | undefined;
            await refusalOf(async () => {
              response = await server.service.patch(PatchRequest.fromPartial(request), server.call());
            });
            if (response !== undefined) expectSound(kind, response.object);
          }),
          parameters,
        );
      });
    });
  }
});

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

function createMessage(server: ResourcesInProcess, kind: Kind, value: Buffer) {
  const object = { type_url: `type.googleapis.com/${kind.typeName}`, value };
  return server.service.create(
    CreateRequest.fromPartial({ type: typeOf(kind), namespace: scopeOf(kind), body: { body: { $case: "object", value: object } } }),
    server.call(),
  );
}

/** What was whole with some bytes changed, left out, put in or doubled. */
function brokenBytes(whole: Buffer): fc.Arbitrary<Buffer> {
  const place = fc.nat(whole.length - 1);
  const harm = fc.oneof(
    fc.record({ at: place, insert: fc.uint8Array({ maxLength: 6 }), remove: fc.nat(4) }),
    fc.record({ at: place, insert: fc.constant(new Uint8Array()), remove: fc.nat(whole.length) }),
    fc.record({
      at: place,
      insert: fc.constantFrom(Buffer.from('{"a":'), Buffer.from("]"), Buffer.from([0xff]), Buffer.from([0xed, 0xa0, 0x80])),
      remove: fc.nat(1),
    }),
    fc.tuple(place, fc.nat(64)).map(([at, length]) => ({ at, insert: whole.subarray(at, at + length), remove: 0 })),
  );
  return fc
    .array(harm, { minLength: 1, maxLength: 4 })
    .map((harms) =>
      harms.reduce((bytes, { at, insert, remove }) => Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]), whole),
    );
}

function hostilePatch(kind: Kind): fc.Arbitrary<{ readonly patchType: PatchType; readonly patch: SentJson }> {
  const fields = [...schema.message(kind.typeName).byJsonName.keys()];
  const path = fc
    .array(fc.oneof(fc.constantFrom("metadata", "spec", "labels", "0", "-", "~1", ...fields), hostileText), { maxLength: 4 })
    .map((names) => `/${names.join("/")}`);
  const operation = fc.record(
    { op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test", "explode"), path, from: path, value: hostileValue },
    { requiredKeys: ["op", "path"] },
  );
  const merge = hostileManifest(kind, { spec: {}, metadata: { labels: {} }, data: {} });
  const configuration = hostileManifest(kind, { ...manifestOf(kind, ""), metadata: { labels: { a: "b" }, annotations: { note: "y" } } });
  return fc.oneof(
    { weight: 2, arbitrary: configuration.map((patch) => ({ patchType: PatchType.APPLY, patch })) },
    fc.array(operation, { maxLength: 4 }).map((patch) => ({ patchType: PatchType.JSON, patch: new SentJson(patch) })),
    fc
      .tuple(fc.constantFrom(PatchType.MERGE, PatchType.STRATEGIC_MERGE), merge)
      .map(([patchType, patch]) => ({ patchType, patch: new SentJson(patch) })),
    fc
      .tuple(fc.constantFrom(PatchType.JSON, PatchType.MERGE, PatchType.STRATEGIC_MERGE, PatchType.APPLY), hostileValue)
      .map(([patchType, patch]) => ({ patchType, patch: new SentJson(patch) })),
  );
}
