import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Cluster } from "./harness/cluster.js";

const manifests = readdirSync("examples").filter((name) => name.endsWith(".yaml"));

/** How each workload shows that it does what its comment says. */
const shown: Readonly<Record<string, readonly string[]>> = {
  "deployment.yaml": ["rollout", "status", "deployment/example-deployment", "--timeout=90s"],
  "rollback.yaml": ["rollout", "status", "deployment/example-rollback", "--timeout=90s"],
  "configuration.yaml": ["rollout", "status", "deployment/example-configuration", "--timeout=90s"],
  "daemonset.yaml": ["rollout", "status", "daemonset/example-daemonset", "--timeout=90s"],
  "statefulset.yaml": ["rollout", "status", "statefulset/example-statefulset", "--timeout=90s"],
  "job.yaml": ["wait", "--for=condition=Complete", "job/example-job", "--timeout=90s"],
  "pdb.yaml": ["wait", "--for=jsonpath={.status.disruptionsAllowed}=1", "pdb/example-pdb", "--timeout=90s"],
};

describe("the manifests in examples/", function () {
  this.timeout(300_000);

  it("are accepted without a warning, and come to be what they say", async () => {
    const cluster = await Cluster.start();
    try {
      for (const name of manifests) {
        const { code, stdout, stderr } = await cluster.ctl("apply", "-f", join("examples", name));
        expect({ name, code, stderr }).to.deep.equal({ name, code: 0, stderr: "" });
        expect(stdout, name).to.match(/ created\n$/);
      }
      expect(Object.keys(shown).filter((name) => !manifests.includes(name))).to.deep.equal([]);
      for (const command of Object.values(shown)) await cluster.must(...command);
      const logs = await Promise.all([0, 5].map((index) => logOf(cluster, index)));
      expect(logs).to.deep.equal(["piece 0\n", "piece 5\n"]);
      // A namespace takes what is in it along, at times before its turn comes.
      await cluster.must("delete", "--ignore-not-found", "-f", "examples");
      await cluster.must("wait", "--for=delete", "pods", "--all", "--timeout=90s");
    } finally {
      await cluster.destroy();
    }
  });
});

async function logOf(cluster: Cluster, index: number): Promise<string> {
  const [pod] = await cluster.list("pods", "-l", `job-name=example-job,batch.kubernetes.io/job-completion-index=${index}`);
  return await cluster.must("logs", pod?.metadata.name ?? "");
}
