import { expect } from "chai";
import { deployment, pod } from "../../../test/builders/index.js";
import { FakeCli, fakeNowMs } from "../../../test/fakes/fake-cli-env.js";
import { makeWhole } from "../../api/codec/whole.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { timeFromMs } from "../../api/values/time.js";

describe("howbectl describe", () => {
  it("shows a pod and the events about it, not about its namesakes", async () => {
    const cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web", uid: "u1", image: "web:1", labels: { app: "web" } }));
    const event = (name: string, uid: string, message: string) =>
      makeWhole(eventKind, {
        metadata: { name, namespace: "default" },
        involvedObject: { kind: "Pod", name: "web", namespace: "default", uid },
        type: "Normal",
        reason: "Started",
        message,
        count: 3,
        firstTimestamp: timeFromMs(fakeNowMs - 60_000),
        lastTimestamp: timeFromMs(fakeNowMs - 5_000),
        source: { component: "howbelet" },
      });
    cli.cluster.put(eventKind, event("web.1", "u1", "Started container main"));
    cli.cluster.put(eventKind, event("web.2", "u0", "of an earlier pod"));

    expect(await cli.run("describe", "pod", "web")).to.equal(0);
    expect(cli.out).to.match(/^Name: +web\nNamespace: +default\n/);
    expect(cli.out).to.match(/Containers:\n {2}main:\n {4}Container ID:/);
    expect(cli.out).to.match(/Image: +web:1\n/);
    expect(cli.out).to.match(
      /Type +Reason +Age +From +Message\n.*\n {2}Normal +Started +5s \(x3 over 60s\) +howbelet +Started container main\n/,
    );
    expect(cli.out).not.to.include("of an earlier pod");
  });

  it("shows a node with its heartbeat and what its pods ask for", async () => {
    const cli = new FakeCli();
    const allocatable = { cpu: { string: "2" }, memory: { string: "1Gi" } };
    cli.cluster.put(nodeKind, makeWhole(nodeKind, { metadata: { name: "n1" }, status: { allocatable } }));
    cli.cluster.put(
      leaseKind,
      makeWhole(leaseKind, { metadata: { name: "n1", namespace: "kube-node-lease" }, spec: { holderIdentity: "n1" } }),
    );
    const asks = {
      name: "main",
      image: "a",
      resources: { requests: { cpu: { string: "250m" }, memory: { string: "256Mi" } }, limits: {} },
    };
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "n1", spec: { containers: [asks as never] } }));

    expect(await cli.run("describe", "node", "n1")).to.equal(0);
    expect(cli.out).to.match(/^Name: +n1\nRoles: +<none>\n/);
    expect(cli.out).to.match(/Lease:\n {2}HolderIdentity: +n1\n/);
    expect(cli.out).to.match(/ {2}default +web +250m \(12%\) +0 \(0%\) +256Mi \(25%\) +0 \(0%\) /);
    expect(cli.out).to.match(
      /Allocated resources:\n {2}\(Total.*\)\n {2}Resource +Requests +Limits\n.*\n {2}cpu +250m \(12%\) +0 \(0%\)\n/,
    );
  });

  it("says since when an object is being deleted, and what keeps it", async () => {
    const cli = new FakeCli();
    const going = deployment({ name: "web" });
    const metadata = {
      ...going.metadata,
      deletionTimestamp: timeFromMs(fakeNowMs),
      finalizers: ["example.com/hold", "foregroundDeletion"],
    };
    cli.cluster.put(deploymentKind, { ...going, metadata });
    cli.cluster.put(deploymentKind, deployment({ name: "stays" }));

    await cli.run("describe", "deployment", "web");
    expect(cli.out).to.match(/^Deletion Timestamp: +\w{3}, .*\nFinalizers: +example\.com\/hold\n +foregroundDeletion\nEvents:/m);
    await cli.run("describe", "deployment", "stays");
    expect(cli.out).not.to.match(/Deletion Timestamp|Finalizers/);
  });

  it("says of a pod what keeps it, besides that it is terminating", async () => {
    const cli = new FakeCli();
    const going = pod({ name: "web", deleting: true });
    cli.cluster.put(podKind, { ...going, metadata: { ...going.metadata, finalizers: ["example.com/hold"] } });

    await cli.run("describe", "pod", "web");
    expect(cli.out)
      .to.match(/^Status: +Terminating/m)
      .and.match(/^Finalizers: +example\.com\/hold$/m);
    expect(cli.out).not.to.include("Deletion Timestamp");
  });

  it("shows a kind that it has no layout for by its fields", async () => {
    const cli = new FakeCli();
    cli.cluster.put(leaseKind, makeWhole(leaseKind, { metadata: { name: "l", namespace: "default" }, spec: { holderIdentity: "me" } }));
    await cli.run("describe", "lease", "l");
    expect(cli.out).to.match(/Spec:\n {2}Holder Identity: +me\n/);
  });

  it("reports what is not there", async () => {
    const cli = new FakeCli();
    cli.cluster.put(deploymentKind, deployment({ name: "web" }));
    expect(await cli.run("describe", "deploy", "web", "gone")).to.equal(1);
    expect(cli.out).to.match(/Replicas: +\d+ desired \| /);
    expect(cli.err).to.equal('Error from server (NotFound): deployments.apps "gone" not found\n');
  });
});

