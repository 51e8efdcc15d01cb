import type { Files } from "../cli-env.js";
import { customColumnsFromFile } from "../printers/custom-columns.js";

/** `-o jsonpath-file=PATH` and `-o custom-columns-file=PATH` in every way of writing them. */
const pattern = /^(-o|--output=)?(jsonpath|custom-columns)-file=(.+)$/s;

/** Puts the text of the files that `-o` names in their place: what prints then need not know of files. */
export async function inlineOutputFiles(words: readonly string[], files: Files): Promise<string[]> {
  const end = words.indexOf("--");
  return await Promise.all(words.map((word, index) => (end >= 0 && index >= end ? word : inline(word, words[index - 1], files))));
}

async function inline(word: string, before: string | undefined, files: Files): Promise<string> {
  const [, flag, form = "", path = ""] = pattern.exec(word) ?? [];
  if (form === "" || (flag === undefined && before !== "-o" && before !== "--output")) return word;
  const text = await files.read(path);
  return `${flag ?? ""}${form}=${form === "custom-columns" ? customColumnsFromFile(text) : text}`;
}
