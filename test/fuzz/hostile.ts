import fc from "fast-check";
import type { Kind } from "../../src/api/kinds/kind.js";
import { schema } from "../../src/api/schema/schema.js";
import type { Json } from "./manifests.js";

/** Text of the kinds that break parsers, paths, shells and screens. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "../../../etc/passwd",
    "a/b",
    "..",
    "x".repeat(64),
    "x".repeat(254),
    "x".repeat(300_000),
    "UPPER",
    "-leading",
    "trailing-",
    "with space",
    "ünïcödé",
    "\u0000",
    "\ud800",
    "\u202e",
    "$(rm -rf /)",
    "`reboot`",
    "'; DROP TABLE pods; --",
    "{{.}}",
    "%s%n",
    "__proto__",
    "constructor",
    "toString",
    "NaN",
    "Infinity",
    "1e400",
    "-1",
    "0x10",
    "999999999999999999999",
    "100%",
    "-5%",
    "101%",
    "1.5",
    "1Ki1",
    "null",
    "true",
    "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00Z",
    "* * * * * *",
    "TZ=UTC * * * * *",
    "@every 1s",
    "=",
    "!",
    "a in (",
    "a notin ()",
    "a==b==c",
  ),
  fc.string({ maxLength: 40, unit: "binary" }),
);

/** Stands for nesting so deep that it is written into the text itself: nothing here could handle it as a value. */
const tooDeep = "@too deep@";

/** Values of every type there is in JSON, and of sizes that nobody expects. */
export const hostileValue: fc.Arbitrary<Json> = fc.oneof(
  hostileText,
  fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    -1,
    1,
    1.5,
    -2_147_483_649,
    2_147_483_648,
    2 ** 53,
    2 ** 63,
    1e308,
    -0,
    [],
    {},
    [null],
    [[]],
    [{}],
  ),
  fc.constantFrom<Json>(
    deep(50),
    tooDeep,
    Array.from({ length: 2_000 }, (_, index) => index),
    { "": "" },
    { "a b": "c" },
    { "x/y/z": "1" },
  ),
  fc.integer(),
  fc.double(),
  fc.dictionary(hostileText, hostileText, { maxKeys: 3 }),
  fc.array(hostileText, { maxLength: 3 }),
);

function deep(levels: number): Json {
  let value: Json = "bottom";
  for (let level = 0; level < levels; level += 1) value = { inner: value };
  return value;
}

/** JSON text to be sent, printed in part when it makes a test fail: it may be long. */
export class SentJson {
  readonly bytes: Buffer;

  constructor(value: unknown) {
    const levels = 5_000;
    this.bytes = Buffer.from(JSON.stringify(value).replaceAll(`"${tooDeep}"`, () => `${'{"inner":'.repeat(levels)}1${"}".repeat(levels)}`));
  }

  [fc.toStringMethod](): string {
    const text = this.bytes.toString();
    return text.length <= 3_000 ? text : `${text.slice(0, 3_000)}… (${text.length} characters)`;
  }
}

/** A change of a manifest at some place: one that it has, or one that the kind's schema knows. */
export function hostileManifest(kind: Kind, manifest: Json): fc.Arbitrary<SentJson> {
  const places = fc.oneof(
    fc.constantFrom(...pathsOf(manifest)),
    schemaPath(kind.typeName),
    fc.array(fc.constantFrom("spec", "metadata", "x", "0"), { maxLength: 4 }),
  );
  const change = fc.record({
    path: places,
    value: fc.oneof({ weight: 9, arbitrary: hostileValue.map(Some) }, { weight: 1, arbitrary: fc.constant(undefined) }),
  });
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => new SentJson(changes.reduce((value, { path, value: put }) => withValue(value, path, put), manifest)));
}

/** Told apart from undefined, which removes. */
interface Present {
  readonly json: Json;
}
const Some = (json: Json): Present => ({ json });

type Path = readonly string[];

function pathsOf(value: Json, path: Path = []): Path[] {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [...(path.length === 0 ? [] : [path]), ...entries.flatMap(([name, inner]) => pathsOf(inner as Json, [...path, name]))];
}

/** Some field that the kind has, at any depth: lists are entered at their first element, maps at a name. */
function schemaPath(typeName: string): fc.Arbitrary<Path> {
  return fc.infiniteStream(fc.nat()).map((choices) => {
    const path: string[] = [];
    let current: string | undefined = typeName;
    for (const choice of choices) {
      if (current === undefined || (path.length > 1 && choice % 5 === 0) || path.length > 12) break;
      const fields: readonly (readonly [
        string,
        { readonly field: { readonly message: string | undefined; readonly cardinality: string } },
      ])[] = [...schema.message(current).byJsonName];
      const chosen = fields[choice % Math.max(1, fields.length)];
      if (chosen === undefined) break;
      const [name, { field }] = chosen;
      path.push(name);
      if (field.cardinality === "list") path.push("0");
      if (field.cardinality === "map") path.push("key");
      current = field.message;
    }
    return path.length === 0 ? ["spec"] : path;
  });
}

function withValue(value: Json, [name, ...rest]: Path, put: Present | undefined): Json {
  if (name === undefined) return put === undefined ? value : put.json;
  const isIndex = /^\d+$/.test(name);
  if (Array.isArray(value) || (isIndex && (value === undefined || value === null))) {
    const list: Json[] = Array.isArray(value) ? [...(value as Json[])] : [];
    list[Math.min(Number(name) || 0, list.length)] = withValue(list[Number(name) || 0] ?? {}, rest, put);
    return list;
  }
  const object = typeof value === "object" && value !== null ? (value as Readonly<Record<string, Json>>) : {};
  // Object.entries and fromEntries keep a key named __proto__ a key.
  const others = Object.entries(object).filter(([key]) => key !== name);
  if (rest.length === 0 && put === undefined) return Object.fromEntries(others);
  const inner = Object.entries(object).find(([key]) => key === name)?.[1];
  return Object.fromEntries([...others, [name, withValue(inner ?? ({} as Json), rest, put)]]);
}