describe("howbectl logs", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web", labels: { app: "web" } }));
    cli.cluster.logs.set("default/web/main", "one\ntwo");
  });

  it("prints output as it is, with the options asked for", async () => {
    expect(await cli.run("logs", "web", "--tail=5", "--since=1m30s", "-p", "--timestamps")).to.equal(0);
    expect(cli.out).to.equal("one\ntwo");
    expect(cli.cluster.lastLogsRequest?.options).to.include({ tailLines: 5, sinceSeconds: 90, previous: true, timestamps: true });
  });

  it("picks a pod of a deployment, the readiest", async () => {
    cli.cluster.put(deploymentKind, deployment({ name: "web", labels: { app: "web" } }));
    cli.cluster.put(podKind, pod({ name: "aaa", nodeName: "", labels: { app: "web" } }));
    await cli.run("get", "deploy", "web", "-o", "jsonpath={.spec.selector.matchLabels}");
    const selector = JSON.parse(cli.out) as Record<string, string>;
    cli.cluster.put(podKind, pod({ name: "web", labels: selector }));
    cli.cluster.put(podKind, pod({ name: "aaa", nodeName: "", labels: selector }));

    expect(await cli.run("logs", "deployment/web")).to.equal(0);
    expect(cli.err).to.equal("Found 2 pods, using pod/web\n");
    expect(cli.out).to.equal("one\ntwo");
  });

  it("says which container it chose, and passes on the server's refusal", async () => {
    const container = { ...pod().spec.containers[0], name: "side" };
    const two = pod({ name: "two" });
    cli.cluster.put(podKind, pod({ name: "two", spec: { containers: [...two.spec.containers, container as never] } }));
    expect(await cli.run("logs", "two")).to.equal(1);
    expect(cli.err).to.match(/^Defaulted container "main" out of: main, side\nError from server \(BadRequest\): container "main"/);
  });

  it("prints all that a selector picks, ten lines each, with prefixes when asked", async () => {
    cli.cluster.put(podKind, pod({ name: "web2", labels: { app: "web" } }));
    cli.cluster.logs.set("default/web2/main", "three\n");
    expect(await cli.run("logs", "-l", "app=web", "--prefix")).to.equal(0);
    expect(cli.out).to.equal("[pod/web/main] one\n[pod/web/main] two\n[pod/web2/main] three\n");
    expect(cli.cluster.lastLogsRequest?.options).to.include({ tailLines: 10 });

    expect(await cli.run("logs", "-f", "-l", "app=web", "--max-log-requests=1")).to.equal(1);
    expect(cli.err).to.match(/^error: you are attempting to follow 2 log streams, but maximum allowed concurrency is 1/);
    expect(await cli.run("logs", "web", "-l", "app=web")).to.equal(1);
    expect(cli.err).to.equal("error: only a selector (-l) or a POD name is allowed\n");
  });

  it("prints every container of a pod when asked for all", async () => {
    const container = { ...pod().spec.containers[0], name: "side" };
    cli.cluster.put(podKind, pod({ name: "two", spec: { containers: [...pod().spec.containers, container as never] } }));
    cli.cluster.logs.set("default/two/main", "m\n").set("default/two/side", "s\n");
    expect(await cli.run("logs", "two", "--all-containers")).to.equal(0);
    expect(cli.out).to.equal("m\ns\n");
    expect(await cli.run("logs")).to.equal(1);
    expect(cli.err).to.match(/^error: expected 'logs \(POD \| TYPE\/NAME\)/);
  });
});

