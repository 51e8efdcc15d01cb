import { expect } from "chai";
import { eventually } from "../eventually.js";
import { Cluster } from "./harness/cluster.js";
import { followEvents } from "./harness/containers.js";
import { deploymentManifest } from "./harness/manifests.js";
import { PodHistory } from "./harness/pod-history.js";

describe("rollouts", function () {
  this.timeout(300_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(() => cluster.destroy());

  it("a rolling update keeps to maxSurge and maxUnavailable at every instant", async () => {
    const strategy = "  strategy:\n    type: RollingUpdate\n    rollingUpdate: {maxSurge: 1, maxUnavailable: 1}\n";
    await cluster.apply(deploymentManifest("rolling", { replicas: 4, strategy }));
    await cluster.must("wait", "--for=condition=Available", "deployment/rolling", "--timeout=90s");
    await cluster.must("wait", "--for=condition=Ready", "pods", "-l", "app=rolling", "--timeout=90s");
    const history = await PodHistory.start(cluster, "app=rolling");

    await cluster.apply(deploymentManifest("rolling", { replicas: 4, strategy, version: "2" }));
    await history.until("four new pods ready and no other", (pods) => {
      const hashes = new Set(pods.map(({ hash }) => hash));
      return hashes.size === 1 && !hashes.has(history.firstHash) && pods.length === 4 && pods.every(({ ready }) => ready);
    });

    const states = await history.stop();
    expect(states.length).to.be.greaterThan(8);
    for (const pods of states) {
      const live = pods.filter(({ deleting }) => !deleting);
      expect(live.length, JSON.stringify(pods)).to.be.at.most(5);
      expect(live.filter(({ ready }) => ready).length, JSON.stringify(pods)).to.be.at.least(3);
    }
    await cluster.must("delete", "deployment", "rolling");
  });

  it("Recreate starts no new container before the last old one has died", async () => {
    const strategy = "  strategy: {type: Recreate}\n";
    const docker = await followEvents(cluster.nodeName);
    await cluster.apply(deploymentManifest("again", { replicas: 3, strategy }));
    await cluster.must("wait", "--for=condition=Ready", "pods", "-l", "app=again", "--timeout=90s");
    const oldPods = new Set((await cluster.list("pods", "-l", "app=again")).map(({ metadata }) => metadata.name));
    const history = await PodHistory.start(cluster, "app=again");

    await cluster.apply(deploymentManifest("again", { replicas: 3, strategy, version: "2" }));
    await history.until("three new pods", (pods) => pods.length === 3 && pods.every(({ name, ready }) => ready && !oldPods.has(name)));
    await history.stop();

    const ofApps = () => docker.events.filter(({ isSandbox, pod }) => !isSandbox && pod.startsWith("again-"));
    await eventually(() => {
      expect(ofApps().filter(({ action, pod }) => action === "die" && oldPods.has(pod))).to.have.lengthOf(3);
      expect(ofApps().filter(({ action, pod }) => action === "start" && !oldPods.has(pod))).to.have.lengthOf(3);
    });
    docker.stop();
    const events = ofApps();
    const lastDeath = Math.max(...events.filter(({ action, pod }) => action === "die" && oldPods.has(pod)).map(({ atMs }) => atMs));
    const firstStart = Math.min(...events.filter(({ action, pod }) => action === "start" && !oldPods.has(pod)).map(({ atMs }) => atMs));
    expect(firstStart).to.be.greaterThan(lastDeath);
  });
});
