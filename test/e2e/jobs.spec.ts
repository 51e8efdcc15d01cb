import { expect } from "chai";
import { Cluster } from "./harness/cluster.js";
import { containersOf, inContainer } from "./harness/containers.js";
import { containerOf } from "./harness/manifests.js";

describe("jobs on Docker", function () {
  this.timeout(300_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(() => cluster.destroy());

  it("a job tries again until it succeeds", async () => {
    const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: errand}\nspec:\n  backoffLimit: 3\n  template:\n    spec:\n      restartPolicy: Never\n`;
    await cluster.apply(job + containerOf("while [ ! -e /end ]; do sleep 0.1; done; exit $(cat /end)"));
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
    await cluster.apply(manifest + containerOf("date").replaceAll(/^/gm, "    ").trimEnd());
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
