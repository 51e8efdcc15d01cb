import { expect } from "chai";
import { Cluster } from "./harness/cluster.js";
import { replicaSetManifest } from "./harness/manifests.js";

const idleMs = 30_000;
/** What may go on: a node's heartbeats travel on its one Report stream, and leaders renew their Leases. */
const allowed = [/^\/howbernetes\.api\.v1\.Resources\/(Update|Patch) leases$/];

/** Counters of begun calls by method and resource, from the server's own metrics. */
function callsByMethod(metrics: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of metrics.split("\n").filter((text) => text.startsWith("howbernetes_rpc_calls_total{"))) {
    const method = /method="([^"]*)"/.exec(line)?.[1] ?? "";
    const resource = /resource="([^"]*)"/.exec(line)?.[1] ?? "";
    const key = `${method} ${resource}`.trim();
    counts.set(key, (counts.get(key) ?? 0) + Number(line.slice(line.lastIndexOf(" "))));
  }
  return counts;
}

describe("an idle cluster of ten pods", function () {
  this.timeout(180_000);

  it("makes no calls for 30 s but heartbeats, Lease renewals and bookmarks", async () => {
    const cluster = await Cluster.start();
    try {
      await cluster.apply(replicaSetManifest("idle", { replicas: 10 }));
      await cluster.must("wait", "--for=condition=Ready", "pods", "--all", "--timeout=90s");
      const settled = cluster.startCtl("wait", "--for=jsonpath={.status.readyReplicas}=10", "replicaset/idle", "--timeout=60s");
      expect((await settled.ended).code).to.equal(0);
      const before = callsByMethod(await cluster.metrics());

      // The property is of a span of time, so time has to pass.
      await new Promise((resolve) => setTimeout(resolve, idleMs));

      const after = callsByMethod(await cluster.metrics());
      expect([...after.values()].reduce((sum, count) => sum + count, 0)).to.be.greaterThan(0);
      const made = [...after].filter(([key, count]) => count > (before.get(key) ?? 0)).map(([key]) => key);
      expect(made.filter((key) => !allowed.some((pattern) => pattern.test(key)))).to.deep.equal([]);
    } finally {
      await cluster.destroy();
    }
  });
});
