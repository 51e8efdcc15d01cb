import { existsSync, readFileSync } from "node:fs";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { type DescriptorProto, type FileDescriptorProto, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { packages as layout } from "../../scripts/proto-layout.js";
import type { FieldSchema, FieldType } from "../../src/api/schema/message-schema.js";
import { createSchema } from "../../src/api/schema/schema.js";
import { descriptorImage } from "../../src/gen/image.js";
import { skipBecause } from "../skip.js";

/** Kubernetes' published fields: they lie beside the checkout, not in it. */
const tablePath = "../shared/data/kubernetes-fields.tsv";

/** Packages whose messages are Kubernetes'. */
const packages: readonly string[] = [...new Set(Object.values(layout))];
/** All that have messages of our own words: those, and the services'. */
const commented: readonly string[] = [...packages, "howbernetes.api.v1"];

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorImage));
const files = [...registry.files].map(({ proto }) => proto).filter((file) => commented.includes(file.package));

describe("proto/", () => {
  for (const name of commented) {
    it(`comments every message and every field of ${name}`, () => {
      const described = files.filter((file) => file.package === name).flatMap(commentsOf);

      expect(described).to.not.be.empty;
      expect(described.filter(({ comment }) => comment === "").map(({ path }) => path)).to.deep.equal([]);
    });
  }

  describe("beside Kubernetes' published fields", () => {
    const schema = createSchema(descriptorImage);
    let table: ReadonlyMap<string, readonly FieldSchema[]>;

    before(function () {
      if (!existsSync(tablePath)) skipBecause(this, `no ${tablePath}: Kubernetes' field table is not here`);
      table = readTable();
    });

    for (const name of packages) {
      it(`has the numbers, types, names and rules of ${name}`, () => {
        const messages = files.filter((file) => file.package === name).flatMap(({ messageType }) => messageType);

        expect(messages).to.not.be.empty;
        for (const { name: message } of messages) {
          const typeName = `${name}.${message}`;
          // The table lists fields: a message that has none is not in it.
          expect(schema.message(typeName).fields, typeName).to.deep.equal(table.get(typeName) ?? []);
        }
      });
    }
  });
});

interface Described {
  readonly path: string;
  /** "" when there is none. */
  readonly comment: string;
}

function commentsOf(file: FileDescriptorProto): Described[] {
  const comments = new Map(file.sourceCodeInfo?.location.map(({ path, leadingComments }) => [path.join(), leadingComments.trim()]));
  const inMessage = (message: DescriptorProto, scope: string, location: readonly number[]): Described[] => {
    const path = `${scope}.${message.name}`;
    return [
      { path, comment: comments.get(location.join()) ?? "" },
      ...message.field.map(({ name }, index) => ({ path: `${path}.${name}`, comment: comments.get([...location, 2, index].join()) ?? "" })),
      ...message.nestedType.flatMap((nested, index) =>
        // What the compiler makes of a map stands nowhere in the source.
        nested.options?.mapEntry === true ? [] : inMessage(nested, path, [...location, 3, index]),
      ),
    ];
  };
  return file.messageType.flatMap((message, index) => inMessage(message, file.package, [4, index]));
}

/** The table's fields as our own schema should describe them, by our message's full name. */
function readTable(): Map<string, FieldSchema[]> {
  const [header = "", ...lines] = readFileSync(tablePath, "utf8").trimEnd().split("\n");
  const columns = header.split("\t");
  const messages = new Map<string, FieldSchema[]>();
  for (const line of lines) {
    const cells = line.split("\t");
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? "";
    const name = ourName(cell("package"), cell("message"));
    messages.set(
      name,
      [...(messages.get(name) ?? []), expectedField(cell)].sort((a, b) => a.number - b.number),
    );
  }
  return messages;
}

function expectedField(cell: (name: string) => string): FieldSchema {
  const { type, message } = expectedType(cell("type"), cell("package"));
  const label = cell("label");
  const json = cell("json");
  return {
    name: cell("field"),
    jsonName: json === "" || json === "-" ? cell("field") : json,
    number: Number(cell("number")),
    type,
    message,
    cardinality: label === "repeated" ? "list" : label === "map" ? "map" : "singular",
    inline: cell("inline") !== "",
    pointer: cell("pointer") !== "",
    omitEmpty: cell("omitempty") !== "",
    patchStrategy: wordsOf(cell("patchStrategy")),
    patchMergeKey: cell("patchMergeKey"),
    listType: cell("listType"),
    listMapKeys: wordsOf(cell("listMapKeys")),
  };
}

const scalars: readonly FieldType[] = ["string", "bool", "bytes", "int32", "int64"];

function expectedType(written: string, home: string): Pick<FieldSchema, "type" | "message"> {
  const type = /^map<string, (.*)>$/.exec(written)?.[1] ?? written;
  const scalar = scalars.find((name) => name === type);
  if (scalar !== undefined) return { type: scalar, message: undefined };
  const dot = type.lastIndexOf(".");
  return { type: "message", message: dot < 0 ? ourName(home, type) : ourName(type.slice(0, dot), type.slice(dot + 1)) };
}

/** A package that is not ours keeps its name, and so meets nothing of ours. */
function ourName(source: string, message: string): string {
  return `${layout[source] ?? source}.${message}`;
}

function wordsOf(cell: string): string[] {
  return cell === "" ? [] : cell.split(",");
}
