import type { SharedDelivery } from "./shared-delivery.js";

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

  add(message: Buffer): void {
    this.messages.push(message);
    this.bytes += message.length;
  }

  /** What was gathered; undefined when that is nothing. */
  whole(): Buffer | undefined {
    return this.messages.length > 1 ? this.delivery.join(this.messages) : this.messages[0];
  }
}
