import { randomBytes } from "node:crypto";
import { makeWhole } from "../api/codec/whole.js";
import { isNotFound } from "../api/errors.js";
import { eventKind } from "../api/kinds/event/kind.js";
import { apiVersionOf } from "../api/kinds/index.js";
import type { ObjectKey } from "../api/object.js";
import { formatRfc3339, timeFromMs } from "../api/values/time.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { Event } from "../gen/howbernetes/core/v1/event.js";
import type { ApiClient, EventRecorder, EventSubject, ResourceClient } from "./contracts.js";
import { combinedMessage, EventAggregator } from "./event-aggregator.js";
import { EventSpamFilter } from "./event-spam-filter.js";
import { remember } from "./remember.js";

/** Who records Events, and by which client. */
export interface EventRecorderOptions {
  readonly client: ApiClient;
  /** Who reports, as "replicaset-controller". */
  readonly component: string;
  /** The node it reports from, for components that run on nodes. */
  readonly host?: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Kubernetes' window for taking repeats together. */
const sameWindowMs = 10 * 60 * 1000;
/** A flood of different events drops the latest of them rather than fill the memory. */
const maxWaiting = 1_000;
/** How long the end of a process may be held up by what it had to say. */
const flushMs = 5_000;
/** A name has at most 253 characters, of which a dot and sixteen digits are the event's own. */
const maxNamePrefix = 253 - 17;
/** Kubernetes' bound on `message`. */
const maxMessageLength = 1_024;

/** Creates a recorder. Events are written in the background, in order; what cannot be written is dropped. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder & { flush(): Promise<void> } {
  return new QueueingRecorder(options);
}

/** One event and its repeats; or, of a group of similar ones, those too many to have an Event each. */
interface Series {
  readonly about: EventSubject;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  /** Of the last of them. */
  message: string;
  readonly firstMs: number;
  lastMs: number;
  count: number;
  /** Once it is stored. */
  stored: ObjectKey | undefined;
}

/** Invariants: a series waits at most once; only `pump` writes, one series at a time, so a create precedes its patches. */
class QueueingRecorder implements EventRecorder {
  private readonly events: ResourceClient<Event>;
  private readonly remembered = new Map<string, Series>();
  private readonly aggregator: EventAggregator;
  private readonly spamFilter: EventSpamFilter;
  private readonly waiting = new Set<Series>();
  private pumping: Promise<void> | undefined;
  private dropped = 0;
  private giveUp = new AbortController();

  constructor(private readonly options: EventRecorderOptions) {
    this.events = options.client.of(eventKind);
    this.aggregator = new EventAggregator(options.clock);
    this.spamFilter = new EventSpamFilter(options.clock);
  }

  event(about: EventSubject, type: "Normal" | "Warning", reason: string, message: string): void {
    const series = this.seriesOf(about, type, reason, message.slice(0, maxMessageLength));
    // What waits to be written says all that has happened by then: a repeat costs nothing.
    if (this.waiting.has(series) || !this.spamFilter.admits(nameOf(about), type)) return;
    if (this.waiting.size >= maxWaiting) {
      this.dropped += 1;
      if (this.dropped === 1) this.options.log.warn("too many events at once, dropping some");
      return;
    }
    this.waiting.add(series);
    this.pumping ??= this.pump();
  }

  /** Resolves when everything recorded so far is written, or dropped: what takes more than 5 s, as when the server is away. */
  async flush(): Promise<void> {
    const { giveUp } = this;
    const cancel = this.options.clock.after(flushMs, () => giveUp.abort());
    try {
      await this.pumping;
    } finally {
      cancel();
      if (giveUp.signal.aborted) this.giveUp = new AbortController();
    }
  }

  private seriesOf(about: EventSubject, type: Series["type"], reason: string, ownMessage: string): Series {
    const nowMs = this.options.clock.now();
    const group = JSON.stringify([nameOf(about), type, reason]);
    const isCombined = this.aggregator.isOneTooMany(group, ownMessage);
    const message = isCombined ? combinedMessage(ownMessage).slice(0, maxMessageLength) : ownMessage;
    const identity = isCombined ? group : JSON.stringify([group, about.fieldPath ?? "", message]);
    const known = this.remembered.get(identity);
    const repeats = known !== undefined && nowMs - known.lastMs < sameWindowMs;
    const series = repeats ? known : { about, type, reason, message, firstMs: nowMs, lastMs: nowMs, count: 0, stored: undefined };
    series.count += 1;
    series.lastMs = nowMs;
    series.message = message;
    remember(this.remembered, identity, series);
    return series;
  }

  private async pump(): Promise<void> {
    // Whoever records is in the middle of something: begin after it.
    await Promise.resolve();
    const { signal } = this.giveUp;
    for (const series of this.waiting) {
      this.waiting.delete(series);
      if (signal.aborted) continue;
      await this.write(series, signal).catch((error: unknown) => {
        this.options.log.debug("event could not be written", { reason: series.reason, error });
      });
    }
    this.pumping = undefined;
    this.dropped = 0;
  }

  private async write(series: Series, signal: AbortSignal): Promise<void> {
    if (series.stored !== undefined) {
      const patch = { message: series.message, count: series.count, lastTimestamp: formatRfc3339(timeFromMs(series.lastMs)) };
      try {
        await this.events.patch(series.stored, "merge", patch, { signal });
        return;
      } catch (error: unknown) {
        if (!isNotFound(error)) throw error;
        // It has expired; the series goes on under a new name.
      }
    }
    const { namespace, name } = (await this.events.create(this.toEvent(series), { signal })).metadata;
    series.stored = { namespace, name };
  }

  private toEvent({ about, type, reason, message, firstMs, lastMs, count }: Series): Event {
    const { kind, object, fieldPath } = about;
    const { component, host } = this.options;
    const { name, namespace, uid, resourceVersion } = object.metadata;
    return makeWhole(eventKind, {
      metadata: {
        name: `${name.slice(0, maxNamePrefix)}.${randomBytes(8).toString("hex")}`,
        namespace: namespace === "" ? "default" : namespace,
      },
      involvedObject: { kind: kind.kind, apiVersion: apiVersionOf(kind), namespace, name, uid, resourceVersion, fieldPath },
      reason,
      message,
      type,
      source: { component, host },
      reportingComponent: component,
      reportingInstance: host ?? "",
      firstTimestamp: timeFromMs(firstMs),
      lastTimestamp: timeFromMs(lastMs),
      count,
    });
  }
}

/** Says of an object which one it is. */
function nameOf({ kind, object }: EventSubject): string {
  const { namespace, name, uid } = object.metadata;
  return JSON.stringify([kind.kind, namespace, name, uid]);
}
