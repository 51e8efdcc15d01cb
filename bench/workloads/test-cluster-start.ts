import { startCluster } from "../../src/testing/start-cluster.js";
import { timed } from "../harness/measurement.js";
import type { ServerWorkload } from "./workload.js";

const rounds = 10;
/** A test may wait so long for its cluster. */
const limitMs = 1_000;

/** From nothing to a cluster with a Ready node, as a test starts one; the modules have been loaded. */
export const testClusterStart: ServerWorkload = {
  id: "S3",
  title: "startCluster() with one node",
  async run() {
    const ours: number[] = [];
    // The first pays for what the engine has yet to compile: that is part of what a test waits for.
    for (let round = 0; round < rounds; round++) {
      const started: { stop(): Promise<void> }[] = [];
      ours.push(
        await timed(async () => {
          started.push(await startCluster());
        }),
      );
      for (const cluster of started) await cluster.stop();
    }
    return [{ name: "S3", unit: "ms", peer: "a limit of", ours, peers: ours.map(() => limitMs), aim: 1 }];
  },
};
