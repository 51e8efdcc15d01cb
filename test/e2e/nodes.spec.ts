import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { expect } from "chai";
import { eventually } from "../eventually.js";
import { Cluster } from "./harness/cluster.js";
import { containersOf, removeNode, runningApps } from "./harness/containers.js";
import { joinNode } from "./harness/join-node.js";
import { deploymentManifest, podManifest } from "./harness/manifests.js";
import { type Running, start } from "./harness/process.js";

describe("nodes", function () {
  this.timeout(300_000);

  it("a node that is lost has its pods replaced on the other, and new pods never wait for it", async () => {
    const cluster = await Cluster.start({ noNode: true });
    const first = await joinNode(cluster);
    const second = await joinNode(cluster);
    try {
      await cluster.apply(deploymentManifest("spread", { replicas: 4 }));
      // Available would already hold with three of them.
      await cluster.must("wait", "--for=jsonpath={.status.readyReplicas}=4", "deployment/spread", "--timeout=90s");
      expect(await runningApps(first.name)).to.have.lengthOf(2);
      expect(await runningApps(second.name)).to.have.lengthOf(2);
      const nodes = cluster.startCtl("get", "nodes", "-w");

      await second.howbelet.stop("SIGKILL");

      await nodes.until("NotReady", (stdout) => new RegExp(`${second.name} +NotReady`).test(stdout));
      await nodes.stop();
      // New pods go to the node that lives, at once and not after the lost one's pods have been given up.
      await cluster.apply(podManifest("late"));
      await cluster.must("wait", "--for=condition=Ready", "pod/late", "--timeout=60s");
      expect((await cluster.list("pod", "late"))[0]?.spec.nodeName).to.equal(first.name);
      await eventually(async () => {
        const live = (await cluster.list("pods", "-l", "app=spread")).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
        expect(live.filter(({ spec }) => spec.nodeName === first.name)).to.have.lengthOf(4);
        const [deployment] = await cluster.list("deployment", "spread");
        expect(deployment?.status.readyReplicas).to.equal(4);
      }, 120_000);
    } finally {
      await first.howbelet.stop();
      await second.howbelet.stop();
      await removeNode(first.name);
      await removeNode(second.name);
      await cluster.destroy();
    }
  });

  it("two clusters on one engine never touch each other's containers", async () => {
    const [one, two] = [await Cluster.start(), await Cluster.start()];
    try {
      await one.apply(podManifest("same-name"));
      await two.apply(podManifest("same-name"));
      await one.must("wait", "--for=condition=Ready", "pod/same-name", "--timeout=60s");
      await two.must("wait", "--for=condition=Ready", "pod/same-name", "--timeout=60s");
      const ofTwo = (await containersOf(two.nodeName)).map(({ id }) => id).sort();

      await one.must("delete", "pod", "same-name", "--grace-period=1");
      await one.stop();
      await one.boot();
      await one.apply(podManifest("another"));
      await one.must("wait", "--for=condition=Ready", "pod/another", "--timeout=60s");

      expect((await containersOf(two.nodeName)).map(({ id }) => id).sort()).to.deep.equal(ofTwo);
      await one.destroy();
      expect((await containersOf(two.nodeName)).map(({ id }) => id).sort()).to.deep.equal(ofTwo);
      expect(await containersOf(one.nodeName)).to.deep.equal([]);
      expect(await runningApps(two.nodeName)).to.have.lengthOf(1);
    } finally {
      await two.destroy();
    }
  });

  it("a join token works once, and garbage never", async () => {
    const cluster = await Cluster.start({ noNode: true });
    const first = await joinNode(cluster);
    try {
      const command =
        (await cluster.must("worker"))
          .split("\n")
          .find((line) => line.includes("howbelet --server"))
          ?.trim() ?? "";
      const words = command.split(/\s+/).slice(1);
      const use = (name: string): Running =>
        start("bin/howbelet", [...words, "--node-name", name, "--data-dir", join(cluster.directory, name)]);
      const name = `e2e-${randomBytes(4).toString("hex")}`;
      const second = use(name);
      await cluster.must("wait", "--for=create", `node/${name}`, "--timeout=60s");
      await second.stop();

      const again = await use("thief").ended;
      expect(again.code).to.equal(1);
      expect(again.stderr).to.match(/token/i);
      const garbage = await start("bin/howbelet", [
        "--server",
        cluster.address,
        "--token",
        "howbe1.garbage",
        "--node-name",
        "x",
        "--data-dir",
        join(cluster.directory, "x"),
      ]).ended;
      expect(garbage.code).to.equal(1);
      expect(garbage.stderr).to.match(/token/i);
      expect((await cluster.list("nodes")).map(({ metadata }) => metadata.name)).not.to.include("thief");
    } finally {
      await first.howbelet.stop();
      await cluster.destroy();
    }
  });
});
