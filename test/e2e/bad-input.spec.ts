import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { eventually } from "../eventually.js";
import { Cluster, freePort } from "./harness/cluster.js";
import { image, podManifest } from "./harness/manifests.js";
import { run } from "./harness/process.js";

const set = (lines: string, kind = "Deployment"): string => `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: bad}\nspec:\n${lines}`;
const template = `  template: {metadata: {labels: {app: bad}}, spec: {containers: [{name: a, image: "${image}"}]}}\n`;
const selector = "  selector: {matchLabels: {app: bad}}\n";

describe("bad input", function () {
  this.timeout(180_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await Cluster.start();
  });
  after(() => cluster.destroy());

  const documents: readonly { readonly what: string; readonly text: string; readonly says: RegExp }[] = [
    { what: "an unknown kind", text: "apiVersion: v1\nkind: Pud\nmetadata: {name: bad}\n", says: /no matches for kind "Pud"/ },
    { what: "an unknown field", text: podManifest("bad").replace("spec:", "spec:\n  nodeNam: x"), says: /unknown field "spec\.nodeNam"/ },
    {
      what: "an unknown field in a list",
      text: podManifest("bad").replace("name: main", "name: main\n    imagee: x"),
      says: /unknown field "spec\.containers\[0\]\.imagee"/,
    },
    {
      what: "a field that is not honoured yet",
      text: podManifest("bad").replace("image:", "resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]\n    image:"),
      says: /spec\.containers\[0\]\.resizePolicy: Forbidden: /,
    },
    {
      what: "a selector that does not match the template",
      text: set(`  selector: {matchLabels: {app: other}}\n${template}`),
      says: /spec\.template\.metadata\.labels: Invalid value: .*`selector` does not match template `labels`/,
    },
    {
      what: "negative replicas",
      text: set(`  replicas: -1\n${selector}${template}`),
      says: /spec\.replicas: Invalid value: -1: must be greater than or equal to 0/,
    },
    {
      what: "replicas that are no number",
      text: set(`  replicas: many\n${selector}${template}`),
      says: /spec\.replicas: Invalid value: "many"/,
    },
    {
      what: "an unknown strategy",
      text: set(`  strategy: {type: Sideways}\n${selector}${template}`),
      says: /spec\.strategy\.type: Unsupported value: "Sideways"/,
    },
    { what: "a name with a path in it", text: podManifest("../bad"), says: /"\.\.\/bad"/ },
  ];
  for (const { what, text, says } of documents) {
    it(`refuses ${what}, stores nothing of it, and goes on with the others`, async () => {
      const { code, stdout, stderr } = await cluster.ctlWith(`${podManifest("good")}---\n${text}`, "apply", "-f", "-");

      expect(stderr).to.match(says);
      expect(code).to.equal(1);
      expect(stdout).to.match(/^pod\/good (created|unchanged)$/m);
      expect((await cluster.list("pods")).map(({ metadata }) => metadata.name)).to.deep.equal(["good"]);
      expect(await cluster.list("deployments")).to.deep.equal([]);
    });
  }

  it("names file and line of broken YAML", async () => {
    const file = cluster.file("broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n");
    const { code, stderr } = await cluster.ctl("apply", "-f", file);
    expect(stderr).to.match(/broken\.yaml.*line [34]/);
    expect(code).to.equal(1);
  });

  it("reads a directory, and reports a file that is not there", async () => {
    const folder = join(cluster.directory, "manifests");
    mkdirSync(folder);
    writeFileSync(join(folder, "a.yaml"), podManifest("good"));
    expect((await cluster.ctl("apply", "-f", folder)).code).to.equal(0);
    const { code, stderr } = await cluster.ctl("apply", "-f", join(folder, "absent.yaml"));
    expect(code).to.equal(1);
    expect(stderr).to.include("absent.yaml");
  });

  it("a missing image is created, waits with ErrImagePull and then ImagePullBackOff, and `wait` fails", async () => {
    const watching = cluster.startCtl("get", "pods", "-w");
    await cluster.apply(podManifest("imageless").replace(image, "howbernetes/absent:1.0"));
    await watching.until("ErrImagePull, then ImagePullBackOff", (stdout) =>
      /imageless .*ErrImagePull[\s\S]*imageless .*ImagePullBackOff/.test(stdout),
    );
    await watching.stop();
    const { code, stderr } = await cluster.ctl("wait", "--for=condition=Ready", "pod/imageless", "--timeout=1s");
    expect(code).to.equal(1);
    expect(stderr).to.include("timed out waiting for the condition on pods/imageless");
    await cluster.must("delete", "pod", "imageless", "--grace-period=0", "--force");
  });

  it("shell text in an image reaches no shell", async () => {
    const planted = join(cluster.directory, "planted");
    const { code, stderr } = await cluster.ctl("run", "shelled", `--image=x; touch ${planted} #$(touch ${planted})`);
    if (code !== 0) expect(stderr).to.match(/image/i);
    else
      await eventually(async () =>
        expect(await cluster.must("get", "pod", "shelled")).to.match(/InvalidImageName|ErrImagePull|ImagePullBackOff/),
      );
    expect(existsSync(planted)).to.equal(false);
    await cluster.ctl("delete", "pod", "shelled", "--grace-period=0", "--force");
  });

  const commands: readonly { readonly words: readonly string[]; readonly says: RegExp }[] = [
    { words: ["get", "foo"], says: /error: the server doesn't have a resource type "foo"/ },
    { words: ["get", "pod", "absent"], says: /Error from server \(NotFound\): pods "absent" not found/ },
    { words: ["delete", "deployment", "absent"], says: /Error from server \(NotFound\): deployments\.apps "absent" not found/ },
    { words: ["scale", "deployment", "absent", "--replicas=2"], says: /NotFound.*deployments\.apps "absent" not found/ },
    { words: ["get", "pods", "-l", "a=b=c"], says: /unable to parse requirement/ },
    { words: ["get", "pods", "--field-selector", "spec.nothing=x"], says: /field label not supported: spec\.nothing/ },
    { words: ["create", "-f", "-", "-n", "absent"], says: /namespaces "absent" not found/ },
    { words: ["nonsense"], says: /unknown command/ },
    { words: ["get", "pods", "--nonsense"], says: /unknown (flag|option)/ },
  ];
  for (const { words, says } of commands) {
    it(`howbectl ${words.join(" ")}: says what is wrong and exits with 1`, async () => {
      const { code, stderr } = await cluster.ctlWith(podManifest("unborn"), ...words);
      expect(stderr).to.match(says);
      expect(code).to.equal(1);
    });
  }

  it("a server that is down is a refused connection", async () => {
    const port = await freePort();
    const { code, stderr } = await cluster.ctl("get", "pods", "--server", `127.0.0.1:${port}`);
    expect(stderr).to.include(`The connection to the server 127.0.0.1:${port} was refused - did you specify the right host or port?`);
    expect(code).to.equal(1);
  });

  it("without a configuration howbectl says how to get one", async () => {
    const { code, stderr } = await run("bin/howbectl", ["get", "pods"], { env: { HOWBECONFIG: join(cluster.directory, "absent") } });
    expect(code).to.equal(1);
    expect(stderr).to.match(/howbernetes up|HOWBECONFIG/);
  });
});
