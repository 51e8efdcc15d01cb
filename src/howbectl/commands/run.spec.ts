import { expect } from "chai";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { scriptedProgram, stdout } from "../../../test/fakes/scripted-sessions.js";
import { parseYaml } from "../../api/codec/yaml.js";
import { badRequest } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

describe("howbectl run", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
  });

  it("creates a pod", async () => {
    expect(await cli.run("run", "web", "--image", "web:1")).to.equal(0);
    expect(cli.out).to.equal("pod/web created\n");
    expect(cli.cluster.find(podKind, { namespace: "default", name: "web" })?.metadata.labels).to.deep.equal({ run: "web" });
  });

  it("makes the pod that kubectl makes of the same words", async () => {
    const words = ["--image=web:1", "--env=A=b=c", "--port=80", "--labels=a=b,c=d", "--restart=Never", "--dry-run=client", "-o", "yaml"];
    expect(await cli.run("run", "web", ...words, "--", "sh", "-n", "x")).to.equal(0);
    expect(parseYaml(cli.out)).to.deep.equal({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { creationTimestamp: null, name: "web", labels: { a: "b", c: "d" } },
      spec: {
        containers: [
          {
            name: "web",
            image: "web:1",
            args: ["sh", "-n", "x"],
            env: [{ name: "A", value: "b=c" }],
            ports: [{ containerPort: 80 }],
            resources: {},
          },
        ],
        dnsPolicy: "ClusterFirst",
        restartPolicy: "Never",
      },
      status: {},
    });
    expect(cli.cluster.calls).to.deep.equal([]);
  });

  it("takes the words after -- as the command with --command", async () => {
    await cli.run("run", "web", "--image=web:1", "--command", "--dry-run=client", "-o", "yaml", "--", "sleep", "1");
    expect(parseYaml(cli.out)).to.have.deep.nested.property("spec.containers[0].command", ["sleep", "1"]);
    expect(parseYaml(cli.out)).not.to.have.nested.property("spec.containers[0].args");
  });

  const wrong = [
    { words: ["run", "web"], says: 'error: required flag(s) "image" not set' },
    { words: ["run", "web", "--image=x", "--restart=Sometimes"], says: "is not one of Always, OnFailure, Never" },
    { words: ["run", "web", "--image=x", "--foo"], says: "unknown flag: --foo" },
    { words: ["run", "web", "--image=x", "--env=A"], says: 'invalid env: "A"' },
    { words: ["rnu"], says: "unknown command 'rnu'\n(Did you mean run?)\nSee 'howbectl --help' for usage.\n" },
    { words: ["run", "web", "--image=x", "-t"], says: "error: -i/--stdin is required for containers with -t/--tty=true\n" },
    { words: ["run", "web", "--image=x", "--rm"], says: "error: --rm should only be used for attached containers\n" },
    { words: ["run", "web", "--image=x", "-i", "--dry-run=client"], says: "error: --dry-run=[server|client] can't be used with attached" },
    { words: ["run", "web", "--image=x", "--overrides={"], says: "error: invalid --overrides: " },
    { words: ["expose", "deployment", "web"], says: "error: howbectl has no 'expose' yet\nInstead: a hostPort of the container" },
    { words: ["auth", "can-i", "get", "pods"], says: "error: howbectl has no 'auth' yet\n" },
    { words: ["create", "cronjob", "x", "--image=y"], says: "not set\nSee 'howbectl create cronjob --help' for usage.\n" },
    { words: ["-n", "x", "create", "deploy", "x"], says: "not set\nSee 'howbectl create deployment --help' for usage.\n" },
    { words: ["rollout", "status", "deploy/x", "--timeout=abc"], says: "See 'howbectl rollout status --help' for usage.\n" },
  ];
  for (const { words, says } of wrong) {
    it(`refuses ${words.join(" ")}`, async () => {
      expect(await cli.run(...words)).to.equal(1);
      expect(cli.err).to.include(says);
    });
  }
});

