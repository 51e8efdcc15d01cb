import type { TestCluster } from "../../src/testing/test-cluster.js";

/** A figure made of all samples of a cluster's metrics whose line begins with `prefix`. */
export async function metricValue(cluster: TestCluster, prefix: string, combine: (values: readonly number[]) => number): Promise<number> {
  const lines = (await cluster.metrics()).split("\n").filter((line) => line.startsWith(prefix));
  return combine(lines.map((line) => Number(line.slice(line.lastIndexOf(" ") + 1))));
}
