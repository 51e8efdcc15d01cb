import type { SharedDelivery } from "./shared-delivery.js";

/** A message, or several that must not be told apart: they are of one revision. */
export type Told = Buffer | readonly Buffer[];

/** How much that is. */
export function bytesIn(told: Told): number {
  return Buffer.isBuffer(told) ? told.length : told.reduce((sum, { length }) => sum + length, 0);
}

/** Enough that what a message costs by itself no longer counts, and little for a slow link. */
const fullBytes = 64 * 1024;

/**
 * Gathers WatchResponse messages into one. A message that is alone stays the very Buffer that other watchers are handed.
 */
export class MessageBatch {
  private readonly messages: Buffer[] = [];
  private bytes = 0;

  constructor(private readonly delivery: Pick<SharedDelivery, "join">) {}

  get isFull(): boolean {
    return this.bytes >= fullBytes;
  }

  add(told: Told): void {
    if (Buffer.isBuffer(told)) this.messages.push(told);
    else this.messages.push(...told);
    this.bytes += bytesIn(told);
  }

  /** What was gathered; undefined when that is nothing. */
  whole(): Buffer | undefined {
    return this.messages.length > 1 ? this.delivery.join(this.messages) : this.messages[0];
  }
}
