import { isNotFound } from "../../api/errors.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { isRevisionMismatch } from "../../storage/errors.js";
import type { Store } from "../../storage/interface.js";
import { quotaTurnNamespace, quotaTurnPrefix } from "../../storage/keys.js";
import type { ObjectStore } from "../object-store.js";

// Bounds one answer of the store.
const pageSize = 500;

/** Removes what namespaces that are gone have left of their quotas' turns. @returns how many keys */
export async function sweepQuotaTurns(
  objects: Pick<ObjectStore, "get">,
  store: Pick<Store, "list" | "delete">,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  for (let after = ""; ; ) {
    const { values, remaining } = await store.list(quotaTurnPrefix, { limit: pageSize, after, signal });
    for (const { key, revision } of values) {
      if (await exists(objects, quotaTurnNamespace(key), signal)) continue;
      try {
        await store.delete(key, revision);
        removed += 1;
      } catch (error: unknown) {
        // The namespace is there anew, and the turn taken.
        if (!isRevisionMismatch(error)) throw error;
      }
    }
    after = values.at(-1)?.key ?? "";
    if (remaining === 0 || after === "") return removed;
  }
}

async function exists(objects: Pick<ObjectStore, "get">, name: string, signal: AbortSignal): Promise<boolean> {
  try {
    await objects.get(namespaceKind, { namespace: "", name }, { kind: "any" }, signal);
    return true;
  } catch (error: unknown) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
