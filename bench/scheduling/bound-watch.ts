import type { Client } from "@grpc/grpc-js";
import { ResourcesService, WatchRequest } from "../../src/gen/howbernetes/api/v1/resources.js";
import { countEvents } from "../../src/storage/cacher/event-encoder.js";
import { RawStream } from "../harness/raw-calls.js";

const type = { group: "", version: "v1", resource: "pods" };

/**
 * Counts the pods of a namespace that have a node, by a watch for those alone: each is one event, the one by which it
 * comes into the selection. Nothing is decoded, for this process shares the machine with what is measured.
 */
export class BoundWatch {
  private readonly stream: RawStream;
  private count = 0;
  private awaited: { readonly count: number; readonly reached: () => void } | undefined;

  constructor(client: Client, namespace: string) {
    const request = WatchRequest.fromPartial({ type, namespace, fieldSelector: "spec.nodeName!=" });
    this.stream = new RawStream(client, ResourcesService.watch.path, WatchRequest.encode(request).finish(), (message) => {
      this.count += countEvents(message);
      if (this.awaited !== undefined && this.count >= this.awaited.count) this.awaited.reached();
    });
  }

  /** Resolves once so many have a node. @returns when, in milliseconds since the epoch */
  async bound(count: number): Promise<number> {
    const reached = new Promise<number>((resolve) => {
      const now = (): void => resolve(performance.timeOrigin + performance.now());
      this.awaited = { count, reached: now };
      if (this.count >= count) now();
    });
    return await Promise.race([reached, this.stream.broken]);
  }

  stop(): void {
    this.stream.cancel();
  }
}
