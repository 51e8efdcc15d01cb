import { isApiError, isExpired } from "../api/errors.js";
import type { ApiObject } from "../api/object.js";
import { backoffMs, reconnectBackoff } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { InformerOptions, ObjectList, ResourceClient, Selection, WatchEvent } from "./contracts.js";

/** What a reflector keeps up to date. Both are called from one place, one after the other. */
export interface ReflectorTarget<T extends ApiObject> {
  /** This is all there is now, whatever was known before. Nothing is applied before it has been taken in. */
  replace(list: ObjectList<T>): void | Promise<void>;
  /** This happened next. */
  apply(event: WatchEvent<T>): void;
}

/** What a reflector needs besides a client. */
export interface ReflectorDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Numbers in [0, 1) for jitter; Math.random by default. */
  readonly random?: (() => number) | undefined;
}

/** A watch that lived this long was not part of the trouble before it. */
const healthyMs = 60_000;

/**
 * Shows a target what a selection of objects is, until `signal` fires: a list, then every change after it, in order and
 * once each. Lists anew when the server's history does not reach back to where the watch broke off, and tries again with
 * growing waits when the server cannot be reached or refuses. Rejects with what the target throws.
 */
export async function reflect<T extends ApiObject>(
  client: Pick<ResourceClient<T>, "kind" | "list" | "watch">,
  { namespace, labelSelector, fieldSelector, keep = (object) => object }: Selection & Pick<InformerOptions<T>, "keep">,
  target: ReflectorTarget<T>,
  { signal, clock, log, random = Math.random }: ReflectorDeps & { readonly signal: AbortSignal },
): Promise<void> {
  const selection: Selection = { namespace, labelSelector, fieldSelector };
  for (let failures = 0; !signal.aborted; ) {
    const startedMs = clock.monotonicMs();
    try {
      const list = await client.list({ ...selection, signal }, keep);
      const takenIn = target.replace(list);
      if (takenIn !== undefined) await takenIn;
      const { resourceVersion } = list;
      for await (const event of client.watch({ ...selection, resourceVersion, signal })) {
        target.apply(event.type === "bookmark" ? event : { ...event, object: keep(event.object) });
      }
    } catch (error: unknown) {
      if (signal.aborted) return;
      if (!isApiError(error)) throw error;
      report(error, { resource: client.kind.plural, failures }, log);
    }
    failures = clock.monotonicMs() - startedMs >= healthyMs ? 1 : failures + 1;
    // Rejects only because `signal` fired, which the loop's head sees.
    await clock.sleep(backoffMs(failures, reconnectBackoff, random), signal).catch((_aborted: unknown) => undefined);
  }
}

function report(error: Error, fields: { readonly resource: string; readonly failures: number }, log: Log): void {
  if (isExpired(error)) log.info("history is gone, listing anew", { resource: fields.resource });
  else log.warn("list or watch failed", { ...fields, error });
}
