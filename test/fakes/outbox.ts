/** Requests that are sent as the test goes. */
export class Outbox<T> implements AsyncIterable<T> {
  private readonly queue: T[] = [];
  private wake: () => void = () => undefined;
  private ended = false;

  send(value: T): void {
    this.queue.push(value);
    this.wake();
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      for (let value = this.queue.shift(); value !== undefined; value = this.queue.shift()) yield value;
      if (this.ended) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
