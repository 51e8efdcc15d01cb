/**
 * Drafts `proto/` from a table of Kubernetes' published field numbers.
 *
 *     npx tsx scripts/draft-proto.ts ../shared/data/kubernetes-fields.tsv
 *
 * Names, numbers, types and options come from the table; comments come from the files that exist, so
 * running it again after adding a root kind to `layout` adds what is missing and keeps what was written.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { layout, packages, roots } from "./proto-layout.js";

interface Row {
  readonly package: string;
  readonly message: string;
  readonly field: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly json: string;
  readonly inline: boolean;
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  readonly patchStrategy: readonly string[];
  readonly patchMergeKey: string;
  readonly listType: string;
  readonly listMapKeys: readonly string[];
}

const protoRoot = "proto";
const scalars = new Set(["string", "bool", "bytes", "int32", "int64"]);
const words = (cell: string | undefined): string[] => (cell ? cell.split(",") : []);

function readTable(path: string): Map<string, Row[]> {
  const [header = "", ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  const columns = header.split("\t");
  const messages = new Map<string, Row[]>();
  for (const line of lines) {
    const cells = line.split("\t");
    const cell = (name: string): string => cells[columns.indexOf(name)] ?? "";
    const row: Row = {
      package: cell("package"),
      message: cell("message"),
      field: cell("field"),
      number: Number(cell("number")),
      label: cell("label"),
      type: cell("type"),
      json: cell("json"),
      inline: cell("inline") !== "",
      pointer: cell("pointer") !== "",
      omitEmpty: cell("omitempty") !== "",
      patchStrategy: words(cell("patchStrategy")),
      patchMergeKey: cell("patchMergeKey"),
      listType: cell("listType"),
      listMapKeys: words(cell("listMapKeys")),
    };
    const key = `${row.package}.${row.message}`;
    messages.set(key, [...(messages.get(key) ?? []), row]);
  }
  return messages;
}

/** The table key of the message that a field holds, or undefined for scalars. */
function referenced(row: Row): string | undefined {
  const type = /^map<string, (.*)>$/.exec(row.type)?.[1] ?? row.type;
  if (scalars.has(type)) return undefined;
  return type.includes(".") ? type : `${row.package}.${type}`;
}

function reachable(messages: Map<string, Row[]>): string[] {
  const found = new Set<string>();
  const queue = [...roots];
  for (let key = queue.shift(); key !== undefined; key = queue.shift()) {
    if (found.has(key)) continue;
    found.add(key);
    for (const row of messages.get(key) ?? []) {
      const next = referenced(row);
      if (next !== undefined) queue.push(next);
    }
  }
  return [...found];
}

const messageName = (key: string): string => key.slice(key.lastIndexOf(".") + 1);
const sourcePackage = (key: string): string => key.slice(0, key.lastIndexOf("."));

function targetPackage(key: string): string {
  const target = packages[sourcePackage(key)];
  if (target === undefined) throw new Error(`no package is laid out for ${key}`);
  return target;
}

function targetFile(key: string): string {
  const folder = targetPackage(key).replaceAll(".", "/");
  const name = messageName(key);
  const rule = layout[targetPackage(key)]?.find(({ pattern }) => pattern.test(name));
  if (rule === undefined) throw new Error(`no file is laid out for ${key}`);
  return `${folder}/${rule.file}.proto`;
}

/** Comments that stand in a proto file, by "Message" and "Message.field"; "" is the file's own. */
function readComments(path: string): Map<string, string[]> {
  const comments = new Map<string, string[]>();
  if (!existsSync(path)) return comments;
  let pending: string[] = [];
  let message = "";
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const text = line.trim();
    const opened = /^message (\w+)/.exec(text)?.[1];
    const field = /(\w+) = \d+/.exec(text)?.[1];
    if (text.startsWith("//")) pending.push(text);
    else if (text.startsWith("syntax")) comments.set("", pending);
    else if (opened !== undefined) {
      message = opened;
      comments.set(message, pending);
    } else if (field !== undefined && message !== "") comments.set(`${message}.${field}`, pending);
    if (!text.startsWith("//")) pending = [];
  }
  return comments;
}

