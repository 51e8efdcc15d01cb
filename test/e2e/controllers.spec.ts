import { expect } from "chai";
import { Cluster, type KubernetesObject } from "./harness/cluster.js";
import { containersOf, inContainer } from "./harness/containers.js";
import { type JoinedNode, joinNode, leaveNode } from "./harness/join-node.js";
import { deploymentManifest, image } from "./harness/manifests.js";

const container = (command: string): string =>
  `      containers:\n      - {name: main, image: "${image}", command: ["sh", "-c", ${JSON.stringify(command)}]}\n`;

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
      `  template:\n    metadata: {labels: {app: shop}}\n    spec:\n      terminationGracePeriodSeconds: 1\n${container(command)}`;
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

  it("a job tries again until it succeeds", async () => {
    const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: errand}\nspec:\n  backoffLimit: 3\n  template:\n    spec:\n      restartPolicy: Never\n`;
    await cluster.apply(job + container("while [ ! -e /end ]; do sleep 0.1; done; exit $(cat /end)"));
    const attempt = async (code: number): Promise<string> => {
      await cluster.must("wait", "--for=jsonpath={.status.active}=1", "job/errand", "--timeout=60s");
      const running = (await cluster.list("pods", "-l", "batch.kubernetes.io/job-name=errand")).find(
        ({ status }) => status.phase !== "Failed",
      );
      const name = running?.metadata.name ?? "";
      await cluster.must("wait", "--for=jsonpath={.status.phase}=Running", `pod/${name}`, "--timeout=60s");
      await inContainer(cluster.nodeName, name, ["sh", "-c", `echo ${code} >/end`]);
      return name;
    };
    const failed = await attempt(3);
    await cluster.must("wait", "--for=jsonpath={.status.failed}=1", "job/errand", "--timeout=60s");
    const succeeded = await attempt(0);
    await cluster.must("wait", "--for=condition=Complete", "job/errand", "--timeout=60s");

    expect(succeeded).to.not.equal(failed);
    expect(await cluster.must("get", "job", "errand", "--no-headers")).to.match(/^errand +Complete +1\/1 /);
    const pods = await cluster.list("pods", "-l", "batch.kubernetes.io/job-name=errand");
    expect(pods.map(({ status }) => status.phase).sort()).to.deep.equal(["Failed", "Succeeded"]);
    expect(await cluster.must("describe", "job", "errand")).to.match(/Pods Statuses: +0 Active.* \/ 1 Succeeded \/ 1 Failed/);
    await cluster.must("delete", "job", "errand");
    await cluster.must("wait", "--for=delete", "pods", "-l", "batch.kubernetes.io/job-name=errand", "--timeout=60s");
  });

  it("a cron job starts a job each minute", async () => {
    const manifest = `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: tick}\nspec:\n  schedule: "* * * * *"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n`;
    await cluster.apply(manifest + container("date").replaceAll(/^/gm, "    ").trimEnd());
    const watching = cluster.startCtl("get", "jobs", "-w", "--no-headers");
    const completed = (stdout: string): ReadonlySet<string> =>
      new Set([...stdout.matchAll(/^(tick-\d+) +Complete /gm)].map(([, name = ""]) => name));
    await watching.until("two jobs a minute apart", (stdout) => completed(stdout).size >= 2, 180_000);
    await watching.stop();

    const minutes = [...completed(watching.stdout)].map((name) => Number(name.slice("tick-".length))).sort((a, b) => a - b);
    expect((minutes[1] ?? 0) - (minutes[0] ?? 0)).to.equal(1);
    const ran = (await containersOf(cluster.nodeName)).filter(({ isSandbox }) => !isSandbox).map(({ pod }) => pod);
    for (const minute of minutes.slice(0, 2))
      expect(
        ran.filter((pod) => pod.startsWith(`tick-${minute}-`)),
        ran.join(),
      ).to.have.lengthOf(1);
    await cluster.must("delete", "cronjob", "tick");
    await cluster.must("wait", "--for=delete", "jobs", "--all", "--timeout=60s");
  });
});

describe("a daemon set over nodes that come and go", function () {
  this.timeout(300_000);

  it("runs on each node, also on one that joins late, and is rolled out on all", async () => {
    const cluster = await Cluster.start({ noNode: true });
    const nodes: JoinedNode[] = [await joinNode(cluster), await joinNode(cluster)];
    const manifest = (version: string): string =>
      `kind: DaemonSet\nmetadata: {name: agent}\nspec:\n  selector: {matchLabels: {app: agent}}\n  template:\n    metadata: {labels: {app: agent}, annotations: {version: "${version}"}}\n` +
      `    spec:\n      terminationGracePeriodSeconds: 1\n${container("trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done")}`;
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

const template = (object: KubernetesObject | undefined): unknown => (object?.spec as { readonly template?: unknown } | undefined)?.template;
