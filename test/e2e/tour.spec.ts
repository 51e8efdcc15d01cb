import { readFileSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { expect } from "chai";
import { Cluster } from "./harness/cluster.js";
import { image } from "./harness/manifests.js";
import { run } from "./harness/process.js";

/** The commands of README.md's tour: the lines of its `sh` blocks, comments left out. */
function tourCommands(): string[] {
  const readme = readFileSync("README.md", "utf8");
  const tour = /^## A five-minute tour$([\s\S]*?)^## /m.exec(readme)?.[1] ?? "";
  return [...tour.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) =>
    block.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")),
  );
}

describe("the README's tour", function () {
  this.timeout(300_000);

  it("works as it is written, command by command", async () => {
    const commands = tourCommands();
    expect(commands.length).to.be.greaterThan(8);
    const cluster = await Cluster.start();
    const env = { ...cluster.env, PATH: `${resolve("bin")}${delimiter}${process.env.PATH ?? ""}` };
    try {
      for (const command of commands) {
        // What never ends by itself is given a moment's life by `timeout`, whose code 124 then means success.
        const watches = / -w\b| port-forward | logs -f /.test(command);
        const { code, stdout, stderr } = await run("bash", ["-c", watches ? `timeout 2 ${command}` : command], { env });
        expect(code, `${command}\n${stdout}${stderr}`).to.equal(watches ? 124 : 0);
      }
    } finally {
      await cluster.destroy();
    }
  });
});

describe("manifests of the original design's users", function () {
  this.timeout(180_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(() => cluster.destroy());

  const container = `    containers:\n    - name: web\n      image: ${image}\n      command: ["sleep", "3600"]\n`;
  const template = `  replicas: 3\n  selector:\n    matchLabels:\n      app: web\n  template:\n    metadata:\n      name: web\n      labels:\n        app: web\n    spec:\n${container.replaceAll(/^/gm, "  ").trimEnd()}\n`;
  const manifests = [
    { kind: "Pod", text: `kind: Pod\nmetadata:\n  name: web\nspec:\n${container.replaceAll(/^ {2}/gm, "")}`, pods: 1 },
    { kind: "ReplicaSet", text: `kind: ReplicaSet\nmetadata:\n  name: web\nspec:\n${template}`, pods: 3 },
    {
      kind: "Deployment",
      text: `kind: Deployment\nmetadata:\n  name: web\nspec:\n  strategy:\n    type: RollingUpdate\n${template}`,
      pods: 3,
    },
  ];
  for (const { kind, text, pods } of manifests) {
    it(`a ${kind} without apiVersion runs`, async () => {
      await cluster.apply(text);
      if (kind !== "Pod") await cluster.must("wait", `--for=jsonpath={.status.readyReplicas}=${pods}`, `${kind}/web`, "--timeout=90s");
      await cluster.must("wait", "--for=condition=Ready", "pods", "--all", "--timeout=90s");
      expect(await cluster.list("pods")).to.have.lengthOf(pods);
      await cluster.must("delete", kind, "web", "--grace-period=1");
      await cluster.must("wait", "--for=delete", "pods", "--all", "--timeout=90s");
    });
  }
});
