import type { JsonObject } from "../../api/codec/json-values.js";
import { UsageError } from "../usage-error.js";
import type { TaintRemoval, TaintWords } from "./taint-words.js";

/** What is to become of a node's taints. */
export interface TaintPlan {
  readonly taints: readonly JsonObject[];
  readonly outcome: "tainted" | "untainted" | "modified";
}

/**
 * The taints of a node once `words` have been done to it.
 *
 * @throws UsageError when one that is to go is not there, or one that is there would be replaced without leave
 */
export function planTaints(nodeName: string, present: readonly JsonObject[], words: TaintWords, overwrite: boolean): TaintPlan {
  const { add, remove } = words;
  const replaced = add.filter((taint) => present.some((one) => isSame(one, taint)));
  if (replaced.length > 0 && !overwrite) {
    const keys = replaced.map(({ key }) => key).join(",");
    throw new UsageError(`node ${nodeName} already has ${keys} taint(s) with same effect(s) and --overwrite is false`);
  }
  const set = add.map(({ key, value, effect }): JsonObject => (value === "" ? { key, effect } : { key, value, effect }));
  const all = [...set, ...present.filter((one) => !add.some((taint) => isSame(one, taint)))];
  const missing = remove.filter((gone) => !all.some((one) => isMeant(one, gone)));
  if (missing.length > 0) {
    const texts = missing.map(({ key, effect }) => `taint "${effect === "" ? key : `${key}:${effect}`}" not found`);
    throw new UsageError(texts.length === 1 ? texts.join() : `[${texts.join(", ")}]`);
  }
  return {
    taints: all.filter((one) => !remove.some((gone) => isMeant(one, gone))),
    outcome: outcomeOf(all.length !== present.length, remove.length > 0, overwrite),
  };
}

const isSame = (one: JsonObject, { key, effect }: TaintRemoval): boolean => one.key === key && one.effect === effect;
const isMeant = (one: JsonObject, gone: TaintRemoval): boolean => (gone.effect === "" ? one.key === gone.key : isSame(one, gone));

function outcomeOf(isAdded: boolean, isRemoved: boolean, overwrite: boolean): TaintPlan["outcome"] {
  if (overwrite || (isAdded && isRemoved)) return "modified";
  return isAdded ? "tainted" : "untainted";
}
