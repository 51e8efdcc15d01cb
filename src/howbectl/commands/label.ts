import { isDeepStrictEqual } from "node:util";
import { Command } from "commander";
import { labelValueProblems } from "../../api/validation/names.js";
import type { CliEnv } from "../cli-env.js";
import { addPairFlags, changePairs, type PairFlags, type PairLanguage } from "../resources/change-pairs.js";
import { overwritten, type PairWords, parsePairWords } from "../resources/pair-words.js";
import { UsageError } from "../usage-error.js";

export const labelCommand = (env: CliEnv): Command =>
  addPairFlags(new Command("label"), "label", "howbectl-label").action((words: string[], flags: PairFlags) =>
    changePairs(parseLabelWords(words), labels, flags, env),
  );

function parseLabelWords(words: readonly string[]): PairWords {
  const parsed = parsePairWords(words, "label");
  for (const [key, value] of parsed.set) {
    const problems = labelValueProblems(value);
    if (problems.length > 0) throw new UsageError(`invalid label value: "${key}=${value}": ${problems.join(";")}`);
  }
  if (parsed.remove.some((key) => parsed.set.has(key))) throw new UsageError("can not both modify and remove a label in the same command");
  return parsed;
}

const labels: PairLanguage = {
  type: "label",
  field: "labels",
  check: ({ set }, present, overwrite) => {
    const [first] = overwrite ? [] : overwritten(set, present);
    if (first !== undefined) throw new UsageError(`${first}, and --overwrite is false`);
  },
  outcome: ({ before, after, overwrite }) => {
    if (isDeepStrictEqual(before, after)) return "not labeled";
    // kubectl's rule: less text is taken for labels gone, unless what was there was to be overwritten.
    const isShorter = JSON.stringify(after).length < JSON.stringify(before).length;
    return isShorter && !overwrite ? "unlabeled" : "labeled";
  },
  absent: (key) => `label "${key}" not found.`,
};
