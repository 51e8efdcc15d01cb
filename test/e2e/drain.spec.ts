import { expect } from "chai";
import { Cluster, type KubernetesObject } from "./harness/cluster.js";
import { joinNode, leaveNode } from "./harness/join-node.js";
import { deploymentManifest, podManifest } from "./harness/manifests.js";
import { PodHistory } from "./harness/pod-history.js";

const budget = `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { minAvailable: 3, selector: { matchLabels: { app: web } } }
`;

const onNode = (pods: readonly KubernetesObject[], node: string): readonly string[] =>
  pods.filter(({ spec }) => spec.nodeName === node).map(({ metadata }) => metadata.name);

describe("draining a node", function () {
  this.timeout(300_000);

  it("moves a Deployment's pods to the other node, never below what its budget keeps", async () => {
    const cluster = await Cluster.start({ noNode: true });
    const nodes = [await joinNode(cluster), await joinNode(cluster)] as const;
    const [first, second] = nodes;
    try {
      await cluster.apply(deploymentManifest("web", { replicas: 4 }));
      await cluster.must("wait", "--for=jsonpath={.status.readyReplicas}=4", "deployment/web", "--timeout=90s");
      await cluster.apply(budget);
      await cluster.must("wait", "--for=jsonpath={.status.disruptionsAllowed}=1", "pdb/web", "--timeout=30s");
      const leaving = onNode(await cluster.list("pods", "-l", "app=web"), first.name);
      expect(leaving).to.have.lengthOf(2);
      const history = await PodHistory.start(cluster, "app=web");

      const drained = await cluster.ctl("drain", first.name, "--timeout=150s");

      const states = await history.stop();
      expect(drained.code, drained.stderr).to.equal(0);
      const lines = drained.stdout.trim().split("\n");
      expect([lines[0], lines.at(-1)]).to.deep.equal([`node/${first.name} cordoned`, `node/${first.name} drained`]);
      expect(lines).to.include.members(leaving.flatMap((name) => [`evicting pod default/${name}`, `pod/${name} evicted`]));
      // Both were to leave at once, and the budget let but one.
      expect(drained.stderr).to.match(
        /^error when evicting pods\/"\S+" -n "default" \(will retry after 5s\): Cannot evict pod as it would violate/,
      );
      for (const pods of states) {
        const ready = pods.filter(({ ready, deleting }) => ready && !deleting).length;
        expect(ready, JSON.stringify(pods)).to.be.at.least(3);
      }
      await cluster.must("wait", "--for=jsonpath={.status.readyReplicas}=4", "deployment/web", "--timeout=90s");
      const moved = await cluster.list("pods", "-l", "app=web");
      expect(onNode(moved, second.name)).to.have.lengthOf(4);

      expect(await cluster.must("get", "node", first.name)).to.match(/ Ready,SchedulingDisabled /);
      expect(await cluster.must("uncordon", first.name)).to.equal(`node/${first.name} uncordoned\n`);
      await cluster.must("taint", "nodes", second.name, "full=:NoSchedule");
      await cluster.apply(podManifest("late"));
      await cluster.must("wait", "--for=condition=Ready", "pod/late", "--timeout=60s");
      expect(onNode(await cluster.list("pods"), first.name)).to.deep.equal(["late"]);
    } finally {
      for (const node of nodes) await leaveNode(node);
      await cluster.destroy();
    }
  });
});
