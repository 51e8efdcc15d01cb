import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { eventually } from "../eventually.js";
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
  "probes.yaml": ["rollout", "status", "deployment/example-probes", "--timeout=90s"],
  "volumes.yaml": ["wait", "--for=condition=Ready", "pod/example-volumes", "--timeout=90s"],
  "init.yaml": ["wait", "--for=condition=Ready", "pod/example-init", "--timeout=90s"],
  "security.yaml": ["wait", "--for=condition=Ready", "pod/example-security", "--timeout=90s"],
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
      await volumesChange(cluster);
      expect(await cluster.must("exec", "example-init", "-c", "log", "--", "cat", "/work/index.html")).to.equal(
        "hello from the init container\n",
      );
      // Lines of stdout and of stderr may change places.
      expect(await cluster.must("logs", "example-security"))
        .to.match(/^uid=1000.*groups=.*2000/m)
        .and.include("the image is read-only\n")
        .and.match(/CapEff:\s+0+\n/);
      // A namespace takes what is in it along, at times before its turn comes.
      await cluster.must("delete", "--ignore-not-found", "-f", "examples");
      await cluster.must("wait", "--for=delete", "pods", "--all", "--timeout=90s");
    } finally {
      await cluster.destroy();
    }
  });
});

/** What the comment of volumes.yaml says to try. */
async function volumesChange(cluster: Cluster): Promise<void> {
  await cluster.must("patch", "configmap", "example-files", "-p", '{"data": {"greeting": "good evening"}}');
  const said = /^-r-------- .*\ngood morning, says example-volumes\ngood evening, says example-volumes\n$/;
  await eventually(async () => expect(await cluster.must("logs", "example-volumes")).to.match(said));
}

async function logOf(cluster: Cluster, index: number): Promise<string> {
  const [pod] = await cluster.list("pods", "-l", `job-name=example-job,batch.kubernetes.io/job-completion-index=${index}`);
  return await cluster.must("logs", pod?.metadata.name ?? "");
}
