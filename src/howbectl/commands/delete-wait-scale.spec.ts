import { expect } from "chai";
import { deployment, pod } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";

const key = (name: string) => ({ namespace: "default", name });

describe("howbectl delete", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
  });

  it("deletes by name and says where from", async () => {
    cli.cluster.put(deploymentKind, deployment({ name: "web" }));
    expect(await cli.run("delete", "deploy", "web")).to.equal(0);
    expect(cli.out).to.equal('deployment.apps "web" deleted from default namespace\n');
  });

  it("waits by watch until the object is gone", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    const exitCode = cli.run("delete", "pod/web");
    await cli.cluster.called("watch pods");
    expect(cli.cluster.find(podKind, key("web"))?.metadata.deletionTimestamp).not.to.equal(undefined);
    cli.cluster.remove(podKind, key("web"));
    expect(await exitCode).to.equal(0);
    expect(cli.cluster.calls).to.deep.equal(["delete pods default/web", "list pods default", "watch pods default"]);
  });

  it("does not wait with --wait=false", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    expect(await cli.run("delete", "pod", "web", "--wait=false")).to.equal(0);
    expect(cli.cluster.calls).to.deep.equal(["delete pods default/web"]);
  });

  it("removes at once with --force, and warns", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    expect(await cli.run("delete", "pod", "web", "--force", "--grace-period=0")).to.equal(0);
    expect(cli.out).to.equal('pod "web" force deleted from default namespace\n');
    expect(cli.err).to.match(/^Warning: Immediate deletion/);
  });

  it("deletes what labels select, or all", async () => {
    cli.cluster.put(podKind, pod({ name: "a", nodeName: "", labels: { app: "a" } }));
    cli.cluster.put(podKind, pod({ name: "b", nodeName: "" }));
    await cli.run("delete", "pods", "-l", "app=a");
    expect(cli.out).to.equal('pod "a" deleted from default namespace\n');
    await cli.run("delete", "pods", "--all");
    expect(cli.out).to.equal('pod "b" deleted from default namespace\n');
    await cli.run("delete", "pods", "--all");
    expect(cli.out).to.equal("No resources found\n");
  });

  it("deletes what a file names, in its namespace", async () => {
    cli.cluster.put(podKind, pod({ name: "a", nodeName: "", namespace: "other" }));
    cli.files["f.yaml"] = "kind: Pod\nmetadata: {name: a, namespace: other}\n";
    expect(await cli.run("delete", "-f", "f.yaml")).to.equal(0);
    expect(cli.out).to.equal('pod "a" deleted from other namespace\n');
    expect(await cli.run("delete", "-f", "f.yaml")).to.equal(1);
    expect(cli.err).to.equal('Error from server (NotFound): error when deleting "f.yaml": pods "a" not found\n');
  });

  it("reports a name that is not there and deletes the others", async () => {
    cli.cluster.put(podKind, pod({ name: "b", nodeName: "" }));
    expect(await cli.run("delete", "pod", "a", "b")).to.equal(1);
    expect(cli.out).to.equal('pod "b" deleted from default namespace\n');
    expect(cli.err).to.equal('Error from server (NotFound): pods "a" not found\n');
    expect(await cli.run("delete", "pod", "a", "--ignore-not-found")).to.equal(0);
  });

  it("says what becomes of dependents, and how long the object may take", async () => {
    for (const [flags, options] of [
      [[], { propagationPolicy: "Background" }],
      [["--cascade=foreground"], { propagationPolicy: "Foreground" }],
      [["--cascade=orphan"], { propagationPolicy: "Orphan" }],
      [["--cascade"], { propagationPolicy: "Background" }],
      [["--grace-period=5"], { gracePeriodSeconds: 5 }],
      [["--grace-period=0"], { gracePeriodSeconds: 1 }],
      [["--now"], { gracePeriodSeconds: 1 }],
      [["--force"], { gracePeriodSeconds: 0 }],
    ] as const) {
      cli.cluster.put(podKind, pod({ name: "web", nodeName: "" }));
      expect(await cli.run("delete", "pod", "web", ...flags)).to.equal(0);
      expect(cli.cluster.lastDeleteOptions).to.include(options);
    }
  });

  it("deletes nothing in a dry run", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    await cli.run("delete", "pod", "web", "--dry-run=client");
    expect(cli.out).to.equal('pod "web" deleted from default namespace (dry run)\n');
    await cli.run("delete", "pod", "web", "--dry-run=server");
    expect(cli.out).to.equal('pod "web" deleted from default namespace (server dry run)\n');
    expect(cli.cluster.find(podKind, key("web"))?.metadata.deletionTimestamp).to.equal(undefined);
  });

  const refused = [
    { words: ["pod", "web", "--now", "--grace-period=1"], says: "--now and --grace-period cannot be specified together" },
    {
      words: ["pod", "web", "--force", "--grace-period=1"],
      says: "--force and --grace-period greater than 0 cannot be specified together",
    },
    { words: ["pod", "web", "--cascade=foo"], says: 'invalid cascade value (foo). Must be "background", "foreground", or "orphan"' },
    { words: ["pods", "--all", "-l", "a=b"], says: "cannot set --all and --selector at the same time" },
    { words: ["pod", "web", "--all"], says: "name cannot be provided when a selector is specified" },
    { words: ["pod", "web", "-o", "yaml"], says: "unexpected -o output mode: yaml. We only support '-o name'" },
    { words: [], says: "You must provide one or more resources by argument or filename." },
    { words: ["-f", "f.yaml", "pod"], says: "when paths, URLs, or stdin is provided as input" },
  ];
  for (const { words, says } of refused) {
    it(`refuses delete ${words.join(" ")}`, async () => {
      expect(await cli.run("delete", ...words)).to.equal(1);
      expect(cli.err).to.include(`error: ${says}`);
    });
  }

  it("never deletes a whole kind by omission", async () => {
    expect(await cli.run("delete", "pods")).to.equal(1);
    expect(cli.err).to.equal("error: resource(s) were provided, but no name was specified\n");
  });

  it("says what an object waits for that is not gone in time", async () => {
    const cli = new FakeCli();
    const held = pod({ name: "a" });
    cli.cluster.put(podKind, { ...held, metadata: { ...held.metadata, finalizers: ["example.com/hold"] } });
    const deleting = cli.run("delete", "pod", "a", "--timeout=1s");
    await cli.cluster.called("watch");
    for (const timer of cli.timers) timer();
    expect(await deleting).to.equal(1);
    expect(cli.err).to.equal("error: timed out waiting for the condition on pods/a, which waits for its finalizers: example.com/hold\n");
  });
});

