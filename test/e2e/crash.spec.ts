import { expect } from "chai";
import { etcdAbsence, startEtcd } from "../conformance/storage/etcd-process.js";
import { eventually } from "../eventually.js";
import { skipBecause } from "../skip.js";
import { Cluster } from "./harness/cluster.js";
import { containersOf, runningApps } from "./harness/containers.js";
import { replicaSetManifest } from "./harness/manifests.js";

const replicas = 10;

async function survivesKill(cluster: Cluster): Promise<void> {
  await cluster.apply(replicaSetManifest("ten", { replicas }));
  // In the middle: some containers run, others are still to be made.
  await eventually(async () => expect((await containersOf(cluster.nodeName)).length).to.be.greaterThan(3));
  await cluster.kill9();
  const survivors = (await runningApps(cluster.nodeName)).map(({ id }) => id);

  await cluster.boot();

  await eventually(async () => {
    const [set] = await cluster.list("replicaset", "ten");
    expect(set?.status.readyReplicas).to.equal(replicas);
  });
  const pods = await cluster.list("pods");
  expect(pods).to.have.lengthOf(replicas);
  await eventually(async () => {
    const apps = await runningApps(cluster.nodeName);
    expect(apps.map(({ podUid }) => podUid).sort()).to.deep.equal(pods.map(({ metadata }) => metadata.uid).sort());
    expect(await containersOf(cluster.nodeName)).to.have.lengthOf(2 * replicas);
  });
  const now = (await runningApps(cluster.nodeName)).map(({ id }) => id);
  // Containers that ran through the crash were adopted, not replaced.
  expect(survivors.filter((id) => !now.includes(id))).to.deep.equal([]);
}

describe("kill -9 of the whole control plane in the middle of a ReplicaSet of ten", function () {
  this.timeout(300_000);

  it("exactly ten run after a restart, on the embedded store", async () => {
    const cluster = await Cluster.start();
    try {
      await survivesKill(cluster);
    } finally {
      await cluster.destroy();
    }
  });

  it("exactly ten run after a restart, on etcd", async function () {
    const absence = etcdAbsence();
    if (absence !== undefined) skipBecause(this, absence);
    const etcd = await startEtcd();
    try {
      const cluster = await Cluster.start({ store: `etcd://${etcd.endpoint.replace(/^https?:\/\//, "")}` });
      try {
        await survivesKill(cluster);
      } finally {
        await cluster.destroy();
      }
    } finally {
      await etcd.stop();
    }
  });
});
