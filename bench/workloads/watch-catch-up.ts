import { decodeWhole } from "../../src/api/codec/whole.js";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import { ResourcesService, WatchRequest, WatchResponse } from "../../src/gen/howbernetes/api/v1/resources.js";
import { alternate, timed } from "../harness/measurement.js";
import { RawStream } from "../harness/raw-calls.js";
import { configMapPrefix, type ServedEtcd, withServedEtcd } from "../harness/served-etcd.js";
import type { ServerWorkload } from "./workload.js";

const changes = 50_000;
const watchers = 20;
const rounds = 3;
const type = { group: "", version: "v1", resource: "configmaps" };

/** Twenty watchers that come 50,000 changes late, until each has them all, against as many watches of etcd. */
export const watchCatchUp: ServerWorkload = {
  id: "B10",
  title: "catching up",
  run: () =>
    withServedEtcd(changes, async (served) => {
      const samples = await alternate(
        rounds,
        () => timed(() => catchUp(served)),
        () => timed(() => Promise.all(Array.from({ length: watchers }, () => catchUpAtEtcd(served)))),
      );
      return [{ name: "B10", unit: "ms", peer: "etcd watches", ours: samples.ours, peers: samples.theirs, aim: 1 }];
    }),
};

/** Every watcher must be told of every change, once and in order: all of them the same, and that what etcd wrote. */
async function catchUp({ server, revisions }: ServedEtcd): Promise<void> {
  const client = await server.connect();
  const resourceVersion = String((revisions[0] ?? 0) - 1);
  const request = WatchRequest.encode(WatchRequest.fromPartial({ type, namespace: "default", resourceVersion })).finish();
  const told: Buffer[] = [];
  const readers = Array.from({ length: watchers }, async () => {
    let count = 0;
    let stream: RawStream | undefined;
    const done = new Promise<void>((resolve, reject) => {
      stream = new RawStream(client, ResourcesService.watch.path, request, (message) => {
        // As a client would; etcd's answers are decoded as far.
        for (const { object } of WatchResponse.decode(message).events) {
          const bytes = object?.value ?? Buffer.alloc(0);
          const same = told[count];
          if (same === undefined) told.push(bytes);
          else if (!same.equals(bytes)) reject(new Error(`watchers were told different things as change ${count}`));
          count += 1;
        }
        if (count >= changes) resolve();
      });
      stream.broken.catch(reject);
    });
    await done.finally(() => stream?.cancel());
  });
  await Promise.all(readers).finally(() => client.close());
  for (const [index, bytes] of told.entries()) {
    const { metadata } = decodeWhole(configMapKind, bytes);
    if (metadata.resourceVersion !== String(revisions[index])) throw new Error(`change ${index} is a gap or a repeat`);
  }
}

async function catchUpAtEtcd({ etcd, revisions }: ServedEtcd): Promise<void> {
  let count = 0;
  await etcd.watch(configMapPrefix, revisions[0] ?? 0, ({ events }) => {
    count += events.length;
    return count >= changes;
  });
}
