import { expect } from "chai";
import { deployment, pod } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { exit, scriptedProgram, stderr, stdout } from "../../../test/fakes/scripted-sessions.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ExecRequest_Start } from "../../gen/howbernetes/api/v1/pods.js";

const two = () => {
  const plain = pod({ name: "web" });
  const [main] = plain.spec.containers;
  return pod({ name: "web", spec: { containers: [main as never, { ...main, name: "shell", stdin: true, tty: true } as never] } });
};

describe("howbectl exec", () => {
  let cli: FakeCli;
  let started: ExecRequest_Start | undefined;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web" }));
    // `cat`, which ends with what it is told to.
    cli.cluster.sessions.exec = scriptedProgram(async function* ({ start, command, input }) {
      started = start;
      yield stdout(`${command.join(" ")}\n`);
      yield stderr("a word of warning\n");
      for await (const piece of input) {
        if (piece.$case === "data") yield stdout(piece.value);
        if (piece.$case === "resize") yield stdout(`${piece.value.width}x${piece.value.height}\n`);
        if (piece.$case === "end" || piece.$case === "resize") break;
      }
      yield exit(command.includes("fail") ? 3 : 0);
    });
  });

  it("runs a program, its output on the user's and its exit code howbectl's", async () => {
    cli.stdin = "from here\n";
    expect(await cli.run("exec", "-i", "web", "--", "cat", "-n", "--")).to.equal(0);
    expect(cli.out).to.equal("cat -n --\nfrom here\n");
    expect(cli.err).to.equal("a word of warning\n");
    expect(started?.options).to.include({ stdin: true, stdout: true, stderr: true, tty: false, container: "main" });

    expect(await cli.run("exec", "-i", "web", "--", "fail")).to.equal(3);
    expect(cli.err).to.match(/\ncommand terminated with exit code 3\n$/);
  });

  it("gives it the terminal with -it, follows its size, and puts it back", async () => {
    cli.isTerminal = true;
    cli.stdin = "ls\r";
    const running = cli.run("exec", "-it", "web", "--", "sh");
    await cli.printed("ls\r");
    cli.resize(100, 40);
    expect(await running).to.equal(0);
    expect(cli.out).to.include("100x40\n");
    expect(started).to.have.property("terminalSize").that.deep.equals({ width: 80, height: 24 });
    expect(started?.options).to.include({ tty: true, stderr: false });
    expect(cli.terminalModes).to.deep.equal(["raw", "restored"]);
  });

  it("puts the terminal back when the session breaks, too", async () => {
    cli.isTerminal = true;
    // biome-ignore lint/correctness/useYield: it breaks before there is anything to yield
    cli.cluster.sessions.exec = scriptedProgram(async function* () {
      throw new Error("the node is lost");
    });
    expect(await cli.run("exec", "-it", "web", "--", "sh")).to.equal(1);
    expect(cli.terminalModes).to.deep.equal(["raw", "restored"]);
  });

  it("does without a terminal where there is none, and says so unless it is to be quiet", async () => {
    expect(await cli.run("exec", "-it", "web", "--", "sh")).to.equal(0);
    expect(cli.err).to.match(/^Unable to use a TTY - input is not a terminal or the right kind of file\n/);
    await cli.run("exec", "-itq", "web", "--", "sh");
    expect(cli.err).not.to.include("Unable");
    expect(cli.terminalModes).to.deep.equal([]);
  });

  it("takes the pod of a workload, and the container that the annotation names, or says which it took", async () => {
    const plain = deployment({ name: "app" });
    cli.cluster.put(deploymentKind, { ...plain, spec: { ...plain.spec, selector: { matchLabels: { a: "b" }, matchExpressions: [] } } });
    const labels = { a: "b" };
    cli.cluster.put(podKind, pod({ name: "app-1", labels, nodeName: "" }));
    cli.cluster.put(podKind, { ...two(), metadata: { ...two().metadata, name: "app-2", labels } });
    expect(await cli.run("exec", "deploy/app", "-i", "--", "x")).to.equal(0);
    expect(started).to.include({ name: "app-2" });
    expect(cli.err).to.match(/^Defaulted container "main" out of: main, shell\n/);

    const annotations = { "kubectl.kubernetes.io/default-container": "shell" };
    cli.cluster.put(podKind, { ...two(), metadata: { ...two().metadata, annotations } });
    await cli.run("exec", "web", "-i", "--", "x");
    expect(started?.options?.container).to.equal("shell");
    expect(cli.err).not.to.include("Defaulted");
  });

  it("waits for a workload's first pod, as long as it is told to", async () => {
    const plain = deployment({ name: "app" });
    cli.cluster.put(deploymentKind, { ...plain, spec: { ...plain.spec, selector: { matchLabels: { a: "b" }, matchExpressions: [] } } });
    const running = cli.run("exec", "deploy/app", "-i", "--", "x");
    await cli.cluster.called("watch pods");
    cli.cluster.put(podKind, pod({ name: "late", labels: { a: "b" } }));
    expect(await running).to.equal(0);
    expect(started).to.include({ name: "late" });
  });

  it("gives up waiting for a pod in the end", async () => {
    const plain = deployment({ name: "app" });
    cli.cluster.put(deploymentKind, { ...plain, spec: { ...plain.spec, selector: { matchLabels: { a: "b" }, matchExpressions: [] } } });
    const waiting = cli.run("exec", "deploy/app", "--pod-running-timeout=5s", "--", "x");
    await cli.cluster.called("watch pods");
    cli.timers.at(-1)?.();
    expect(await waiting).to.equal(1);
    expect(cli.err).to.equal("error: timed out waiting for the condition\n");
  });

  const wrong = [
    { words: ["web", "ls"], says: "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead" },
    { words: ["web"], says: "error: you must specify at least one command for the container" },
    { words: ["--", "ls"], says: "error: pod, type/name or --filename must be specified" },
    { words: ["gone", "--", "ls"], says: 'Error from server (NotFound): pods "gone" not found' },
    { words: ["cm/x", "--", "ls"], says: "error: cannot run a program in a ConfigMap: it selects no pods" },
    { words: ["done", "--", "ls"], says: "error: cannot exec into a container in a completed pod; current phase is Succeeded" },
  ];
  for (const { words, says } of wrong) {
    it(`refuses exec ${words.join(" ")}`, async () => {
      cli.cluster.put(podKind, pod({ name: "done", phase: "Succeeded" }));
      expect(await cli.run("exec", ...words)).to.equal(1);
      expect(cli.err).to.include(says);
    });
  }
});