describe("howbectl run, on the terminal", () => {
  const key = { namespace: "default", name: "x" };
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.sessions.attach = scriptedProgram(async function* ({ input }) {
      for await (const piece of input) {
        if (piece.$case === "data") yield stdout(piece.value);
        if (piece.$case === "end") return;
      }
    }) as never;
  });

  /** Moves the pod on, once it has been created, as its node would. */
  const becomes = (phase: "Running" | "Succeeded" | "Failed", exitCode?: number): void => {
    const created = cli.cluster.find(podKind, key) as Whole<Pod>;
    const terminated = { exitCode, reason: exitCode === 0 ? "Completed" : "Error", message: "why" };
    const status = {
      ...created.status,
      phase,
      conditions: [{ type: "Ready", status: phase === "Running" ? "True" : "False" }],
      containerStatuses: exitCode === undefined ? [] : [{ name: "x", state: { terminated } }],
    };
    cli.cluster.put(podKind, { ...created, status } as unknown as Whole<Pod>);
  };

  it("passes input, waits for the end, ends as the container did, and deletes the pod", async () => {
    cli.stdin = "hello\n";
    const running = cli.run("run", "x", "-i", "--rm", "--restart=Never", "--image=busybox", "--", "cat");
    await cli.cluster.called("watch pods");
    becomes("Running");
    await cli.printed("hello");
    becomes("Failed", 7);

    expect(await running).to.equal(7);
    expect(cli.out).to.equal('hello\npod "x" deleted from default namespace\n');
    expect(cli.err).to.equal("If you don't see a command prompt, try pressing enter.\npod default/x terminated (Error)\nwhy\n");
    expect(cli.cluster.find(podKind, key)).to.equal(undefined);
  });

  it("gives the pod an input that ends with the session, and a terminal", async () => {
    cli.isTerminal = true;
    const running = cli.run("run", "x", "-it", "--image=busybox");
    await cli.cluster.called("watch pods");
    const { spec } = cli.cluster.find(podKind, key) as Whole<Pod>;
    expect(spec.containers[0]).to.include({ stdin: true, stdinOnce: true, tty: true });
    cli.interrupt();
    expect(await running).to.equal(130);
    expect(cli.cluster.find(podKind, key)).not.to.equal(undefined);
  });

  it("deletes the pod when the user interrupts, too", async () => {
    const running = cli.run("run", "x", "-i", "--rm", "--restart=Never", "--image=busybox");
    await cli.cluster.called("watch pods");
    cli.interrupt();
    expect(await running).to.equal(130);
    expect(cli.cluster.find(podKind, key)).to.equal(undefined);
  });

  it("prints all that a pod without input has written, and quietly when asked", async () => {
    cli.cluster.logs.set("default/x/x", "all of it\n");
    const running = cli.run("run", "x", "--attach", "--rm", "-q", "--restart=Never", "--image=busybox");
    await cli.cluster.called("watch pods");
    becomes("Succeeded", 0);
    expect(await running).to.equal(0);
    expect(cli.out).to.equal("all of it\n");
  });

  it("falls back on the log when it cannot attach", async () => {
    cli.cluster.logs.set("default/x/x", "from the log\n");
    // biome-ignore lint/correctness/useYield: it is refused before there is anything to yield
    cli.cluster.sessions.attach = async function* () {
      throw badRequest("the container has no input");
    };
    const running = cli.run("run", "x", "-i", "--restart=Never", "--image=busybox");
    await cli.cluster.called("watch pods");
    becomes("Running");
    await cli.printed("from the log");
    becomes("Succeeded", 0);
    expect(await running).to.equal(0);
    expect(cli.err).to.match(/^warning: couldn't attach to pod\/x, falling back to streaming logs: .*the container has no input$/m);
  });

  it("gives up when the pod does not come to run in time", async () => {
    const running = cli.run("run", "x", "-i", "--rm", "--image=busybox", "--pod-running-timeout=1s");
    await cli.cluster.called("watch pods");
    cli.timers.at(-1)?.();
    expect(await running).to.equal(1);
    expect(cli.err).to.equal("error: timed out waiting for the condition\n");
  });

  it("lets the pod be overridden, by a merge or a patch", async () => {
    const words = ["run", "x", "--image=a", "--dry-run=client", "-o", "jsonpath={.spec.nodeName} {.spec.containers[0].image}"];
    await cli.run(...words, '--overrides={"apiVersion":"v1","spec":{"nodeName":"n1"}}');
    expect(cli.out).to.equal("n1 a");
    await cli.run(...words, "--override-type=json", '--overrides=[{"op":"replace","path":"/spec/containers/0/image","value":"b"}]');
    expect(cli.out).to.equal(" b");
  });
});
