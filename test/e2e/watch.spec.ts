import { expect } from "chai";
import { Cluster } from "./harness/cluster.js";
import { podManifest } from "./harness/manifests.js";

/** Calls of a method that the api-server has begun, by its own counter. */
function calls(metrics: string, method: string): number {
  const lines = metrics
    .split("\n")
    .filter((line) => line.startsWith("howbernetes_rpc_started_total{") && line.includes(`method="${method}"`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

describe("howbectl get pods -w", function () {
  this.timeout(120_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(() => cluster.destroy());

  it("prints every transition of a pod, from nothing to gone", async () => {
    await cluster.apply(podManifest("first"));
    const watching = cluster.startCtl("get", "pods", "-w");
    // Once it has printed what is there, its watch goes on from exactly then.
    await watching.until("what is there already", (stdout) => stdout.includes("first "));
    await cluster.apply(podManifest("seen"));
    await watching.until("Running", (stdout) => /seen +1\/1 +Running /.test(stdout));
    await cluster.must("delete", "pod", "seen", "--grace-period=5");
    await cluster.must("delete", "pod", "first", "--grace-period=1");
    const { stdout } = await watching.stop();

    const statuses = stdout
      .split("\n")
      .filter((line) => line.startsWith("seen "))
      .map((line) => line.split(/ {2,}/)[2]);
    const distinct = statuses.filter((status, index) => status !== statuses[index - 1]);
    expect(distinct.slice(0, 3), stdout).to.deep.equal(["Pending", "ContainerCreating", "Running"]);
    expect(distinct[3], stdout).to.equal("Terminating");
  });

  it("asks the server once and no more", async () => {
    const before = await cluster.metrics();
    const watching = cluster.startCtl("get", "pods", "-w");
    await cluster.apply(podManifest("counted"));
    await watching.until("Running", (stdout) => / 1\/1 +Running /.test(stdout));
    await watching.stop();
    const after = await cluster.metrics();

    const more = (method: string): number => calls(after, method) - calls(before, method);
    expect(more("/howbernetes.api.v1.Resources/Watch")).to.be.at.most(1);
    expect(more("/howbernetes.api.v1.Resources/List")).to.be.at.most(1);
    await cluster.must("delete", "pod", "counted", "--grace-period=1");
  });
});