describe("howbectl wait", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
  });

  it("returns at once for what holds already", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    expect(await cli.run("wait", "--for=condition=Ready", "pod/web")).to.equal(0);
    expect(cli.out).to.equal("pod/web condition met\n");
    expect(cli.cluster.calls).to.deep.equal(["list pods default"]);
  });

  it("waits by watch", async () => {
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "" }));
    const exitCode = cli.run("wait", "--for=condition=ready", "pod", "web");
    await cli.cluster.called("watch");
    cli.cluster.put(podKind, pod({ name: "web" }));
    expect(await exitCode).to.equal(0);
    expect(cli.cluster.calls).to.deep.equal(["list pods default", "watch pods default"]);
  });

  it("fails when the time is over, naming each that is missing", async () => {
    cli.cluster.put(podKind, pod({ name: "a" }));
    cli.cluster.put(podKind, pod({ name: "b", ready: false }));
    const exitCode = cli.run("wait", "--for=condition=Ready", "pods", "--all", "--timeout=1s");
    await cli.cluster.called("watch");
    for (const timer of cli.timers) timer();
    expect(await exitCode).to.equal(1);
    expect(cli.out).to.equal("pod/a condition met\n");
    expect(cli.err).to.equal("error: timed out waiting for the condition on pods/b\n");
  });

  it("waits for creation, deletion and fields", async () => {
    const created = cli.run("wait", "--for=create", "pod/web");
    await cli.cluster.called("watch");
    cli.cluster.put(podKind, pod({ name: "web" }));
    expect(await created).to.equal(0);
    expect(await cli.run("wait", "--for=jsonpath={.status.phase}=Running", "pod/web")).to.equal(0);
    cli.cluster.calls.length = 0;
    const deleted = cli.run("wait", "--for=delete", "pod/web");
    await cli.cluster.called("watch");
    cli.cluster.remove(podKind, key("web"));
    expect(await deleted).to.equal(0);
    expect(await cli.run("wait", "--for=delete", "pod/web")).to.equal(0);
  });

  it("fails for what does not exist", async () => {
    expect(await cli.run("wait", "--for=condition=Ready", "pod/gone")).to.equal(1);
    expect(cli.err).to.equal('Error from server (NotFound): pods "gone" not found\n');
    expect(await cli.run("wait", "--for=condition=Ready", "pods", "-l", "a=b")).to.equal(1);
    expect(cli.err).to.equal("error: no matching resources found\n");
  });
});

