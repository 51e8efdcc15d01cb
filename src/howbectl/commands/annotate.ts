import { Command } from "commander";
import type { CliEnv } from "../cli-env.js";
import { addPairFlags, changePairs, type PairFlags, type PairLanguage } from "../resources/change-pairs.js";
import { overwritten, type PairWords, parsePairWords } from "../resources/pair-words.js";
import { UsageError } from "../usage-error.js";

export const annotateCommand = (env: CliEnv): Command =>
  addPairFlags(new Command("annotate"), "annotation", "howbectl-annotate").action((words: string[], flags: PairFlags) =>
    changePairs(parseAnnotationWords(words), annotations, flags, env),
  );

function parseAnnotationWords(words: readonly string[]): PairWords {
  const parsed = parsePairWords(words, "annotation");
  const both = parsed.remove.filter((key) => parsed.set.has(key));
  if (both.length > 0) {
    throw new UsageError(`can not both modify and remove the following annotation(s) in the same command: ${both.join(", ")}`);
  }
  return parsed;
}

/** Why a rollout was made may always be said anew. */
const changeCause = "kubernetes.io/change-cause";

const annotations: PairLanguage = {
  type: "annotation",
  field: "annotations",
  check: ({ set }, present, overwrite) => {
    const found = overwrite ? [] : overwritten(new Map([...set].filter(([key]) => key !== changeCause)), present);
    if (found.length > 0) {
      throw new UsageError(`--overwrite is false but found the following declared annotation(s): ${found.join("; ")}`);
    }
  },
  outcome: () => "annotated",
};
