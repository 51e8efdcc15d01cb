import { isJsonObject } from "../codec/json.js";
import type { Json, JsonObject } from "../codec/json-values.js";
import { schema } from "../schema/schema.js";
import { itemElement } from "./json-items.js";
import { isAtomicMessage, type Structure, structureOf } from "./structure.js";

/**
 * Lays an apply configuration over a live object: what the configuration says holds, everything else stays. Nothing is
 * removed here but what the configuration sets to null. Both are JSON of one message.
 */
export function mergeConfiguration(typeName: string, live: JsonObject, configuration: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(live));
  const { byJsonName } = schema.message(typeName);
  for (const [name, value] of Object.entries(configuration)) {
    const field = byJsonName.get(name)?.field;
    merged.set(name, field === undefined ? value : mergeValue(structureOf(field), merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function mergeValue(structure: Structure, live: Json | undefined, applied: Json): Json {
  if (live === undefined || live === null) return applied;
  switch (structure.type) {
    case "leaf":
      return applied;
    case "struct":
      // A null container owns its field but takes nothing away from what others put there.
      return isJsonObject(live) && isJsonObject(applied) ? mergeConfiguration(structure.message, live, applied) : (applied ?? live);
    case "map":
      return isJsonObject(live) && isJsonObject(applied) ? mergeMap(structure.message, live, applied) : (applied ?? live);
    case "set":
    case "list":
      return Array.isArray(live) && Array.isArray(applied) ? mergeItems(structure, live, applied) : (applied ?? live);
  }
}

function mergeMap(message: string | undefined, live: JsonObject, applied: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(live));
  for (const [key, value] of Object.entries(applied)) {
    const before = merged.get(key);
    const isStruct = message !== undefined && isJsonObject(before) && isJsonObject(value);
    merged.set(key, isStruct ? mergeConfiguration(message, before, value) : value);
  }
  return Object.fromEntries(merged);
}

/**
 * Merges lists item by item. Items of both stand in the order of the configuration; what is in one list only keeps its
 * place between its neighbours there, and where both have something to say the live object's comes first.
 */
function mergeItems(structure: Structure, live: readonly Json[], applied: readonly Json[]): Json[] {
  const wanted = applied.map((item) => itemElement(structure, item));
  const isWanted = new Set(wanted);
  const present = live.map((item) => itemElement(structure, item));
  const liveByElement = new Map<string, Json>();
  present.forEach((element, at) => {
    if (!liveByElement.has(element)) liveByElement.set(element, live[at] ?? null);
  });
  const shared = wanted.filter((element) => liveByElement.has(element));
  const result: Json[] = [];
  let left = 0;
  const takeLiveUntil = (next: string | undefined): void => {
    for (; left < live.length && (next === undefined || present[left] !== next); left++) {
      if (!isWanted.has(present[left] ?? "")) result.push(live[left] ?? null);
    }
  };
  for (const [at, element] of wanted.entries()) {
    takeLiveUntil(shared[0]);
    if (element === shared[0]) {
      shared.shift();
      left++;
    }
    result.push(mergeItem(structure, liveByElement.get(element), applied[at] ?? null));
  }
  takeLiveUntil(undefined);
  return result;
}

function mergeItem(structure: Structure, live: Json | undefined, applied: Json): Json {
  const isStruct = structure.type === "list" && !isAtomicMessage(structure.message);
  return isStruct && isJsonObject(live) && isJsonObject(applied) ? mergeConfiguration(structure.message, live, applied) : applied;
}
