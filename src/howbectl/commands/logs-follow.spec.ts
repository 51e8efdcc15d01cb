import { expect } from "chai";
import { deployment, job, pod } from "../../../test/builders/index.js";
import { FakeCli, fakeNowMs } from "../../../test/fakes/fake-cli-env.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { timeFromMs } from "../../api/values/time.js";
import type { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";

const labels = { app: "web" };

/** A pod whose one container is in its `run`th run, or has come to its end. */
function running(name: string, run: number, { ended = false, phase = "Running" as const } = {}) {
  const id = (number: number): string => `${name}-${number}`;
  const terminated = { containerID: id(run), exitCode: 1 };
  const status = {
    name: "main",
    restartCount: run,
    containerID: id(run),
    state: ended ? { terminated } : { running: {} },
    ...(run > 0 ? { lastState: { terminated: { containerID: id(run - 1), exitCode: 1 } } } : {}),
  };
  return pod({ name, uid: name, labels, phase, status: { containerStatuses: [status] } as unknown as Partial<PodStatus> });
}

describe("howbectl logs -f", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    const selector = { matchLabels: labels, matchExpressions: [] };
    const plain = deployment({ name: "web", labels });
    cli.cluster.put(deploymentKind, { ...plain, spec: { ...plain.spec, selector } });
  });

  const writes = (name: string, run: number, text: string): void => void cli.cluster.logs.set(`default/${name}/main@${name}-${run}`, text);

  it("goes on when a container restarts, and prints each run once, also those that were over before it looked", async () => {
    cli.cluster.put(podKind, running("a", 4));
    writes("a", 4, "four\n");
    writes("a", 5, "five\n");
    writes("a", 6, "six\n");
    const following = cli.run("logs", "-f", "deployment/web", "--tail=3");

    await cli.printed("four");
    expect(cli.cluster.lastLogsRequest?.options).to.include({ follow: true, tailLines: 3 });
    // Two restarts, of which one status tells.
    cli.cluster.put(podKind, running("a", 6));
    await cli.printed("six");
    cli.cluster.put(podKind, running("a", 6, { ended: true }));
    expect(cli.cluster.lastLogsRequest?.options?.tailLines).to.equal(undefined);
    cli.interrupt();

    expect(await following).to.equal(130);
    expect(cli.out).to.equal("four\nfive\nsix\n");
  });

  it("goes on with the pod that takes the place of the one that was followed", async () => {
    cli.cluster.put(podKind, running("a", 0));
    writes("a", 0, "old\n");
    writes("b", 0, "new\n");
    const following = cli.run("logs", "-f", "deploy/web");

    await cli.printed("old");
    cli.cluster.put(podKind, running("b", 0));
    cli.cluster.remove(podKind, { namespace: "default", name: "a" });
    await cli.printed("new");
    cli.interrupt();

    expect(await following).to.equal(130);
    expect(cli.out).to.equal("old\nnew\n");
    expect(cli.err).to.equal("Using pod/b\n");
  });

  it("follows all pods of a workload with --all-pods, those that come included, until it is deleted", async () => {
    cli.cluster.put(podKind, running("a", 0));
    writes("a", 0, "one\n");
    writes("b", 0, "two\n");
    const following = cli.run("logs", "-f", "deploy/web", "--all-pods");

    await cli.printed("one");
    cli.cluster.put(podKind, running("b", 0));
    await cli.printed("two");
    cli.cluster.remove(deploymentKind, { namespace: "default", name: "web" });
    cli.cluster.remove(podKind, { namespace: "default", name: "a" });
    cli.cluster.remove(podKind, { namespace: "default", name: "b" });

    expect(await following).to.equal(0);
    expect(cli.out).to.equal("[pod/a/main] one\n[pod/b/main] two\n");
  });

  it("ends with the pods that a selector picks", async () => {
    cli.cluster.put(podKind, running("a", 0));
    writes("a", 0, "one\n");
    const following = cli.run("logs", "-f", "-l", "app=web");

    await cli.printed("one");
    cli.cluster.put(podKind, running("a", 0, { ended: true, phase: "Failed" as never }));
    expect(await following).to.equal(0);
  });

  it("ends with a job", async () => {
    const selector = { matchLabels: labels, matchExpressions: [] };
    const plain = job({ name: "sum" });
    const now = { lastTransitionTime: timeFromMs(fakeNowMs), lastProbeTime: timeFromMs(fakeNowMs) };
    cli.cluster.put(jobKind, { ...plain, spec: { ...plain.spec, selector } });
    cli.cluster.put(podKind, running("a", 0));
    writes("a", 0, "sum\n");
    const following = cli.run("logs", "-f", "job/sum");

    await cli.printed("sum");
    cli.cluster.put(podKind, running("a", 0, { ended: true, phase: "Succeeded" as never }));
    cli.cluster.put(jobKind, {
      ...plain,
      spec: { ...plain.spec, selector },
      status: { ...plain.status, conditions: [{ ...now, type: "Complete", status: "True", reason: "", message: "" }] },
    });
    expect(await following).to.equal(0);
    expect(cli.out).to.equal("sum\n");
  });

  it("of a pod ends with the container that runs now, unless asked to go on", async () => {
    cli.cluster.put(podKind, running("a", 0));
    cli.cluster.logs.set("default/a/main", "plain\n");
    expect(await cli.run("logs", "-f", "a")).to.equal(0);
    expect(cli.out).to.equal("plain\n");

    writes("a", 0, "one\n");
    writes("a", 1, "two\n");
    const following = cli.run("logs", "-f", "a", "--across-restarts");
    await cli.printed("one");
    cli.cluster.put(podKind, running("a", 1));
    await cli.printed("two");
    cli.cluster.remove(podKind, { namespace: "default", name: "a" });
    expect(await following).to.equal(0);
  });

  it("says what cannot be read any more, and goes on with what follows", async () => {
    cli.cluster.put(podKind, running("a", 0));
    writes("a", 1, "one\n");
    const following = cli.run("logs", "-f", "deploy/web");
    await cli.cluster.called("logs default/a/main@a-0");
    cli.cluster.put(podKind, running("a", 1));
    await cli.printed("one");
    cli.interrupt();
    await following;
    expect(cli.err).to.match(/^warning: container "main" is not valid/);
  });
});
