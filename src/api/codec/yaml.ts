import { dump, eventsToAst, FAILSAFE_SCHEMA, type Node, parseEvents, SCALAR_STYLE_PLAIN, YAMLException } from "js-yaml";
import type { Json } from "./json-values.js";
import { plainScalar } from "./yaml-scalars.js";

/** YAML that can't be read; `line` counts from 1 within the whole input. */
export class YamlError extends Error {
  override readonly name = "YamlError";
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

/** One document of a YAML stream. */
export interface YamlDocument {
  /** Undefined when the document is empty. */
  readonly value: Json | undefined;
  /** Where it begins, counted from 1. */
  readonly line: number;
}

/**
 * Reads a stream of YAML documents as kubectl does: YAML 1.2's core types, 1.1's octals (`0644` is 420) and yes/no/on/off,
 * merge keys; no dates, no base-60 numbers. Unlike kubectl, names stay the text they are written as: `0644:` is "0644".
 *
 * @throws YamlError of the first document that can't be read
 */
export function parseYamlDocuments(text: string): YamlDocument[] {
  return splitYamlDocuments(text).map(({ text: part, line }) => ({ value: parseYaml(part, line), line }));
}

/** Splits a stream at its `---` lines without reading it, so that one bad document does not hide the others. */
export function splitYamlDocuments(text: string): { readonly text: string; readonly line: number }[] {
  const documents: { text: string; line: number }[] = [];
  let lines: string[] = [];
  let start = 1;
  const finish = (next: number): void => {
    if (lines.some((line) => line.trim() !== "" && !line.trim().startsWith("#"))) documents.push({ text: lines.join("\n"), line: start });
    lines = [];
    start = next;
  };
  text.split("\n").forEach((line, index) => {
    // At the start of a line these markers end a document even inside a block of text.
    const marker = /^(?:---|\.\.\.)(?:\s+(.*))?$/.exec(line.trimEnd());
    if (marker === null) {
      lines.push(line);
      return;
    }
    const rest = line.startsWith("---") ? (marker[1] ?? "") : "";
    finish(rest === "" ? index + 2 : index + 1);
    if (rest !== "") lines.push(rest);
  });
  finish(1);
  return documents;
}

/** Reads one document; `firstLine` is where it stands in its file. @throws YamlError */
export function parseYaml(text: string, firstLine = 1): Json | undefined {
  try {
    const [document] = eventsToAst(parseEvents(text, { maxDepth: 200 }), { source: text, schema: FAILSAFE_SCHEMA });
    return document?.contents == null ? undefined : new Construction().value(document.contents);
  } catch (error) {
    if (error instanceof YAMLException) throw new YamlError(error.reason, firstLine + (error.mark?.line ?? 0));
    if (error instanceof RangeError) throw new YamlError(error.message, firstLine);
    throw error;
  }
}

/** Formats a value as kubectl prints YAML: block style, two spaces, lists not indented. */
export function formatYaml(value: unknown): string {
  return dump(value, { noRefs: true, lineWidth: -1, seqNoIndent: true, quoteStyle: "double" });
}

/** More values than this from one document can only be an attack by aliases of aliases. */
const maxValues = 100_000;

class Construction {
  readonly #anchors = new Map<string, Node>();
  #count = 0;

  value(node: Node): Json {
    if (++this.#count > maxValues) throw new RangeError("the document expands to too many values");
    if (node.kind === "alias") return this.#aliased(node.anchor);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    switch (node.kind) {
      case "scalar":
        return node.style === SCALAR_STYLE_PLAIN && !node.tagged
          ? plainScalar(node.value)
          : taggedScalar(node.tag, node.value, node.tagged);
      case "sequence":
        return node.items.map((item) => this.value(item));
      case "mapping":
        return this.#mapping(node);
    }
  }

  #aliased(anchor: string): Json {
    const node = this.#anchors.get(anchor);
    if (node === undefined) throw new RangeError(`unknown anchor ${anchor}`);
    return this.value(node);
  }

  #mapping(node: Node & { kind: "mapping" }): Json {
    const own = new Map<string, Json>();
    const merged = new Map<string, Json>();
    for (const { key, value } of node.items) {
      const name = this.#name(key);
      const isMerge = name === "<<" && key.kind === "scalar" && key.style === SCALAR_STYLE_PLAIN;
      if (isMerge) this.#merge(this.value(value), merged);
      else if (own.has(name)) throw new RangeError(`mapping key ${JSON.stringify(name)} already defined`);
      else own.set(name, this.value(value));
    }
    return Object.fromEntries([...merged, ...own]);
  }

  #name(key: Node): string {
    if (key.kind === "scalar") return key.value;
    const value = this.value(key);
    if (typeof value === "object") throw new RangeError("a mapping key must be a scalar");
    return String(value);
  }

  /** What a mapping has of its own wins over what it merges; of several merged ones the first wins. */
  #merge(value: Json, into: Map<string, Json>): void {
    for (const source of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
      if (typeof source !== "object" || source === null || Array.isArray(source)) throw new RangeError("a merge key needs a mapping");
      for (const [name, item] of Object.entries(source)) if (!into.has(name)) into.set(name, item as Json);
    }
  }
}

function taggedScalar(tag: string, text: string, tagged: boolean): Json {
  if (!tagged) return text;
  switch (tag.replace(/^!!|^tag:yaml\.org,2002:/, "")) {
    case "str":
    case "!":
      return text;
    case "binary":
      return Buffer.from(text, "base64").toString("utf8");
    case "int":
    case "float":
    case "bool":
    case "null":
      return plainScalar(text);
    default:
      throw new RangeError(`unknown tag ${tag}`);
  }
}
