import { expect } from "chai";
import { configMap, deployment, node, pod, replicaSet } from "../../../test/builders/index.js";
import { FakeCli, fakeNowMs } from "../../../test/fakes/fake-cli-env.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";

const running = ContainerStatus.fromPartial({ name: "main", ready: true, state: { running: {} } });
const revision2 = { "deployment.kubernetes.io/revision": "2" };
const createdMs = fakeNowMs - 60_000;
let cli: FakeCli;
beforeEach(() => {
  cli = new FakeCli();
  const web = deployment({ name: "web", replicas: 2, createdMs, status: { readyReplicas: 1 } });
  const owner = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: web.metadata.uid };
  cli.cluster.put(deploymentKind, web);
  cli.cluster.put(
    replicaSetKind,
    replicaSet({ name: "web-2", owner, annotations: revision2, replicas: 2, createdMs, status: { readyReplicas: 1 } }),
  );
  cli.cluster.put(replicaSetKind, replicaSet({ name: "web-1", owner, replicas: 0, createdMs }));
  const set = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-2", uid: "uid-rs-web-2" };
  cli.cluster.put(podKind, pod({ name: "web-2-b", owner: set, createdMs, ready: false, deleting: true }));
  cli.cluster.put(podKind, pod({ name: "web-2-a", owner: set, createdMs, status: { containerStatuses: [running] } }));
});

describe("howbectl tree", () => {
  it("shows what an object owns, and what that owns", async () => {
    expect(await cli.run("tree", "deployment/web")).to.equal(0);
    expect(cli.out).to.equal(
      "NAME                 READY   STATUS        AGE\n" +
        "Deployment/web       1/2     -             60s\n" +
        "├─ReplicaSet/web-1   0/0     -             60s\n" +
        "└─ReplicaSet/web-2   1/2     revision 2    60s\n" +
        "  ├─Pod/web-2-a      1/1     Running       60s\n" +
        "  └─Pod/web-2-b      0/1     Terminating   60s\n",
    );
  });

  it("shows the workloads of a namespace, and whatever owns something", async () => {
    cli.cluster.put(podKind, pod({ name: "alone", createdMs }));
    cli.cluster.put(configMapKind, configMap({ name: "idle" }));
    const parent = { apiVersion: "v1", kind: "ConfigMap", name: "parent", uid: "uid-parent" };
    cli.cluster.put(configMapKind, configMap({ name: "parent", uid: "uid-parent" }));
    cli.cluster.put(configMapKind, configMap({ name: "child", ownerReferences: [parent] }));
    cli.cluster.put(podKind, pod({ name: "elsewhere", namespace: "other" }));
    await cli.run("tree");
    const names = cli.out
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(/ {2,}/).find((cell) => cell !== ""));
    expect(names.filter((name) => !name?.includes("web"))).to.deep.equal(["Pod/alone", "ConfigMap/parent", "└─ConfigMap/child"]);
    await cli.run("tree", "-A");
    expect(cli.out)
      .to.match(/^NAMESPACE +NAME +READY +STATUS +AGE\n/)
      .and.to.match(/^other +Pod\/elsewhere/m);
  });

  it("shows an object whose owner is gone by itself, and does not go round in circles", async () => {
    const gone = { apiVersion: "v1", kind: "ConfigMap", name: "gone", uid: "uid-gone" };
    cli.cluster.put(podKind, pod({ name: "orphan", ownerReferences: [gone] }));
    const self = { apiVersion: "v1", kind: "ConfigMap", name: "self", uid: "uid-self" };
    cli.cluster.put(configMapKind, configMap({ name: "self", uid: "uid-self", ownerReferences: [self] }));
    await cli.run("tree");
    expect(cli.out).to.match(/^Pod\/orphan/m);
    await cli.run("tree", "configmap/self");
    expect(cli.out.match(/ConfigMap\/self/g)).to.have.length(1);
  });

  it("shows objects of a type, those that labels select, and cluster-scoped ones", async () => {
    cli.cluster.put(nodeKind, node({ name: "node-1" }));
    await cli.run("tree", "pods", "-l", "no=such");
    expect(cli.err).to.equal("No resources found in default namespace.\n");
    await cli.run("tree", "nodes");
    expect(cli.out).to.match(/^Node\/node-1 +- +Ready/m);
  });

  it("says what is not there", async () => {
    expect(await cli.run("tree", "deployment/gone")).to.equal(1);
    expect(cli.err).to.equal('Error from server (NotFound): deployments.apps "gone" not found\n');
    await cli.run("tree", "-n", "empty");
    expect(cli.err).to.equal("No resources found in empty namespace.\n");
    expect(await cli.run("tree", "-l", "app=web")).to.equal(1);
    expect(cli.err).to.match(/^error: selectors select objects of a type/);
  });
});
