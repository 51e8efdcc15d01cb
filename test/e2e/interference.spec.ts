import { expect } from "chai";
import { eventually } from "../eventually.js";
import { Cluster } from "./harness/cluster.js";
import { byHand, containerOf, containersOf } from "./harness/containers.js";
import { podManifest } from "./harness/manifests.js";

describe("containers that are harmed from outside", function () {
  this.timeout(180_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(() => cluster.destroy());

  const harms = [
    { how: "docker kill", harm: byHand.kill },
    { how: "docker stop", harm: byHand.stop },
    { how: "docker rm -f", harm: byHand.remove },
  ];
  for (const { how, harm } of harms) {
    for (const victim of ["app", "sandbox"] as const) {
      it(`${how} of the ${victim === "app" ? "container" : "sandbox"}: runs again, its network whole, and the watch shows it`, async () => {
        const name = `${how.replaceAll(/[^a-z]+/g, "-")}-${victim}`;
        await cluster.apply(podManifest(name));
        await cluster.must("wait", "--for=condition=Ready", `pod/${name}`, "--timeout=60s");
        const [before] = await cluster.list("pod", name);
        const oldApp = await containerOf(cluster.nodeName, name, "app");
        const target = await containerOf(cluster.nodeName, name, victim);
        const watching = cluster.startCtl("get", "pod", name, "-w", "--no-headers");
        await watching.until("the first row", (stdout) => stdout.includes("Running"));

        await harm(target.id);

        const isRestarted = (line: string): boolean => / 1\/1 +Running +[1-9]/.test(line);
        await watching.until("the pod running again with a restart counted", (stdout) => stdout.split("\n").some(isRestarted));
        const { stdout } = await watching.stop();
        const rows = stdout.trim().split("\n");
        expect(
          rows.slice(0, -1).some((row) => / 0\/1 /.test(row)),
          `a row while it was down in\n${stdout}`,
        ).to.equal(true);

        const [after] = await cluster.list("pod", name);
        expect(after?.metadata.uid).to.equal(before?.metadata.uid);
        const newApp = await containerOf(cluster.nodeName, name, "app");
        expect(newApp.id).not.to.equal(oldApp.id);
        // The container shares its sandbox's network only if both see the pod's address.
        const address = after?.status.podIP ?? "";
        expect(address).to.match(/^\d+\.\d+\.\d+\.\d+$/);
        const sandboxes = (await containersOf(cluster.nodeName)).filter((one) => one.pod === name && one.isSandbox && one.running);
        expect(sandboxes).to.have.lengthOf(1);
        expect(await byHand.addresses(newApp.id)).to.include(address);
        await cluster.must("delete", "pod", name, "--grace-period=1");
      });
    }
  }

  it("leaves nothing behind once all pods are deleted", async () => {
    await eventually(async () => expect(await containersOf(cluster.nodeName)).to.deep.equal([]));
  });
});
