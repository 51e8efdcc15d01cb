import { expect } from "chai";
import { Cluster } from "./harness/cluster.js";
import { image } from "./harness/manifests.js";

const shell = (script: string): string => `command: ["sh", "-c", ${JSON.stringify(script)}]`;
const onePod = (name: string, container: string, more = ""): string =>
  `kind: Pod\nmetadata: {name: ${name}, labels: {tier: front}, annotations: {note: read me}}\nspec:\n  restartPolicy: Never\n` +
  `  containers:\n  - {name: main, image: "${image}", ${container}}\n${more}`;

describe("what a pod's containers are told", function () {
  this.timeout(300_000);
  let cluster: Cluster;
  let made = 0;

  before(async () => {
    cluster = await Cluster.start();
    await cluster.must("create", "configmap", "app", "--from-literal=COLOR=blue", "--from-literal=shape.name=round");
    await cluster.must("create", "secret", "generic", "db", "--from-literal=PASSWORD=s€cret", "--from-literal=USER=me");
  });
  after(() => cluster.destroy());

  /** What a container prints that runs to its end. */
  async function printed(container: string): Promise<readonly string[]> {
    const name = `once-${++made}`;
    await cluster.apply(onePod(name, container));
    await cluster.must("wait", "--for=jsonpath={.status.phase}=Succeeded", `pod/${name}`, "--timeout=60s");
    return (await cluster.must("logs", name)).trimEnd().split("\n");
  }
  const told = (fields: string): Promise<readonly string[]> => printed(`command: ["env"], ${fields}`);
  const variable = (name: string, source: string): string => `{name: ${name}, valueFrom: {${source}}}`;
  const field = (name: string, path: string): string => variable(name, `fieldRef: {fieldPath: "${path}"}`);
  const resource = (name: string, of: string, divisor = "1"): string =>
    variable(name, `resourceFieldRef: {resource: ${of}, divisor: "${divisor}"}`);
  const lastPod = async (path: string): Promise<string> => cluster.must("get", "pod", `once-${made}`, "-o", `jsonpath={${path}}`);

  it("a key of a ConfigMap as a variable", async () => {
    expect(await told(`env: [${variable("C", "configMapKeyRef: {name: app, key: COLOR}")}]`)).to.include("C=blue");
  });

  it("every key of a ConfigMap, with a prefix if wanted", async () => {
    const lines = await told("envFrom: [{configMapRef: {name: app}}, {prefix: P_, configMapRef: {name: app}}]");
    expect(lines).to.include.members(["COLOR=blue", "shape.name=round", "P_COLOR=blue", "P_shape.name=round"]);
  });

  it("a key of a Secret as a variable", async () => {
    expect(await told(`env: [${variable("S", "secretKeyRef: {name: db, key: PASSWORD}")}]`)).to.include("S=s€cret");
  });

  it("every key of a Secret, with a prefix if wanted", async () => {
    const lines = await told("envFrom: [{secretRef: {name: db}}, {prefix: DB_, secretRef: {name: db}}]");
    expect(lines).to.include.members(["USER=me", "PASSWORD=s€cret", "DB_USER=me", "DB_PASSWORD=s€cret"]);
  });

  it("the pod's name, namespace and address", async () => {
    const env = [field("NAME", "metadata.name"), field("NS", "metadata.namespace"), field("IP", "status.podIP")];
    const lines = await told(`env: [${env.join()}]`);
    expect(lines).to.include.members([`NAME=once-${made}`, "NS=default", `IP=${await lastPod(".status.podIP")}`]);
    expect(lines.find((line) => line.startsWith("IP="))).to.match(/^IP=\d+\.\d+\.\d+\.\d+$/);
  });

  it("the pod's uid, labels and annotations", async () => {
    const env = [field("ID", "metadata.uid"), field("TIER", "metadata.labels['tier']"), field("NOTE", "metadata.annotations['note']")];
    const lines = await told(`env: [${env.join()}]`);
    expect(lines).to.include.members([`ID=${await lastPod(".metadata.uid")}`, "TIER=front", "NOTE=read me"]);
  });

  it("the node's name and address", async () => {
    const lines = await told(`env: [${[field("NODE", "spec.nodeName"), field("HOST", "status.hostIP")].join()}]`);
    expect(lines).to.include.members([`NODE=${cluster.nodeName}`, `HOST=${await lastPod(".status.hostIP")}`]);
    expect(lines.find((line) => line.startsWith("HOST="))).to.match(/^HOST=\d+\.\d+\.\d+\.\d+$/);
  });

  it("what a container requests and is limited to", async () => {
    const env = [
      resource("CPU_LIMIT", "limits.cpu"),
      resource("MEMORY_LIMIT", "limits.memory", "1Mi"),
      resource("CPU_REQUEST", "requests.cpu", "1m"),
      resource("MEMORY_REQUEST", "requests.memory"),
    ];
    const resources = "resources: {requests: {cpu: 250m, memory: 32Mi}, limits: {cpu: 1250m, memory: 64Mi}}";
    expect(await told(`${resources}, env: [${env.join()}]`)).to.include.members([
      "CPU_LIMIT=2",
      "MEMORY_LIMIT=64",
      "CPU_REQUEST=250",
      "MEMORY_REQUEST=33554432",
    ]);
  });

  it("what the node has, where there is no limit", async () => {
    const lines = await told(`env: [${resource("CPU", "limits.cpu")}, ${resource("MEMORY", "limits.memory", "1Ki")}]`);
    const allocatable = async (name: string): Promise<string> =>
      cluster.must("get", "node", cluster.nodeName, "-o", `jsonpath={.status.allocatable.${name}}`);
    const [cpu, memory] = [await allocatable("cpu"), await allocatable("memory")];
    // Stored amounts are written as shortly as can be: this one may be so many Ki, Mi or Gi.
    const [, count, unit = ""] = /^(\d+)(Ki|Mi|Gi)$/.exec(memory) ?? [];
    const kibibytes = Number(count) * 1024 ** ["Ki", "Mi", "Gi"].indexOf(unit);
    expect(lines).to.include.members([`CPU=${cpu}`, `MEMORY=${kibibytes}`]);
  });

  it("values that are made of others", async () => {
    const env = 'env: [{name: A, value: one}, {name: B, value: "$(A);;$(COLOR)"}, {name: C, value: "$$(A) $(NONE)"}]';
    const lines = await told(`envFrom: [{configMapRef: {name: app}}], ${env}`);
    expect(lines).to.include.members(["A=one", "B=one;;blue", "C=$(A) $(NONE)"]);
  });

  it("variables in the words of its command", async () => {
    const env = `env: [${field("NAME", "metadata.name")}, {name: WORD, value: echo}]`;
    expect(await printed(`command: ["$(WORD)", "I am $(NAME)"], ${env}`)).to.deep.equal([`I am once-${made}`]);
  });

  it("variables in its arguments", async () => {
    const args = 'command: ["echo"], args: ["$(COLOR)", "$(NONE)", "$$(COLOR)"]';
    expect(await printed(`${args}, envFrom: [{configMapRef: {name: app}}]`)).to.deep.equal(["blue $(NONE) $(COLOR)"]);
  });
});

