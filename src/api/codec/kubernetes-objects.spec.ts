import { existsSync, readFileSync } from "node:fs";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { expect } from "chai";
import { skipBecause } from "../../../test/skip.js";
import { Scale } from "../../gen/howbernetes/autoscaling/v1/scale.js";
import { kinds } from "../kinds/index.js";
import { sortMaps } from "./encode.js";
import { messageFromJson, messageToJson } from "./json.js";
import type { JsonObject } from "./json-values.js";
import { checkWire } from "./wire-check.js";
import { parseYamlDocuments } from "./yaml.js";

/** Kubernetes' own round-trip objects, every field set: they lie beside the checkout, not in it. */
const folder = "../shared/data/kubernetes-testdata";

interface Codec {
  encode(message: never): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

/** Kinds of which Kubernetes knows nothing. */
const ownGroup = "howbernetes.dev";

/** Every kind that is Kubernetes', and what is no kind but as visible. */
const objects: readonly (readonly [file: string, typeName: string, codec: Codec])[] = [
  ...kinds
    .filter(({ group }) => group !== ownGroup)
    .map(({ group, version, kind, typeName, message }) => [`${group || "core"}.${version}.${kind}`, typeName, message] as const),
  ["autoscaling.v1.Scale", "howbernetes.autoscaling.v1.Scale", Scale],
];

/** The object's bytes: after four magic ones comes a runtime.Unknown, whose second field holds them. */
function rawOf(file: string): Buffer {
  const reader = new BinaryReader(readFileSync(`${folder}/${file}.pb`).subarray(4));
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === 2) return Buffer.from(reader.bytes());
    reader.skip(wireType);
  }
  throw new Error(`${file}.pb holds no object`);
}

function fieldsOf(json: unknown): JsonObject {
  const { apiVersion: _apiVersion, kind: _kind, ...fields } = json as JsonObject;
  return fields;
}

describe("Kubernetes' round-trip objects", () => {
  for (const [file, typeName, codec] of objects) {
    const source = (ending: string): string => readFileSync(`${folder}/${file}.${ending}`, "utf8");

    it(`${file}: bytes → message → bytes`, function () {
      if (!existsSync(folder)) skipBecause(this, `${folder} is not there`);
      const raw = rawOf(file);
      checkWire(typeName, raw);

      const encoded = codec.encode(sortMaps(typeName, codec.decode(raw)) as never).finish();

      expect(Buffer.from(encoded).equals(raw)).to.equal(true);
    });

    it(`${file}: bytes → message → JSON`, function () {
      if (!existsSync(folder)) skipBecause(this, `${folder} is not there`);
      expect(messageToJson(typeName, codec.decode(rawOf(file)))).to.deep.equal(fieldsOf(JSON.parse(source("json"))));
    });

    it(`${file}: YAML → message → bytes`, function () {
      if (!existsSync(folder)) skipBecause(this, `${folder} is not there`);
      const { message, errors, unknown } = messageFromJson(typeName, fieldsOf(parseYamlDocuments(source("yaml"))[0]?.value));

      expect(errors).to.deep.equal([]);
      expect(unknown).to.deep.equal([]);
      expect(Buffer.from(codec.encode(sortMaps(typeName, message) as never).finish()).equals(rawOf(file))).to.equal(true);
    });
  }
});
