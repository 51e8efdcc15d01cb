import type { Json, JsonObject } from "../../api/codec/json-values.js";
import { applyOperations } from "../../api/patch/json-operations.js";

/** An operation of a JSON patch on a pod, by paths into the pod. */
export interface PodChange {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/**
 * Changes of a pod, as changes of what it was made from: an object with a template below `prefix`. What admission has given
 * the pod alone is missing there, as tolerations and requests: it is added with all that is missing above it, and need not
 * be removed. Each operation is for what those before it leave.
 */
export function templatePatch(document: JsonObject, prefix: string, changes: readonly PodChange[]): readonly PodChange[] {
  const patch: PodChange[] = [];
  let current = document;
  for (const change of changes) {
    const operation = adapted(current, { ...change, path: `${prefix}${change.path}` });
    if (operation === undefined) continue;
    patch.push(operation);
    current = applyOperations(current, [operation]);
  }
  return patch;
}

/** The operation as the document needs it; undefined when there is nothing to do. */
function adapted(document: JsonObject, change: PodChange): PodChange | undefined {
  const words = change.path.split("/").slice(1).map(unescaped);
  const present = depthOf(document, words);
  if (present === words.length) return change;
  const [, ...below] = words.slice(present);
  // Of an item that the template does not have, no part can be changed.
  const isOfItem = words.slice(present, -1).some(isPlace) || (change.op === "replace" && isPlace(words.at(-1) ?? ""));
  if (change.op === "remove" || isOfItem) return undefined;
  const path = change.path
    .split("/")
    .slice(0, present + 2)
    .join("/");
  return { op: "add", path, value: below.reduceRight(around, change.value) };
}

/** How many of the words lead to something that is there. */
function depthOf(document: JsonObject, words: readonly string[]): number {
  let at: Json | undefined = document;
  for (const [depth, word] of words.entries()) {
    if (at === null || typeof at !== "object" || !Object.hasOwn(at, word)) return depth;
    at = (at as Record<string, Json>)[word];
  }
  return words.length;
}

/** Whether a word is a place in a list. */
const isPlace = (word: string): boolean => /^(?:-|\d+)$/.test(word);

/** What holds a value by such a word: a list by a place in it, else an object. */
const around = (value: unknown, word: string): unknown => (isPlace(word) ? [value] : { [word]: value });

/** As RFC 6901 has words in paths. */
const unescaped = (word: string): string => word.replaceAll("~1", "/").replaceAll("~0", "~");