describe("configuration that changes", function () {
  this.timeout(300_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(() => cluster.destroy());

  const waits = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done";
  const revision = "{.metadata.annotations.deployment\\.kubernetes\\.io/revision}";
  const reason = "{.status.containerStatuses[0].state.waiting.reason}";

  it("rolls a Deployment that asks for it, whose undo then holds", async () => {
    await cluster.must("create", "configmap", "greeting", "--from-literal=WORD=hello", "--from-literal=NAME=world");
    await cluster.apply(`kind: Deployment
metadata: {name: greeter, annotations: {howbernetes.dev/rollout-on-config-change: "true"}}
spec:
  replicas: 2
  selector: {matchLabels: {app: greeter}}
  template:
    metadata: {labels: {app: greeter}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: main
        image: "${image}"
        ${shell(`echo "$SAID, $NAME"; ${waits}`)}
        envFrom: [{configMapRef: {name: greeting}}]
        env: [{name: SAID, valueFrom: {configMapKeyRef: {name: greeting, key: WORD}}}]
`);
    await cluster.must("rollout", "status", "deployment/greeter", "--timeout=90s");
    expect(await said("app=greeter")).to.deep.equal(["hello, world", "hello, world"]);
    await annotated((seen) => seen !== "");

    await cluster.must("patch", "configmap", "greeting", "-p", '{"data": {"WORD": "goodbye"}}');
    await cluster.must("wait", `--for=jsonpath=${revision}=2`, "deployment/greeter", "--timeout=60s");
    await cluster.must("rollout", "status", "deployment/greeter", "--timeout=90s");
    expect(await said("app=greeter")).to.deep.equal(["goodbye, world", "goodbye, world"]);
    expect(await cluster.must("events", "--for", "deployment/greeter")).to.match(/ConfigChanged.*configmap\/greeting/);

    await cluster.must("rollout", "undo", "deployment/greeter");
    await cluster.must("rollout", "status", "deployment/greeter", "--timeout=90s");
    // What is restored is the template: its pods read the ConfigMap as it is.
    expect(await said("app=greeter")).to.deep.equal(["goodbye, world", "goodbye, world"]);

    await cluster.must("patch", "configmap", "greeting", "-p", '{"data": {"NAME": "moon"}}');
    await cluster.must("wait", `--for=jsonpath=${revision}=4`, "deployment/greeter", "--timeout=60s");
    await cluster.must("rollout", "status", "deployment/greeter", "--timeout=90s");
    expect(await said("app=greeter")).to.deep.equal(["goodbye, moon", "goodbye, moon"]);
    // Had the undo been undone, that would have been a revision more.
    const revisions = (await cluster.must("rollout", "history", "deployment/greeter")).match(/^\d+/gm);
    expect(revisions).to.deep.equal(["2", "3", "4"]);
  });

  it("is waited for, and starts what waited as soon as it is there", async () => {
    await cluster.apply(onePod("waiting", `${shell(`echo "$A"; ${waits}`)}, envFrom: [{configMapRef: {name: late}}]`));
    await cluster.must("wait", `--for=jsonpath=${reason}=CreateContainerConfigError`, "pod/waiting", "--timeout=60s");
    expect(await cluster.must("get", "pod", "waiting", "--no-headers")).to.match(/^waiting +0\/1 +CreateContainerConfigError +0 /);
    expect(await cluster.must("describe", "pod", "waiting")).to.match(/Warning +Failed .*Error: configmap "late" not found/);
    expect((await cluster.ctl("logs", "waiting")).stderr).to.include(
      'container "main" in pod "waiting" is waiting to start: CreateContainerConfigError',
    );

    await cluster.must("create", "configmap", "late", "--from-literal=A=at last");
    await cluster.must("wait", "--for=condition=Ready", "pod/waiting", "--timeout=60s");
    expect(await cluster.must("logs", "waiting")).to.equal("at last\n");
  });

  it("is read anew when a container is restarted", async () => {
    await cluster.must("create", "secret", "generic", "key", "--from-literal=K=old");
    const script = 'echo "$K"; [ "$K" = new ]';
    await cluster.apply(onePod("restarted", `${shell(script)}, envFrom: [{secretRef: {name: key}}]`).replace("Never", "OnFailure"));
    await cluster.must("wait", "--for=jsonpath={.status.containerStatuses[0].restartCount}=1", "pod/restarted", "--timeout=60s");
    await cluster.must("patch", "secret", "key", "-p", '{"stringData": {"K": "new"}}');
    await cluster.must("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/restarted", "--timeout=90s");
    expect(await cluster.must("logs", "restarted")).to.equal("new\n");
  });

  it("leaves containers alone that run, also while the node's agent starts anew", async () => {
    await cluster.must("create", "configmap", "steady", "--from-literal=A=1");
    await cluster.apply(onePod("steady", `${shell(`echo "$A"; ${waits}`)}, envFrom: [{configMapRef: {name: steady}}]`));
    await cluster.must("wait", "--for=condition=Ready", "pod/steady", "--timeout=60s");
    const [before] = await cluster.list("pod", "steady");
    await cluster.stop();
    await cluster.boot();
    await cluster.must("patch", "configmap", "steady", "-p", '{"data": {"A": "2"}}');
    // Done by the same agent, after it has taken up the pods that it had.
    await cluster.apply(onePod("another", shell(waits)));
    await cluster.must("wait", "--for=condition=Ready", "pod/another", "--timeout=60s");

    const [after] = await cluster.list("pod", "steady");
    expect(after?.status.containerStatuses).to.deep.equal(before?.status.containerStatuses);
    expect(await cluster.must("logs", "steady")).to.equal("1\n");
  });

  it("tells the pods of an indexed Job their indexes", async () => {
    await cluster.apply(`apiVersion: batch/v1
kind: Job
metadata: {name: parts}
spec:
  completionMode: Indexed
  completions: 3
  parallelism: 3
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: "${image}", ${shell("echo part $JOB_COMPLETION_INDEX of $(hostname)")}}
`);
    await cluster.must("wait", "--for=condition=Complete", "job/parts", "--timeout=60s");
    expect(await said("batch.kubernetes.io/job-name=parts")).to.deep.equal(["part 0 of parts-0", "part 1 of parts-1", "part 2 of parts-2"]);
  });

  /** The first lines that the pods' containers have printed, in order; pods that are going are left out. */
  async function said(selector: string): Promise<readonly string[]> {
    const pods = (await cluster.list("pods", "-l", selector)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const logs = await Promise.all(pods.map(({ metadata }) => cluster.must("logs", metadata.name)));
    return logs.map((log) => log.split("\n")[0] ?? "").sort();
  }

  /** Waits until the configuration that the Deployment was made with has been noted. */
  async function annotated(condition: (seen: string) => boolean): Promise<void> {
    const watching = cluster.startCtl("get", "deployment", "greeter", "-w", "-o", "jsonpath={.metadata.annotations}{'\\n'}");
    await watching.until("the configuration is noted", (stdout) => condition(/config-seen":"([^"]+)"/.exec(stdout)?.[1] ?? ""));
    await watching.stop();
  }
});
