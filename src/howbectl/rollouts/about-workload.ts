import type { FoundObject } from "../resources/found-objects.js";
import { UsageError } from "../usage-error.js";

/** An error of one object among several: `deployments.apps "web" is not paused`. */
export function aboutWorkload({ kind, key }: Pick<FoundObject, "kind" | "key">, what: string): UsageError {
  const type = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
  return new UsageError(`${type} "${key.name}" ${what}`);
}
