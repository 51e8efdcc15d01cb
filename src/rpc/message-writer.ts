/** As much of a grpc-js stream as writing to it needs. */
export interface MessageSink {
  write(message: Buffer, done: (error?: Error | null) => void): boolean;
}

/** grpc-js counts messages, not bytes: sixteen of a megabyte would be sixteen megabytes for every slow reader. */
const maxPendingBytes = 256 * 1024;
const maxPendingMessages = 16;

/**
 * Writes messages to a stream no faster than its reader takes them. At most `maxPendingMessages` messages are handed
 * over beyond what flow control let out, and no more once `maxPendingBytes` are waiting.
 */
export class MessageWriter {
  private pendingBytes = 0;
  private pendingMessages = 0;
  private wake: (() => void) | undefined;

  constructor(
    private readonly sink: MessageSink,
    private readonly signal: AbortSignal,
  ) {
    // A canceled call's callbacks never come.
    signal.addEventListener("abort", () => this.wake?.(), { once: true });
  }

  /** Hands one message over. Await `ready` before the next. */
  write(message: Buffer): void {
    this.pendingBytes += message.length;
    this.pendingMessages += 1;
    this.sink.write(message, () => {
      this.pendingBytes -= message.length;
      this.pendingMessages -= 1;
      if (!this.isFull()) this.wake?.();
    });
  }

  /** Undefined when there is room at once, which spares the fast path a turn of the microtask queue. */
  ready(): Promise<void> | undefined {
    if (!this.isFull() || this.signal.aborted) return undefined;
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = undefined;
        resolve();
      };
    });
  }

  private isFull(): boolean {
    return this.pendingMessages >= maxPendingMessages || this.pendingBytes >= maxPendingBytes;
  }
}
