import { expect } from "chai";
import { deployment, pod } from "../../../../test/builders/index.js";
import { FakeCli, fakeNowMs } from "../../../../test/fakes/fake-cli-env.js";
import { makeWhole } from "../../../api/codec/whole.js";
import { deploymentKind } from "../../../api/kinds/deployment/kind.js";
import { flightRecordKind } from "../../../api/kinds/flightrecord/kind.js";
import { podKind } from "../../../api/kinds/pod/kind.js";
import { timeFromMs } from "../../../api/values/time.js";

describe("how containers died", () => {
  const ago = (seconds: number) => timeFromMs(fakeNowMs - seconds * 1_000);
  const record = (name: string, podUid: string, secondsAgo: number, more: object = {}) =>
    makeWhole(flightRecordKind, {
      metadata: { name, namespace: "default", uid: name },
      pod: { kind: "Pod", name: "web-1", namespace: "default", uid: podUid },
      controllers: [
        { kind: "ReplicaSet", name: "web", uid: "rs1" },
        { kind: "Deployment", name: "web", uid: "d1" },
      ],
      nodeName: "n1",
      flight: {
        container: "main",
        restartCount: 2,
        image: "web:1",
        oomKilled: true,
        end: { exitCode: 137, signal: 9, reason: "OOMKilled", startedAt: ago(60), finishedAt: ago(secondsAgo) },
        lastProbes: [{ probe: "liveness", outcome: "failure", message: "HTTP probe failed with statuscode: 500\n", time: ago(10) }],
        lastEvents: [{ type: "Normal", reason: "Started", message: "Started container main", time: ago(60) }],
        log: ["starting", "\u001b[31mtoo much\tmemory"],
        ...more,
      },
    });

  it("is described with what led there", async () => {
    const cli = new FakeCli();
    cli.cluster.put(flightRecordKind, record("web-1.main.2.abc", "u1", 5));
    expect(await cli.run("describe", "flightrecord", "web-1.main.2.abc")).to.equal(0);
    expect(cli.out).to.match(
      /^Name: +web-1\.main\.2\.abc\nNamespace: +default\nPod: +web-1\nControlled By: +ReplicaSet\/web\n +Deployment\/web\n/,
    );
    expect(cli.out).to.match(/Reason: +OOMKilled\nExit Code: +137\nSignal: +9\nOut Of Memory: +True\n/);
    expect(cli.out).to.match(/ {2}liveness +failure +5s +HTTP probe failed with statuscode: 500\n/);
    expect(cli.out).to.match(/ {2}Normal +Started +55s +Started container main\n/);
    expect(cli.out).to.contain("Last Lines:\n  starting\n  \uFFFD[31mtoo much    memory\n");
    expect(cli.out).not.to.match(/Events: +<none>/);
  });

  it("is listed with a pod, and with what controls it, latest first", async () => {
    const cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web-1", uid: "u1" }));
    cli.cluster.put(deploymentKind, deployment({ name: "web", uid: "d1" }));
    cli.cluster.put(flightRecordKind, record("a", "u1", 50));
    cli.cluster.put(flightRecordKind, record("b", "u1", 5));
    cli.cluster.put(flightRecordKind, record("of-a-pod-that-is-gone", "u0", 20));

    await cli.run("describe", "pod", "web-1");
    expect(cli.out).to.match(/Last Deaths:\n {2}Age +Pod .*\n.*\n {2}5s +web-1 +main +2 +OOMKilled +137 +b\n {2}50s +web-1 .* a\n/);
    expect(cli.out).not.to.contain("of-a-pod-that-is-gone");
    await cli.run("describe", "deployment", "web");
    expect(cli.out).to.match(/ {2}20s +web-1 +main +2 +OOMKilled +137 +of-a-pod-that-is-gone\n/);
  });

  it("is not spoken of where nothing died", async () => {
    const cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web-1", uid: "u1" }));
    await cli.run("describe", "pod", "web-1");
    expect(cli.out).not.to.contain("Last Deaths");
  });
});
