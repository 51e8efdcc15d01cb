import type { Client } from "@grpc/grpc-js";
import { ResourcesService } from "../../src/gen/howbernetes/api/v1/resources.js";
import { countEvents } from "../../src/storage/cacher/event-encoder.js";
import { RawStream } from "./raw-calls.js";

/** Makes changes at a steady pace. @returns when each was begun, in milliseconds since the epoch, if that is known */
export type Writer = (count: number) => Promise<readonly number[]>;

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
  /** When changes were told, by their place. */
  private tellings: number[][] = [];

  constructor(connect: () => Client, size: number, request: Uint8Array) {
    this.counts = Array<number>(size).fill(0);
    for (let stream = 0; stream < size; stream++) {
      if (stream % watchersPerConnection === 0) this.clients.push(connect());
      const client = this.clients.at(-1);
      if (client === undefined) throw new Error("no connection was made");
      this.streams.push(new RawStream(client, ResourcesService.watch.path, request, (message) => this.take(stream, countEvents(message))));
    }
  }

  /** Resolves once every watch is there, and quiet: it is when it has been told of a change, and changes are made until all have been. */
  async gather(write: Writer): Promise<void> {
    while (this.counts.includes(0)) {
      await this.orBroken(write(1));
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
    this.tellings = Array.from({ length: count }, () => []);
    this.counts = this.counts.map(() => 0);
    this.left = this.counts.length * count;
    const start = performance.now();
    const done = new Promise<void>((resolve) => {
      this.onDone = resolve;
    });
    const writing = write(count);
    await this.orBroken(done);
    const ms = performance.now() - start;
    const begun = await writing;
    return { ms, lags: begun.flatMap((beganMs, place) => (this.tellings[place] ?? []).map((toldMs) => toldMs - beganMs)) };
  }

  leave(): void {
    for (const stream of this.streams) stream.cancel();
    for (const client of this.clients) client.close();
  }

  private async orBroken(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, ...this.streams.map(({ broken }) => broken)]);
  }

  private take(stream: number, events: number): void {
    const place = this.counts[stream] ?? 0;
    this.counts[stream] = place + events;
    const nowMs = performance.timeOrigin + performance.now();
    for (let event = 0; event < events; event++) this.tellings[place + event]?.push(nowMs);
    this.told += events;
    this.left -= events;
    if (this.left === 0) this.onDone();
  }
}
