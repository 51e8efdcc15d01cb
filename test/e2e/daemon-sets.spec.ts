import { expect } from "chai";
import { Cluster } from "./harness/cluster.js";
import { containersOf } from "./harness/containers.js";
import { type JoinedNode, joinNode, leaveNode } from "./harness/join-node.js";
import { containerOf } from "./harness/manifests.js";

describe("a daemon set over nodes that come and go", function () {
  this.timeout(300_000);

  it("runs on each node, also on one that joins late, and is rolled out on all", async () => {
    const cluster = await Cluster.start({ noNode: true });
    const nodes: JoinedNode[] = [await joinNode(cluster), await joinNode(cluster)];
    const manifest = (version: string): string =>
      `kind: DaemonSet\nmetadata: {name: agent}\nspec:\n  selector: {matchLabels: {app: agent}}\n  template:\n    metadata: {labels: {app: agent}, annotations: {version: "${version}"}}\n` +
      `    spec:\n      terminationGracePeriodSeconds: 1\n${containerOf("trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done")}`;
    try {
      await cluster.apply(manifest("1"));
      await cluster.must("rollout", "status", "daemonset/agent", "--timeout=90s");
      expect(await nodesOf(cluster)).to.have.members(nodes.map(({ name }) => name));

      nodes.push(await joinNode(cluster));
      await cluster.must("wait", "--for=jsonpath={.status.numberReady}=3", "daemonset/agent", "--timeout=90s");
      expect(await nodesOf(cluster)).to.have.members(nodes.map(({ name }) => name));

      await cluster.apply(manifest("2"));
      expect(await cluster.must("rollout", "status", "daemonset/agent", "--timeout=90s")).to.include(
        'daemon set "agent" successfully rolled out',
      );
      expect(await nodesOf(cluster)).to.have.members(nodes.map(({ name }) => name));
      for (const { name } of nodes) {
        const running = (await containersOf(name)).filter((each) => each.running && !each.isSandbox);
        expect(running, name).to.have.lengthOf(1);
      }
    } finally {
      for (const node of nodes) await leaveNode(node);
      await cluster.destroy();
    }
  });
});

const nodesOf = async (cluster: Cluster): Promise<readonly string[]> =>
  (await cluster.list("pods", "-l", "app=agent"))
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => spec.nodeName ?? "");
