import { ListRequest, ResourcesService } from "../../src/gen/howbernetes/api/v1/resources.js";
import { alternate, timed } from "../harness/measurement.js";
import { rawCall } from "../harness/raw-calls.js";
import { configMapPrefix, withServedEtcd } from "../harness/served-etcd.js";
import type { ServerWorkload } from "./workload.js";

const objects = 10_000;
const rounds = 31;
const warmUps = 20;
const type = { group: "", version: "v1", resource: "configmaps" };
const everything = ListRequest.encode(ListRequest.fromPartial({ type })).finish();
const nothing = ListRequest.encode(ListRequest.fromPartial({ type, labelSelector: "app=absent" })).finish();

/** A list of 10,000 objects of a kilobyte, and one of which a selector leaves nothing, against an etcd range of them all. */
export const listObjects: ServerWorkload = {
  id: "B8",
  title: "list 10,000 objects",
  run: () =>
    withServedEtcd(objects, async ({ etcd, server }) => {
      const client = await server.connect();
      const list = (request: Uint8Array): Promise<Buffer> => rawCall(client, ResourcesService.list.path, request);
      await list(nothing);
      const before = server.memoryBytes().now;
      server.resetPeak();
      const payload = (await list(everything)).length;
      const peak = server.memoryBytes().peak - before;

      const range = (): Promise<number> => timed(() => etcd.range(configMapPrefix));
      // Until everyone's code is compiled.
      for (let round = 0; round < warmUps; round++) await Promise.all([list(everything), list(nothing), etcd.range(configMapPrefix)]);
      const all = await alternate(rounds, () => timed(() => list(everything)), range);
      const none = await alternate(rounds, () => timed(() => list(nothing)), range);
      const peer = "etcd range";
      return [
        { name: "B8 all", unit: "ms", peer, ours: all.ours, peers: all.theirs, aim: 1.2 },
        { name: "B8 none selected", unit: "ms", peer, ours: none.ours, peers: none.theirs, aim: 0.1 },
        { name: "B8 peak memory", unit: "MB", peer: "payload", ours: [peak / 1e6], peers: [payload / 1e6], aim: 2 },
      ];
    }),
};