describe("howbectl attach", () => {
  let cli: FakeCli;
  let container: string | undefined;
  let sizes: string[];
  beforeEach(() => {
    cli = new FakeCli();
    sizes = [];
    cli.cluster.put(podKind, two());
    cli.cluster.sessions.attach = scriptedProgram(async function* ({ start, input }) {
      container = start.options?.container;
      yield stdout("running\n");
      for await (const piece of input) {
        if (piece.$case === "resize") sizes.push(`${piece.value.width}x${piece.value.height}`);
        if (piece.$case === "data") yield stdout(piece.value);
        if (piece.$case === "data" || piece.$case === "end") break;
      }
    }) as never;
  });

  it("joins a container's terminal, which is drawn anew, and says how to come back", async () => {
    cli.isTerminal = true;
    cli.stdin = "exit\r";
    expect(await cli.run("attach", "web", "-c", "shell", "-it")).to.equal(0);
    expect(container).to.equal("shell");
    expect(sizes).to.deep.equal(["81x25", "80x24"]);
    expect(cli.err).to.equal("If you don't see a command prompt, try pressing enter.\n");
    expect(cli.out).to.equal(
      "running\nexit\rSession ended, resume using 'howbectl attach web -c shell -i -t' command when the pod is running\n",
    );
    expect(cli.terminalModes).to.deep.equal(["raw", "restored"]);
  });

  it("says nothing of coming back to what is not started again", async () => {
    const once = two();
    cli.cluster.put(podKind, { ...once, spec: { ...once.spec, restartPolicy: "Never" } });
    cli.isTerminal = true;
    cli.stdin = "exit\r";
    expect(await cli.run("attach", "web", "-c", "shell", "-it")).to.equal(0);
    expect(cli.out).to.equal("running\nexit\r");
  });

  it("says that a container has no terminal, and prints nothing of its own when quiet", async () => {
    await cli.run("attach", "pod", "web", "-it");
    expect(cli.err).to.include("error: Unable to use a TTY - container main did not allocate one\n");
    await cli.run("attach", "web", "-iq");
    expect(cli.err).to.equal("");
  });

  it("refuses what cannot be attached to", async () => {
    cli.cluster.put(podKind, pod({ name: "done", phase: "Failed" }));
    await cli.run("attach", "done");
    expect(cli.err).to.equal("error: cannot attach a container in a completed pod; current phase is Failed\n");
    await cli.run("attach", "web", "-c", "none");
    expect(cli.err).to.equal("error: container none not found in pod web\n");
    await cli.run("attach");
    expect(cli.err).to.equal("error: at least 1 argument is required for attach\n");
  });
});
