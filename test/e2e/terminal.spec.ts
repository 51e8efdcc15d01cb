import { expect } from "chai";
import { skipBecause } from "../skip.js";
import { Cluster } from "./harness/cluster.js";
import { image } from "./harness/manifests.js";
import { type Running, run, start } from "./harness/process.js";

/** script(1), of util-linux, gives a program a terminal. */
const hasScript = (await run("script", ["--version"]).catch(() => undefined))?.code === 0;

describe("howbectl on a terminal", function () {
  this.timeout(180_000);
  let cluster: Cluster;
  let terminal: Running | undefined;

  before(async function () {
    if (!hasScript) skipBecause(this, "there is no script(1)");
    cluster = await Cluster.start();
  });
  afterEach(() => terminal?.stop("SIGKILL"));
  after(() => cluster?.destroy());

  /** Runs a command line in a shell on a terminal of its own. */
  const open = (line: string): Running => {
    terminal = start("script", ["-qec", line, "/dev/null"], { env: cluster.env, keepsInput: true });
    return terminal;
  };

  it("works in a shell of a pod that is gone afterwards, and leaves the terminal as it was", async () => {
    const pod = `bin/howbectl run shell -it --rm --restart=Never --image=${image} -- sh`;
    const running = open(`stty -g; ${pod}; echo "code $?"; stty -g`);
    // The shell's prompt was there before anybody was to see it.
    await running.until("the hint", (stdout) => stdout.includes("try pressing enter"));
    running.child.stdin.write("\r");
    await running.until("a prompt", (stdout) => stdout.includes("# "));
    running.child.stdin.write("echo $((6*7)); test -t 0 && echo a terminal\r");
    await running.until("the answer", (stdout) => stdout.includes("42\r\na terminal\r\n"));
    running.child.stdin.write("exit 5\r");
    const { stdout } = await running.ended;

    expect(stdout).to.include('pod "shell" deleted from default namespace').and.include("code 5\r\n");
    const modes = stdout.match(/^[0-9a-f]+(:[0-9a-f]+){20,}/gm) ?? [];
    expect(modes).to.have.length(2);
    expect(modes[1]).to.equal(modes[0]);
    await cluster.must("wait", "--for=delete", "pod/shell", "--timeout=60s");
  });

  it("passes Ctrl-C to the program", async () => {
    await cluster.must("run", "web", `--image=${image}`, "--command", "--", "sleep", "3600");
    await cluster.must("wait", "--for=condition=Ready", "pod/web", "--timeout=60s");
    const program = `trap "echo caught; exit 9" INT; echo ready; sleep 1000 & wait`;
    const running = open(`bin/howbectl exec -it web -- sh -c '${program}'`);
    await running.until("the program", (stdout) => stdout.includes("ready"));
    running.child.stdin.write("\u0003");
    const { code, stdout } = await running.ended;
    expect(stdout).to.include("caught").and.include("command terminated with exit code 9");
    expect(code).to.equal(9);
    await cluster.must("delete", "pod", "web", "--grace-period=1");
  });
});
