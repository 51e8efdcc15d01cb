import { kindByName, kindsInCategory } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { UsageError } from "../usage-error.js";

/**
 * The kind that a user's word means.
 *
 * @throws UsageError when there is none
 */
export function kindForWord(word: string): Kind {
  const kind = kindByName(word);
  if (kind === undefined) throw new UsageError(`the server doesn't have a resource type "${word}"`);
  return kind;
}

/** The kinds that "pods,rs" or "all" mean, each once, in the order written. */
export function kindsForWords(words: string): Kind[] {
  const found = words
    .split(",")
    .filter((word) => word !== "")
    .flatMap((word) => {
      const members = kindsInCategory(word);
      return members.length > 0 ? members : [kindForWord(word)];
    });
  return [...new Set(found)];
}

/** "pod", or "deployment.apps": how kubectl names a type in its messages. */
export function qualifiedType(kind: Kind): string {
  return kind.group === "" ? kind.singular : `${kind.singular}.${kind.group}`;
}

/** "pod/web", or "deployment.apps/web": how kubectl names an object in its messages. */
export function qualifiedName(kind: Kind, name: string): string {
  return `${qualifiedType(kind)}/${name}`;
}

/** "pods/web", or "deployments/web": how kubectl names an object that it waits for. */
export function pluralName(kind: Kind, name: string): string {
  return `${kind.plural}/${name}`;
}
