import { expect } from "chai";
import { eventually } from "../eventually.js";
import { Cluster } from "./harness/cluster.js";
import { containersOf, runningApps } from "./harness/containers.js";
import { podManifest } from "./harness/manifests.js";

describe("several clients at once", function () {
  this.timeout(300_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(() => cluster.destroy());

  it("two howbectl with 20 creates each make 40 pods, and none is left after deletion", async () => {
    const documents = (prefix: string): string => Array.from({ length: 20 }, (_, index) => podManifest(`${prefix}-${index}`)).join("---");
    const [first, second] = await Promise.all([
      cluster.ctlWith(documents("a"), "create", "-f", "-"),
      cluster.ctlWith(documents("b"), "create", "-f", "-"),
    ]);
    expect([first.code, second.code], first.stderr + second.stderr).to.deep.equal([0, 0]);

    await cluster.must("wait", "--for=condition=Ready", "pods", "--all", "--timeout=120s");
    expect(await cluster.list("pods")).to.have.lengthOf(40);
    const running = await runningApps(cluster.nodeName);
    expect(running).to.have.lengthOf(40);
    expect(new Set(running.map(({ podUid }) => podUid)).size).to.equal(40);
    // "exact counts": each pod has one sandbox and one container.
    expect(await containersOf(cluster.nodeName)).to.have.lengthOf(80);

    await cluster.must("delete", "pods", "--all", "--grace-period=1");
    expect(await cluster.list("pods")).to.have.lengthOf(0);
    await eventually(async () => expect(await containersOf(cluster.nodeName)).to.deep.equal([]));
  });

  it("of five creates of one name one wins, and four are told why they did not", async () => {
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => cluster.ctlWith(podManifest("one"), "create", "-f", "-")));

    const winners = outcomes.filter(({ code }) => code === 0);
    const losers = outcomes.filter(({ code }) => code === 1);
    expect(winners).to.have.lengthOf(1);
    expect(losers).to.have.lengthOf(4);
    for (const { stderr } of losers) expect(stderr).to.match(/Error from server \(AlreadyExists\): .*pods "one" already exists/);

    await cluster.must("wait", "--for=condition=Ready", "pod/one", "--timeout=60s");
    expect(await runningApps(cluster.nodeName)).to.have.lengthOf(1);
    await cluster.must("delete", "pod", "one", "--grace-period=1");
  });
});