describe("howbectl describe, of configuration and bounds", () => {
  const describing = async (manifest: string, ...words: string[]): Promise<string> => {
    const cli = new FakeCli();
    cli.files["f.yaml"] = manifest;
    await cli.run("create", "-f", "f.yaml");
    expect(cli.err).to.equal("");
    await cli.run("describe", ...words);
    return cli.out;
  };

  it("shows no value of a Secret, only how long it is", async () => {
    const out = await describing("kind: Secret\nmetadata: {name: s}\ntype: Opaque\ndata: {password: aHVudGVyMg==, a: ''}\n", "secret", "s");
    expect(out).to.equal(
      [
        "Name:         s",
        "Namespace:    default",
        "Labels:       <none>",
        "Annotations:  <none>",
        "",
        "Type:  Opaque",
        "",
        "Data",
        "====",
        "a:         0 bytes",
        "password:  7 bytes",
        "",
      ].join("\n"),
    );
  });

  it("shows a ConfigMap's texts, and of bytes how many", async () => {
    const out = await describing("kind: ConfigMap\nmetadata: {name: c}\ndata: {b: two, a: one}\nbinaryData: {x: AAEC}\n", "cm", "c");
    expect(out).to.include("\nData\n====\na:\n----\none\n\nb:\n----\ntwo\n\n\nBinaryData\n====\nx: 3 bytes\n\nEvents:  <none>\n");
  });

  it("shows a quota's use, in its namespace's description too", async () => {
    const manifest =
      "kind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: 5, cpu: 1}, scopes: [BestEffort]}\nstatus: {hard: {pods: 5, cpu: 1}, used: {pods: 2}}\n";
    const out = await describing(`${manifest}---\nkind: Namespace\nmetadata: {name: default}\n`, "quota", "q");
    expect(out)
      .to.include("Scopes:     BestEffort\n * ")
      .and.include("Resource  Used  Hard\n--------  ----  ----\ncpu       0     1\npods      2     5\n");
    const about = await describing(`${manifest}---\nkind: Namespace\nmetadata: {name: default}\n`, "ns", "default");
    expect(about).to.include("Resource Quotas\n  Name:     q\n  Resource  Used  Hard\n").and.include("\nNo LimitRange resource.\n");
  });

  it("shows a limit range as a table", async () => {
    const limits = "limits: [{type: Container, max: {cpu: 2}, default: {memory: 1Gi}}]";
    const out = await describing(`kind: LimitRange\nmetadata: {name: l}\nspec: {${limits}}\n`, "limits", "l");
    expect(out.split("\n").slice(2)).to.deep.equal([
      "Type        Resource  Min  Max  Default Request  Default Limit  Max Limit/Request Ratio",
      "----        --------  ---  ---  ---------------  -------------  -----------------------",
      "Container   cpu       -    2    -                -              -",
      "Container   memory    -    -    -                1Gi            -",
      "",
    ]);
  });

  it("says where a pod's environment and volumes come from", async () => {
    const env =
      "env: [{name: A, value: x}, {name: B, valueFrom: {configMapKeyRef: {name: c, key: k}}}, {name: C, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]";
    const container = `{name: main, image: i, envFrom: [{secretRef: {name: s}, prefix: P_}], ${env}}`;
    const volumes = "volumes: [{name: v, configMap: {name: c}}, {name: e, emptyDir: {sizeLimit: 1Gi}}]";
    const out = await describing(`kind: Pod\nmetadata: {name: p}\nspec: {containers: [${container}], ${volumes}}\n`, "pod", "p");
    expect(out).to.include("    Environment Variables from:\n      s  Secret with prefix 'P_'  Optional: false\n");
    expect(out).to.match(
      / {4}Environment:\n {6}A: +x\n {6}B: +<set to the key 'k' of config map 'c'> {2}Optional: false\n {6}C: +p \(v1:metadata\.name\)\n/,
    );
    expect(out).to.include(
      "Volumes:\n  v:\n    Type:      ConfigMap (a volume populated by a ConfigMap)\n    Name:      c\n    Optional:  false\n",
    );
    expect(out).to.include("    SizeLimit:");
  });

  const about = [
    { kind: "ServiceAccount", apiVersion: "v1", spec: "imagePullSecrets: [{name: reg}]", says: "Image pull secrets:  reg\n" },
    { kind: "PriorityClass", apiVersion: "scheduling.k8s.io/v1", spec: "value: 7", says: "Value:             7\n" },
    {
      kind: "PodDisruptionBudget",
      apiVersion: "policy/v1",
      spec: "spec: {minAvailable: 50%, selector: {matchLabels: {a: b}}}",
      says: "Min available:  50%\nSelector:       a=b\nStatus:\n    Allowed disruptions:  0\n",
    },
    {
      kind: "CronJob",
      apiVersion: "batch/v1",
      spec: "spec: {schedule: '@daily', suspend: true, jobTemplate: {spec: {completions: 3}}}",
      says: "Suspend:                       True\n",
    },
    { kind: "Job", apiVersion: "batch/v1", spec: "spec: {parallelism: 2, backoffLimit: 4}", says: "Backoff Limit:    4\n" },
    { kind: "DaemonSet", apiVersion: "apps/v1", spec: "spec: {}", says: "Desired Number of Nodes Scheduled: 0\n" },
    { kind: "StatefulSet", apiVersion: "apps/v1", spec: "spec: {replicas: 3}", says: "3 desired | 0 total\n" },
    {
      kind: "HorizontalPodAutoscaler",
      apiVersion: "autoscaling/v2",
      spec: "spec: {maxReplicas: 4, scaleTargetRef: {kind: Deployment, name: w}, metrics: [{type: Resource, resource: {name: cpu, target: {averageUtilization: 80}}}]}",
      says: "resource cpu on pods  (as a percentage of request):  <unknown> / 80%\n",
    },
  ];
  for (const { kind, apiVersion, spec, says } of about) {
    it(`knows what matters of a ${kind}`, async () => {
      expect(await describing(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: x}\n${spec}\n`, kind, "x")).to.include(says);
    });
  }
});
