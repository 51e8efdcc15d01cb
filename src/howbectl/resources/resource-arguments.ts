import type { Kind } from "../../api/kinds/kind.js";
import { UsageError } from "../usage-error.js";
import { kindForWord, kindsForWords } from "./kind-lookup.js";

/** One object, as a user names it. */
export interface Target {
  readonly kind: Kind;
  readonly name: string;
}

/** What the words after a verb ask for: certain objects, or all (that flags select) of some kinds. */
export type ResourceArguments =
  | { readonly form: "kinds"; readonly kinds: readonly Kind[] }
  | { readonly form: "targets"; readonly targets: readonly Target[] };

/** How to say which objects are meant. */
export const whatHint = [
  "Example resource specifications include:",
  "   '-f rsrc.yaml'",
  "   '--filename=rsrc.json'",
  "   '<resource> <name>'",
  "   '<resource>'",
].join("\n");

const mixed =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form " +
  "(e.g. 'howbectl get resource/<resource_name>' instead of 'howbectl get resource resource/<resource_name>'";

/**
 * Reads `TYPE[,TYPE…]`, `TYPE[,TYPE…] NAME…` or `TYPE/NAME…`.
 *
 * @throws UsageError on an unknown type, or a mixture of the forms
 */
export function parseResourceArguments(words: readonly string[]): ResourceArguments {
  const [types, ...names] = words;
  if (types === undefined) throw new UsageError("Required resource not specified.", typeHint);
  if (words.some((word) => word.includes("/"))) return { form: "targets", targets: words.map(parseSlashed) };

  const kinds = kindsForWords(types);
  if (names.length === 0) return { form: "kinds", kinds };
  return { form: "targets", targets: kinds.flatMap((kind) => names.map((name) => ({ kind, name }))) };
}

const typeHint = 'Use "howbectl api-resources" for a complete list of supported resources.';

/** Like `parseResourceArguments`, for verbs that need names. */
export function parseTargets(words: readonly string[]): readonly Target[] {
  const parsed = parseResourceArguments(words);
  if (parsed.form === "kinds") throw new UsageError("resource(s) were provided, but no name was specified");
  return parsed.targets;
}

function parseSlashed(word: string): Target {
  const [type = "", name = "", ...rest] = word.split("/");
  if (!word.includes("/")) throw new UsageError(mixed);
  if (rest.length > 0) throw new UsageError("arguments in resource/name form may not have more than one slash");
  if (type === "" || name === "") throw new UsageError("arguments in resource/name form must have a single resource and name");
  return { kind: kindForWord(type), name };
}
