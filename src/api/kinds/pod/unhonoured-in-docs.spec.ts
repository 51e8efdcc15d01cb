import { readFileSync } from "node:fs";
import { expect } from "chai";
import { PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import { emptyMessage } from "../../codec/whole.js";
import type { FieldSchema, FieldType } from "../../schema/message-schema.js";
import { schema } from "../../schema/schema.js";
import { refuseUnhonoured } from "./honoured-fields.js";

const samplesOf: Readonly<Partial<Record<FieldType, readonly unknown[]>>> = {
  string: ["x"],
  bool: [true, false],
  int32: [7],
  int64: [7],
  bytes: [Buffer.from("x")],
};

/** Around a message or value that is to be set, what makes it a whole spec. */
type Place = (field: string, value: unknown) => object;

const inSpec: Place = (field, value) => Object.assign(PodSpec.fromPartial({}), { [field]: value });

function asField({ cardinality }: FieldSchema, one: unknown): unknown {
  if (cardinality === "list") return [one];
  return cardinality === "map" ? { "kubernetes.io/x": one } : one;
}

/** Containers of all kinds are told of together, and neither where in a list nor which key of a map it was is told. */
function asInDocs(path: string): string {
  return path
    .replace(/^(init|ephemeral)C/, "c")
    .replaceAll(/\[\d+\]/g, "")
    .replaceAll("[kubernetes.io/x]", "");
}

/** What is refused of a message's fields, and of all that they hold, by path: with the reason. */
function refusedIn(typeName: string, place: Place, found: Map<string, string>): Map<string, string> {
  for (const field of schema.message(typeName).fields) {
    const { message } = field;
    const samples = message === undefined ? (samplesOf[field.type] ?? []) : [emptyMessage(message)];
    const refusals = samples.flatMap((sample) => refuseUnhonoured(place(field.name, asField(field, sample)) as PodSpec, ""));
    for (const refusal of refusals) found.set(asInDocs(refusal.path), refusal.message);
    if (message === undefined || refusals.length > 0 || typeName === message) continue;
    refusedIn(message, (name, value) => place(field.name, asField(field, Object.assign(emptyMessage(message), { [name]: value }))), found);
  }
  return found;
}

/** Field and reason of each row of the table that follows the heading: a row may name several fields. */
function tableOf(heading: string): (readonly [field: string, reason: string])[] {
  const text = readFileSync("docs/howbelet.md", "utf8").split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = [...text.matchAll(/^\| (`.+?`) \| (.+?) \|/gm)];
  return rows.flatMap(([, fields = "", reason = ""]) => [...fields.matchAll(/`(.+?)`/g)].map(([, field = ""]) => [field, reason] as const));
}

/** As the docs say it. */
function reasonOf(message: string): string {
  return message.replace(/^Forbidden: /, "");
}

describe("docs/howbelet.md", () => {
  it("tells of every field of a pod's spec that is refused, with the reason, and of no other", () => {
    const refused = [...refusedIn("howbernetes.core.v1.PodSpec", inSpec, new Map())];

    expect(tableOf("What is refused")).to.have.deep.members(refused.map(([path, message]) => [path, reasonOf(message)]));
  });
});