function fieldOptions(row: Row): string {
  const rules: string[] = [];
  if (row.inline) rules.push("inline: true");
  if (row.pointer) rules.push("pointer: true");
  if (row.omitEmpty) rules.push("omitEmpty: true");
  const list = (values: readonly string[]): string => `[${values.map((value) => `"${value}"`).join(", ")}]`;
  if (row.patchStrategy.length > 0) rules.push(`patchStrategy: ${list(row.patchStrategy)}`);
  if (row.patchMergeKey !== "") rules.push(`patchMergeKey: "${row.patchMergeKey}"`);
  if (row.listType !== "") rules.push(`listType: "${row.listType}"`);
  if (row.listMapKeys.length > 0) rules.push(`listMapKeys: ${list(row.listMapKeys)}`);

  const options: string[] = [];
  if (row.label === "repeated" && /^int(32|64)$/.test(row.type)) options.push("packed = false");
  if (row.json !== "" && row.json !== "-" && row.json !== row.field && !row.inline) options.push(`json_name = "${row.json}"`);
  if (rules.length > 0) options.push(`(howbernetes.options.v1.field) = {${rules.join(", ")}}`);
  return options.length === 0 ? "" : ` [${options.join(", ")}]`;
}

function fieldType(row: Row): string {
  const message = referenced(row);
  const name = message === undefined ? undefined : `${targetPackage(message)}.${messageName(message)}`;
  const local = name?.startsWith(`${targetPackage(`${row.package}.x`)}.`) === true ? messageName(name) : name;
  if (row.label === "map") return local === undefined ? row.type : `map<string, ${local}>`;
  if (row.label === "repeated") return `repeated ${local ?? row.type}`;
  return local ?? `optional ${row.type}`;
}

function draftMessage(key: string, rows: readonly Row[], comments: Map<string, string[]>): string[] {
  const name = messageName(key);
  const lines = [...(comments.get(name) ?? []), `message ${name} {`];
  for (const row of [...rows].sort((a, b) => a.number - b.number)) {
    const comment = comments.get(`${name}.${row.field}`) ?? [];
    lines.push(...comment.map((text) => `  ${text}`));
    lines.push(`  ${fieldType(row)} ${row.field} = ${row.number}${fieldOptions(row)};`);
  }
  return [...lines, "}", ""];
}

function draftFile(file: string, keys: readonly string[], messages: Map<string, Row[]>): void {
  const path = join(protoRoot, file);
  const comments = readComments(path);
  const rows = keys.flatMap((key) => messages.get(key) ?? []);
  const imports = new Set<string>();
  for (const row of rows) {
    const message = referenced(row);
    if (message !== undefined && targetFile(message) !== file) imports.add(targetFile(message));
    if (fieldOptions(row).includes("howbernetes.options")) imports.add("howbernetes/options/v1/options.proto");
  }
  const lines = [
    ...(comments.get("") ?? []),
    'syntax = "proto3";',
    "",
    `package ${targetPackage(keys[0] ?? "")};`,
    "",
    ...[...imports].sort().map((name) => `import "${name}";`),
    ...(imports.size > 0 ? [""] : []),
    ...keys.flatMap((key) => draftMessage(key, messages.get(key) ?? [], comments)),
  ];
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lines.join("\n"));
}

const table = process.argv[2];
if (table === undefined) throw new Error("usage: draft-proto TABLE.tsv");
const messages = readTable(table);
const files = new Map<string, string[]>();
for (const key of reachable(messages)) files.set(targetFile(key), [...(files.get(targetFile(key)) ?? []), key]);
for (const [file, keys] of files) draftFile(file, keys, messages);
process.stdout.write(`${files.size} files, ${[...files.values()].flat().length} messages\n`);
