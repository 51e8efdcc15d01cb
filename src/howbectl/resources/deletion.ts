import { isApiError } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ObjectKey } from "../../api/object.js";
import { isAbort, throwIfAborted } from "../../base/abort.js";
import type { CliEnv } from "../cli-env.js";
import { deadlineSignal } from "../deadline-signal.js";
import { type DryRun, dryRunSuffix } from "../flags/write-flags.js";
import { CommandFailure } from "../usage-error.js";
import { pluralName, qualifiedType } from "./kind-lookup.js";
import { type Doomed, waitUntilGone } from "./wait-until-gone.js";

/** `pod "web" deleted from default namespace`. */
export function deletionMessage(kind: Kind, key: ObjectKey, how: { readonly force: boolean; readonly dryRun: DryRun }): string {
  const verb = how.force ? "force deleted" : "deleted";
  const place = key.namespace === "" ? "" : ` from ${key.namespace} namespace`;
  return `${qualifiedType(kind)} "${key.name}" ${verb}${place}${dryRunSuffix(how.dryRun)}`;
}

/**
 * Waits until objects are gone.
 *
 * @param timeoutMs undefined: for ever
 * @throws CommandFailure with a line for each when the time is over
 */
export async function awaitDeletion(doomed: readonly Doomed[], timeoutMs: number | undefined, env: CliEnv): Promise<void> {
  if (doomed.length === 0) return;
  const deadline = deadlineSignal(timeoutMs, env);
  try {
    await waitUntilGone(await env.client(), doomed, deadline.signal);
  } catch (error: unknown) {
    if (!isAbort(error)) throw error;
    throwIfAborted(env.signal);
    const lines = await Promise.all(doomed.map((one) => overdueLine(one, env)));
    throw new CommandFailure(lines.join("\n"));
  } finally {
    deadline.cancel();
  }
}

/** Says that an object is still there and, unlike kubectl, which finalizers it waits for. */
async function overdueLine({ kind, key, uid }: Doomed, env: CliEnv): Promise<string> {
  const line = `error: timed out waiting for the condition on ${pluralName(kind, key.name)}`;
  const client = await env.client();
  const found = await client
    .of(kind)
    .get(key, { signal: env.signal })
    .catch((error: unknown) => {
      if (isApiError(error)) return undefined;
      throw error;
    });
  const finalizers = found?.metadata.uid === uid ? found.metadata.finalizers : [];
  return finalizers.length === 0 ? line : `${line}, which waits for its finalizers: ${finalizers.join(", ")}`;
}
