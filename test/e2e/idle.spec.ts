import { expect } from "chai";
import { Cluster } from "./harness/cluster.js";
import { replicaSetManifest } from "./harness/manifests.js";

const idleMs = 30_000;
/** What may go on as calls: leaders renew their Leases. A node's heartbeats travel on its one Report stream. */
const allowed = ["update leases"];

/** Counters of begun calls: of the Resources service by verb and resource, of the others by method. */
function calls(metrics: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of metrics.split("\n")) {
    const value = Number(line.slice(line.lastIndexOf(" ")));
    const request = /^howbernetes_api_requests_total\{verb="([^"]*)",resource="([^"]*)"/.exec(line);
    const method = /^howbernetes_rpc_started_total\{method="([^"]*)"/.exec(line)?.[1];
    if (request !== null) counts.set(`${request[1]} ${request[2]}`, value);
    else if (method !== undefined && !method.startsWith("/howbernetes.api.v1.Resources/")) counts.set(method, value);
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
      const before = calls(await cluster.metrics());

      // The property is of a span of time, so time has to pass.
      await new Promise((resolve) => setTimeout(resolve, idleMs));

      const after = calls(await cluster.metrics());
      expect(after.get("create pods"), "the counters count").to.equal(10);
      const made = [...after].filter(([key, count]) => count > (before.get(key) ?? 0)).map(([key]) => key);
      expect(made.filter((key) => !allowed.includes(key))).to.deep.equal([]);
    } finally {
      await cluster.destroy();
    }
  });
});
