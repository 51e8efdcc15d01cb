import type { Client } from "@grpc/grpc-js";
import { ResourcesService } from "../../src/gen/howbernetes/api/v1/resources.js";
import { RawStream } from "./raw-calls.js";

/** Makes changes at a steady pace, and tells when each is begun. */
export type Writer = (count: number, onWrite: () => void) => void;

const watchersPerConnection = 100;
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300));

/** Watches that count what they are told. */
export class WatchCrowd {
  private readonly clients: Client[] = [];
  private readonly streams: RawStream[] = [];
  private counts: number[];
  private told = 0;
  private left = Number.POSITIVE_INFINITY;
  private onDone: () => void = () => undefined;
  private onTold: (place: number) => void = () => undefined;

  constructor(connect: () => Client, size: number, request: Uint8Array) {
    this.counts = Array<number>(size).fill(0);
    for (let stream = 0; stream < size; stream++) {
      if (stream % watchersPerConnection === 0) this.clients.push(connect());
      const client = this.clients.at(-1);
      if (client === undefined) throw new Error("no connection was made");
      this.streams.push(new RawStream(client, ResourcesService.watch.path, request, () => this.take(stream)));
    }
  }

  /** Resolves once every watch is there, and quiet: it is when it has been told of a change, and changes are made until all have been. */
  async gather(write: Writer): Promise<void> {
    while (this.counts.includes(0)) {
      await this.orBroken(new Promise<void>((resolve) => write(1, resolve)));
      await pause();
    }
    for (let told = -1; told !== this.told; ) {
      told = this.told;
      await pause();
    }
  }

  /**
   * Makes changes, and resolves when every watch has been told of all of them.
   * @returns how long that took, and how long after its beginning each change was told to each
   */
  async fanOut(count: number, write: Writer): Promise<{ readonly ms: number; readonly lags: readonly number[] }> {
    const begun: number[] = [];
    const lags: number[] = [];
    this.counts = this.counts.map(() => 0);
    this.left = this.counts.length * count;
    this.onTold = (place) => lags.push(performance.now() - (begun[place] ?? Number.NaN));
    const start = performance.now();
    const done = new Promise<void>((resolve) => {
      this.onDone = resolve;
    });
    write(count, () => begun.push(performance.now()));
    await this.orBroken(done);
    return { ms: performance.now() - start, lags };
  }

  leave(): void {
    for (const stream of this.streams) stream.cancel();
    for (const client of this.clients) client.close();
  }

  private async orBroken(work: Promise<void>): Promise<void> {
    await Promise.race([work, ...this.streams.map(({ broken }) => broken)]);
  }

  private take(stream: number): void {
    const place = this.counts[stream] ?? 0;
    this.counts[stream] = place + 1;
    this.onTold(place);
    this.told += 1;
    this.left -= 1;
    if (this.left === 0) this.onDone();
  }
}
