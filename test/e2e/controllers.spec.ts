import { expect } from "chai";
import { Cluster, type KubernetesObject } from "./harness/cluster.js";
import { containersOf } from "./harness/containers.js";
import { containerOf, deploymentManifest } from "./harness/manifests.js";

const reasonsAbout = async (cluster: Cluster, target: string): Promise<string> => await cluster.must("events", "--for", target);

describe("controllers on Docker", function () {
  this.timeout(300_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(() => cluster.destroy());

  it("a rollout is followed, listed and undone", async () => {
    await cluster.apply(deploymentManifest("web", { replicas: 3 }));
    expect(await cluster.must("rollout", "status", "deployment/web", "--timeout=90s")).to.include(
      'deployment "web" successfully rolled out',
    );
    const [first] = await cluster.list("deployment", "web");
    expect(await cluster.must("set", "env", "deployment/web", "VERSION=2")).to.equal("deployment.apps/web env updated\n");
    await cluster.must("rollout", "status", "deployment/web", "--timeout=90s");
    expect(await cluster.must("rollout", "history", "deployment/web")).to.match(/^1 +<none>\n2 +<none>$/m);

    expect(await cluster.must("rollout", "undo", "deployment/web")).to.equal("deployment.apps/web rolled back\n");
    await cluster.must("rollout", "status", "deployment/web", "--timeout=90s");

    const [undone] = await cluster.list("deployment", "web");
    expect(template(undone)).to.deep.equal(template(first));
    expect(await cluster.must("rollout", "history", "deployment/web")).to.match(/^2 +<none>\n3 +<none>$/m);
    await cluster.must("delete", "deployment", "web");
  });

  it("a program that crashes is rolled back by itself, and the old one serves meanwhile", async () => {
    const manifest = (command: string): string =>
      `kind: Deployment\nmetadata: {name: shop, annotations: {howbernetes.dev/on-failure: rollback}}\nspec:\n  replicas: 2\n  progressDeadlineSeconds: 5\n` +
      `  minReadySeconds: 1\n  selector: {matchLabels: {app: shop}}\n  strategy: {rollingUpdate: {maxUnavailable: 0}}\n` +
      `  template:\n    metadata: {labels: {app: shop}}\n    spec:\n      terminationGracePeriodSeconds: 1\n${containerOf(command)}`;
    await cluster.apply(manifest("trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"));
    await cluster.must("rollout", "status", "deployment/shop", "--timeout=90s");
    const [good] = await cluster.list("deployment", "shop");
    const before = (await containersOf(cluster.nodeName)).filter(({ pod, isSandbox }) => pod.startsWith("shop-") && !isSandbox);

    await cluster.apply(manifest("exit 1"));
    const followed = await cluster.ctl("rollout", "status", "deployment/shop", "--timeout=90s");
    expect(followed.code).to.equal(1);
    expect(followed.stderr).to.match(/error: deployment "shop" (was rolled back: Revision 2 )?exceeded its progress deadline/);
    await cluster.must("wait", "--for=jsonpath={.status.updatedReplicas}=2", "deployment/shop", "--timeout=90s");
    await cluster.must("wait", "--for=jsonpath={.status.replicas}=2", "deployment/shop", "--timeout=90s");

    const [after] = await cluster.list("deployment", "shop");
    expect(template(after)).to.deep.equal(template(good));
    expect(await reasonsAbout(cluster, "deployment/shop")).to.match(/Warning +\S*Roll\S*ack/);
    const now = (await containersOf(cluster.nodeName)).filter(({ running }) => running).map(({ id }) => id);
    expect(now).to.include.members(before.map(({ id }) => id));
    await cluster.must("delete", "deployment", "shop");
  });
});

const template = (object: KubernetesObject | undefined): unknown => (object?.spec as { readonly template?: unknown } | undefined)?.template;
