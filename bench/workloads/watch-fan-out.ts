import type { Client } from "@grpc/grpc-js";
import { packAny } from "../../src/api/codec/any.js";
import { decodeWhole } from "../../src/api/codec/whole.js";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import { EventType, WatchRequest, WatchResponse } from "../../src/gen/howbernetes/api/v1/resources.js";
import { alternate, type Comparison } from "../harness/measurement.js";
import { PacedWriter } from "../harness/paced-writer.js";
import { PeerProcess } from "../harness/peer-process.js";
import { connect } from "../harness/raw-calls.js";
import { configMapEntry, type ServedEtcd, withServedEtcd } from "../harness/served-etcd.js";
import { quantile } from "../harness/statistics.js";
import { WatchCrowd, type Writer } from "../harness/watch-crowd.js";
import type { FanOutOrder } from "../peers/fan-out-server.js";
import type { ServerWorkload } from "./workload.js";

const changes = 400;
const everyMs = 5;
const objects = 200;
const rounds = 3;
const crowds = [1, 10, 100, 1_000];
/** Time is the inverse of deliveries: 0.8 of the peer's are the same as 1.25 of its time. */
const timeAim = 1.25;
const lagCrowd = 100;
const lagAimMs = 50;
const type = { group: "", version: "v1", resource: "configmaps" };

/** Two hundred changes a second to 1, 10, 100 and 1,000 watchers, against a bare server that writes one Buffer to as many. */
export const watchFanOut: ServerWorkload = {
  id: "B9",
  title: "watch fan-out",
  run: async () => {
    const peer = await PeerProcess.start("fan-out-server.ts");
    try {
      return await withServedEtcd(objects, (served) => compare(served, peer));
    } finally {
      await peer.stop();
    }
  },
};

async function compare(served: ServedEtcd, peer: PeerProcess): Promise<readonly Comparison[]> {
  const { server: address, tls } = await served.server.credentials();
  const writer = await PacedWriter.start({ address, tls, objects });
  try {
    return await compareCrowds({ revisions: served.revisions, connectOurs: () => connect(address, tls), writer, peer });
  } finally {
    await writer.stop();
  }
}

interface Sides {
  readonly revisions: readonly number[];
  readonly connectOurs: () => Client;
  readonly writer: PacedWriter;
  readonly peer: PeerProcess;
}

async function compareCrowds({ revisions, connectOurs, writer, peer }: Sides): Promise<readonly Comparison[]> {
  const writeOurs: Writer = (count) => writer.write({ count, everyMs });
  const writePeers: Writer = async (count) => {
    const order: FanOutOrder = { message: sample().toString("base64"), count, everyMs };
    peer.send(order);
    return [];
  };
  const resourceVersion = String(revisions.at(-1));
  const request = WatchRequest.encode(WatchRequest.fromPartial({ type, namespace: "default", resourceVersion })).finish();
  const comparisons: Comparison[] = [];
  for (const size of crowds) {
    const ours = new WatchCrowd(connectOurs, size, request);
    await ours.gather(writeOurs);
    const theirs = new WatchCrowd(peer.connect, size, request);
    await theirs.gather(writePeers);
    const lags: number[] = [];
    const samples = await alternate(
      rounds,
      async () => {
        const round = await ours.fanOut(changes, writeOurs);
        lags.push(quantile(round.lags, 0.99));
        return round.ms;
      },
      async () => (await theirs.fanOut(changes, writePeers)).ms,
    );
    ours.leave();
    theirs.leave();
    const name = `B9 ${size} watchers`;
    comparisons.push({ name, unit: "ms", peer: "bare server", ours: samples.ours, peers: samples.theirs, aim: timeAim });
    if (size === lagCrowd) {
      comparisons.push({ name: `${name}, p99 lag`, unit: "ms", peer: "bound", ours: lags, peers: lags.map(() => lagAimMs), aim: 1 });
    }
  }
  return comparisons;
}

/** A change as the peer writes it: as large as one of ours. */
function sample(): Buffer {
  const object = packAny(configMapKind, decodeWhole(configMapKind, configMapEntry(1).value));
  return Buffer.from(WatchResponse.encode({ events: [{ type: EventType.MODIFIED, object }] }).finish());
}
