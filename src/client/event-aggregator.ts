import type { Clock } from "../base/clock.js";
import { remember } from "./remember.js";

/** Kubernetes' window for taking similar events together. */
const windowMs = 10 * 60 * 1000;
/** From the tenth different message within the window on, similar events are told as one. */
const maxDifferent = 10;

/** What has been told of one object for one reason. */
interface Group {
  readonly messages: Set<string>;
  lastMs: number;
}

/**
 * Takes similar events together, as client-go does: those of one object, type and reason that differ in their message
 * alone. Pods of a large ReplicaSet, or an address that a probe tells anew each time, would otherwise fill the store.
 */
export class EventAggregator {
  private readonly groups = new Map<string, Group>();

  constructor(private readonly clock: Pick<Clock, "now">) {}

  /** Notes an event of a group. @returns whether it is to be combined with the others of its group */
  isOneTooMany(group: string, message: string): boolean {
    const nowMs = this.clock.now();
    const known = this.groups.get(group);
    const present = known !== undefined && nowMs - known.lastMs <= windowMs ? known : { messages: new Set<string>(), lastMs: nowMs };
    present.lastMs = nowMs;
    present.messages.add(message);
    remember(this.groups, group, present);
    if (present.messages.size < maxDifferent) return false;
    // One makes room for the next; which one does not matter, for those that are left still have their own Events.
    present.messages.delete(message);
    return true;
  }
}

/** The message of an event that stands for others of its group: that of the last of them. */
export function combinedMessage(message: string): string {
  return `(combined from similar events): ${message}`;
}
