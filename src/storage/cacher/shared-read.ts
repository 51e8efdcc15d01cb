/**
 * Lets concurrent callers share one read whose answer must not be older than the call: a caller never gets the answer of
 * a read that began before it asked, and at most one read is under way at a time.
 */
export class SharedRead<Value> {
  private underWay: Promise<unknown> = Promise.resolve();
  private next: Promise<Value> | undefined;

  constructor(private readonly read: () => Promise<Value>) {}

  /** The answer of a read that begins after this call. */
  get(): Promise<Value> {
    this.next ??= this.begin();
    return this.next;
  }

  private async begin(): Promise<Value> {
    await this.underWay;
    this.next = undefined;
    const reading = this.read();
    this.underWay = reading.catch((_reportedToCallers: unknown) => undefined);
    return await reading;
  }
}
