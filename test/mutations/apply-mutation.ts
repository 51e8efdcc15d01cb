import type { Mutation } from "./mutations.js";

/** A file's text with a fault in it. @throws Error unless there is exactly one place for it */
export function applyMutation(text: string, { find, replace, file }: Pick<Mutation, "find" | "replace" | "file">): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`${file} has ${parts.length - 1} places that read ${JSON.stringify(find)}, where one was expected`);
  return parts.join(replace);
}
