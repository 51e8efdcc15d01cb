import { isApiError, isExpired, isInternal, isTimeout, isTooManyRequests, isUnavailable } from "../api/errors.js";
import { type ApiObject, formatKey, keyOf, type Whole } from "../api/object.js";
import { abortError, isAbort, throwIfAborted } from "../base/abort.js";
import { backoffMs, reconnectBackoff } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import { linkAbort } from "../base/linked-abort.js";
import type { Log } from "../base/log.js";
import type { WatchEvent } from "./contracts.js";

/** One stream of a watch: from just after `resourceVersion`, or, when undefined, from the present state. */
export type OpenWatch<T extends ApiObject> = (resourceVersion: string | undefined, signal: AbortSignal) => AsyncIterable<WatchEvent<T>>;

/** What a watch needs to resume by itself. */
export interface WatchDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** Waits, bounded, for a connection to the server; says whether there is one. */
  readonly connected: (signal: AbortSignal) => Promise<boolean>;
  /** Fires when there will never be one any more. */
  readonly closed: AbortSignal;
  readonly log: Log;
}

/** Two bookmark periods of 10 s and some slack: a ping proves the socket, a bookmark proves the pipeline behind it. */
const silenceMs = 25_000;
/** A stream that lived this long was not part of the trouble before it. */
const healthyMs = 60_000;
/** From here on someone should know; before, it is a restart like any other. */
const failuresToWarnOf = 6;

/**
 * Watches through disconnects, restarts and server changes, by resuming after the last resourceVersion seen. No gap,
 * repeat or reordering; what is lost on the way is only time. Throws Expired when the server's history does not reach
 * back far enough, other errors that trying again cannot mend, and an abort error when `signal` or `closed` fires.
 */
export async function* resumableWatch<T extends ApiObject>(
  open: OpenWatch<T>,
  from: string | undefined,
  signal: AbortSignal,
  deps: WatchDeps,
): AsyncGenerator<WatchEvent<T>> {
  const cursor = new Cursor<T>(from);
  // Failures in a row; and those of them with a connection, each of which has cost the server something.
  for (let [failures, returns] = [0, 0]; ; ) {
    const startedMs = deps.clock.monotonicMs();
    let reason: unknown = "the server ended the stream";
    try {
      for await (const event of watched(open, cursor.resourceVersion, signal, deps)) {
        for (const passed of cursor.pass(event)) yield passed;
      }
    } catch (error: unknown) {
      if (signal.aborted) throw abortError(signal);
      if (!isPassing(error)) throw error;
      reason = error;
    }
    if (deps.clock.monotonicMs() - startedMs >= healthyMs) [failures, returns] = [0, 0];
    failures += 1;
    report(failures, reason, deps.log);
    if (!(await deps.connected(signal))) continue;
    returns += 1;
    await deps.clock.sleep(backoffMs(returns, reconnectBackoff, deps.random), signal);
  }
}

function report(failures: number, reason: unknown, log: Log): void {
  const fields = { failures, reason: reason instanceof Error ? reason.message : reason };
  if (failures === failuresToWarnOf) log.warn("watch cannot be resumed yet", fields);
  else log.debug("watch interrupted", fields);
}

/** Whether a new stream may do better. */
function isPassing(error: unknown): boolean {
  if (isExpired(error)) return false;
  return !isApiError(error) ? isStalled(error) : isUnavailable(error) || isTimeout(error) || isTooManyRequests(error) || isInternal(error);
}

class StalledError extends Error {
  override readonly name = "StalledError";
}

const isStalled = (error: unknown): boolean => error instanceof StalledError;

/** One stream with a watchdog: throws StalledError when nothing, not even a bookmark, came for too long. */
async function* watched<T extends ApiObject>(
  open: OpenWatch<T>,
  resourceVersion: string | undefined,
  signal: AbortSignal,
  { clock, closed }: WatchDeps,
): AsyncGenerator<WatchEvent<T>> {
  throwIfAborted(closed);
  const stream = linkAbort(signal);
  closed.addEventListener("abort", stream.abort);
  // Only time spent waiting for the server counts: a consumer that takes long over an event is no fault of the stream.
  let waitingSinceMs: number | undefined;
  let stalled = false;
  const check = (): void => {
    const silentMs = waitingSinceMs === undefined ? 0 : clock.monotonicMs() - waitingSinceMs;
    if (silentMs >= silenceMs) {
      stalled = true;
      stream.abort();
    } else {
      cancelCheck = clock.after(silenceMs - silentMs, check);
    }
  };
  let cancelCheck = clock.after(silenceMs, check);
  try {
    waitingSinceMs = clock.monotonicMs();
    for await (const event of open(resourceVersion, stream.signal)) {
      waitingSinceMs = undefined;
      yield event;
      waitingSinceMs = clock.monotonicMs();
    }
  } catch (error: unknown) {
    throw stalled && isAbort(error) ? new StalledError("neither event nor bookmark for too long") : error;
  } finally {
    cancelCheck();
    closed.removeEventListener("abort", stream.abort);
    stream.unlink();
    stream.abort();
  }
}

/**
 * Where a watch has got to. A stream that breaks in the middle of the initial state cannot be resumed, for that state
 * is not in order of revisions: the next stream's initial state is then compared with what was passed on already.
 */
class Cursor<T extends ApiObject> {
  /** What was passed on of the initial state; undefined once that is complete. */
  private initial: Map<string, Whole<T>> | undefined;
  private latest: string | undefined;
  /** Of those, the ones that this stream has not shown yet. */
  private unconfirmed = new Map<string, Whole<T>>();

  constructor(from: string | undefined) {
    // To the server these stand for the present state too: it must then be told apart from what follows.
    this.latest = from === "" || from === "0" ? undefined : from;
    this.initial = this.latest === undefined ? new Map() : undefined;
  }

  /** Where the next stream is to begin. Called when it begins. */
  get resourceVersion(): string | undefined {
    if (this.initial !== undefined) this.unconfirmed = new Map(this.initial);
    return this.latest;
  }

  /** What the caller is to see of an event. */
  pass(event: WatchEvent<T>): readonly WatchEvent<T>[] {
    if (this.initial !== undefined) return this.passInitial(event, this.initial);
    if (event.type === "bookmark") this.latest = event.resourceVersion;
    else if (event.continued !== true) this.latest = event.object.metadata.resourceVersion;
    return [event];
  }

  private passInitial(event: WatchEvent<T>, initial: Map<string, Whole<T>>): readonly WatchEvent<T>[] {
    if (event.type === "bookmark") {
      if (!event.initialEnd) return [];
      this.initial = undefined;
      this.latest = event.resourceVersion;
      const gone = [...this.unconfirmed.values()].map((object) => ({ type: "deleted", object }) as const);
      return [...gone, event];
    }
    const key = formatKey(keyOf(event.object));
    const known = initial.get(key);
    this.unconfirmed.delete(key);
    if (event.type === "deleted") initial.delete(key);
    else initial.set(key, event.object);
    if (known === undefined || event.type === "deleted") return [event];
    const changed = known.metadata.resourceVersion !== event.object.metadata.resourceVersion;
    return changed ? [{ type: "modified", object: event.object }] : [];
  }
}