describe("howbectl scale", () => {
  it("scales what a selector picks, and says when that is nothing", async () => {
    const cli = new FakeCli();
    cli.cluster.put(deploymentKind, deployment({ name: "a" }));
    cli.cluster.put(deploymentKind, deployment({ name: "b" }));
    expect(await cli.run("scale", "deploy", "--all", "--replicas=3")).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/a scaled\ndeployment.apps/b scaled\n");
    expect(await cli.run("scale", "deploy", "-l", "no=such", "--replicas=3")).to.equal(1);
    expect(cli.err).to.equal("error: no objects passed to scale\n");
  });

  it("sets the count, by TYPE NAME and TYPE/NAME", async () => {
    const cli = new FakeCli();
    cli.cluster.put(deploymentKind, deployment({ name: "web", replicas: 1 }));
    expect(await cli.run("scale", "deployment", "web", "--replicas=3")).to.equal(0);
    expect(await cli.run("scale", "deploy/web", "--replicas=4", "--current-replicas=3")).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/web scaled\n");
    expect(await cli.run("scale", "deploy/web", "--replicas=5", "--current-replicas=3")).to.equal(1);
    expect(cli.err).to.equal("error: Expected replicas to be 3, was 4\n");
  });

  it("refuses what has no replicas, and counts that are none", async () => {
    const cli = new FakeCli();
    expect(await cli.run("scale", "pod/web", "--replicas=3")).to.equal(1);
    expect(await cli.run("scale", "deploy/web", "--replicas=-1")).to.equal(1);
    expect(cli.err).to.equal("error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n");
    expect(await cli.run("scale", "deploy/web", "--replicas=x")).to.equal(1);
    expect(cli.err).to.match(/^error: invalid argument "x" for "--replicas" flag: "x" is not a whole number\n/);
    expect(await cli.run("scale", "deploy/web")).to.equal(1);
    expect(cli.err).to.match(/^error: required flag\(s\) "replicas" not set\n/);
  });

  it("scales what files name, each on its own, and only the version that is expected", async () => {
    const cli = new FakeCli();
    cli.cluster.put(deploymentKind, deployment({ name: "web", replicas: 1 }));
    cli.files["f.yaml"] = "kind: Deployment\nmetadata: {name: gone}\n---\nkind: Deployment\nmetadata: {name: web}\n";
    expect(await cli.run("scale", "-f", "f.yaml", "--replicas=2")).to.equal(1);
    expect(cli.out).to.equal("deployment.apps/web scaled\n");
    expect(cli.err).to.equal('Error from server (NotFound): deployments.apps "gone" not found\n');
    expect(await cli.run("scale", "deploy/web", "--replicas=3", "--resource-version=1")).to.equal(1);
    expect(cli.err).to.match(/^error: Expected resource version to be 1, was \d+\n$/);
    await cli.run("scale", "deploy/web", "--replicas=3", "-o", "jsonpath={.spec.replicas}");
    expect(cli.out).to.equal("3");
  });

  it("waits, by watching, until as many pods are counted, for as long as it may", async () => {
    const cli = new FakeCli();
    cli.cluster.put(deploymentKind, deployment({ replicas: 1 }));
    const scaled = cli.run("scale", "deploy/web", "--replicas=2", "--timeout=1m");
    await cli.cluster.called("watch");
    cli.cluster.put(deploymentKind, deployment({ replicas: 2, generation: 2, status: { observedGeneration: 1, replicas: 2 } }));
    cli.cluster.put(deploymentKind, deployment({ replicas: 2, generation: 2, status: { observedGeneration: 2, replicas: 2 } }));
    expect(await scaled).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/web scaled\n");

    cli.cluster.calls.length = 0;
    const late = cli.run("scale", "deploy/web", "--replicas=3", "--timeout=1s");
    await cli.cluster.called("watch");
    for (const timer of cli.timers) timer();
    expect(await late).to.equal(1);
    expect(cli.err).to.equal('error: timed out waiting for "web" to be synced\n');
  });

  it("changes nothing in a dry run", async () => {
    const cli = new FakeCli();
    cli.cluster.put(deploymentKind, deployment({ name: "web", replicas: 1 }));
    await cli.run("scale", "deploy/web", "--replicas=9", "--dry-run=client");
    expect(cli.out).to.equal("deployment.apps/web scaled (dry run)\n");
    await cli.run("scale", "deploy/web", "--replicas=9", "--dry-run=server");
    expect(cli.out).to.equal("deployment.apps/web scaled (server dry run)\n");
    await cli.run("get", "deploy/web", "-o", "jsonpath={.spec.replicas}");
    expect(cli.out).to.equal("1");
  });
});
