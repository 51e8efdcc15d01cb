import { objectToJson } from "../api/codec/json.js";
import type { Kind } from "../api/kinds/kind.js";
import { type ApiObject, formatKey, keyOf, type ObjectKey, type Whole } from "../api/object.js";
import { isAbort } from "../base/abort.js";
import type { ApiClient } from "../client/contracts.js";
import type { WaitOptions } from "./test-cluster.js";

const defaultTimeoutMs = 30_000;
/** Enough to see what is wrong, not so much that it can't be read. */
const maxShown = 4_000;

/** Which objects are waited for: those of a namespace ("": all), or the one of a name. */
interface Waited {
  readonly namespace: string;
  readonly name?: string;
}

/**
 * Follows objects of one kind until, taken together, they are as `predicate` wants them.
 * @throws Error with what was seen last when that takes longer than allowed
 */
export async function waitFor<T extends ApiObject>(
  client: ApiClient,
  kind: Kind<T>,
  waited: Waited,
  predicate: (objects: readonly Whole<T>[]) => boolean,
  { what = "the expected state", timeoutMs = defaultTimeoutMs }: WaitOptions = {},
): Promise<readonly Whole<T>[]> {
  const signal = AbortSignal.timeout(timeoutMs);
  const objects = new Map<string, Whole<T>>();
  const all = (): readonly Whole<T>[] => [...objects.values()];
  const fieldSelector = waited.name === undefined ? undefined : `metadata.name=${waited.name}`;
  let complete = false;
  try {
    for await (const event of client.of(kind).watch({ namespace: waited.namespace, fieldSelector, signal })) {
      if (event.type === "bookmark") complete ||= event.initialEnd;
      else if (event.type === "deleted") objects.delete(formatKey(keyOf(event.object)));
      else objects.set(formatKey(keyOf(event.object)), event.object);
      // Half of the state may look like what is wanted.
      if (complete && predicate(all())) return all();
    }
  } catch (error: unknown) {
    if (!signal.aborted || !isAbort(error)) throw error;
  }
  throw new Error(`${what} did not come in ${timeoutMs} ms; ${describe(kind, waited, all())}`);
}

/** The key of one object as what is waited for. */
export function onlyOne({ namespace, name }: ObjectKey): Waited {
  return { namespace, name };
}

function describe<T extends ApiObject>(kind: Kind<T>, { namespace, name }: Waited, objects: readonly Whole<T>[]): string {
  const subject = `${kind.plural} ${namespace === "" ? "" : `in ${namespace}`}${name === undefined ? "" : ` named ${name}`}`;
  if (objects.length === 0) return `there are no ${subject}`;
  const shown = JSON.stringify(objects.map((object) => objectToJson(kind, object as unknown as T)));
  return `${objects.length} ${subject}: ${shown.slice(0, maxShown)}${shown.length > maxShown ? "…" : ""}`;
}
