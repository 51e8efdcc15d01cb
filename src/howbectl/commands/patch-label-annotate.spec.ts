import { expect } from "chai";
import { deployment, pod } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { conflict } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";

const key = (name: string) => ({ namespace: "default", name });

describe("howbectl patch", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web", labels: { app: "web" } }));
  });
  const labels = () => cli.cluster.find(podKind, key("web"))?.metadata.labels;

  it("changes fields by each language, in JSON or YAML", async () => {
    expect(await cli.run("patch", "pod", "web", "-p", '{"metadata":{"labels":{"a":"1"}}}')).to.equal(0);
    expect(cli.out).to.equal("pod/web patched\n");
    await cli.run("patch", "pod/web", "--type=merge", "-p", "metadata: {labels: {b: '2', app: null}}");
    expect(labels()).to.deep.equal({ a: "1", b: "2" });
    await cli.run("patch", "pod", "web", "--type=json", "-p", '[{"op":"replace","path":"/metadata/labels/a","value":"3"}]');
    expect(labels()).to.deep.equal({ a: "3", b: "2" });
  });

  it("says when nothing changed", async () => {
    await cli.run("patch", "pod", "web", "-p", '{"metadata":{"labels":{"app":"web"}}}', "--dry-run=client");
    expect(cli.out).to.equal("pod/web patched (no change) (dry run)\n");
  });

  it("reads the patch, and what to patch, from files", async () => {
    cli.files["p.yaml"] = "metadata:\n  labels:\n    a: b\n";
    cli.files["web.yaml"] = "kind: Pod\nmetadata: {name: web}\n";
    expect(await cli.run("patch", "-f", "web.yaml", "--patch-file", "p.yaml")).to.equal(0);
    expect(labels()).to.include({ a: "b" });
  });

  it("patches a file's object without asking a server with --local", async () => {
    cli.files["web.yaml"] = "kind: Pod\nmetadata: {name: other}\n";
    await cli.run("patch", "-f", "web.yaml", "--local", "-p", "{metadata: {labels: {a: b}}}", "-o", "yaml");
    expect(cli.out).to.equal("kind: Pod\nmetadata:\n  labels:\n    a: b\n  name: other\n");
    expect(cli.cluster.calls).to.deep.equal([]);
  });

  it("stores nothing in a dry run", async () => {
    await cli.run("patch", "pod", "web", "-p", "{metadata: {labels: {a: b}}}", "--dry-run=server");
    expect(cli.out).to.equal("pod/web patched (server dry run)\n");
    expect(labels()).to.deep.equal({ app: "web" });
  });

  it("patches subresources", async () => {
    cli.cluster.put(deploymentKind, deployment({ name: "api", replicas: 1 }));
    expect(await cli.run("patch", "deploy", "api", "--subresource=scale", "-p", "{spec: {replicas: 4}}")).to.equal(0);
    expect(cli.out).to.equal("deployment.apps/api patched\n");
    await cli.run("get", "deploy", "api", "--subresource=scale", "-o", "jsonpath={.kind} {.spec.replicas}");
    expect(cli.out).to.equal("Scale 4");
  });

  it("prints the server's warnings", async () => {
    cli.cluster.warnings.push("spec.foo is deprecated");
    await cli.run("patch", "pod", "web", "-p", "{}");
    expect(cli.err).to.equal("Warning: spec.foo is deprecated\n");
  });

  const refused = [
    { words: ["pod", "web"], says: "must specify --patch or --patch-file containing the contents of the patch" },
    { words: ["pod", "web", "-p", "{}", "--patch-file", "x"], says: "cannot specify --patch and --patch-file together" },
    { words: ["pod", "web", "-p", "{}", "--type", "x"], says: '--type must be one of [json merge strategic], not "x"' },
    { words: ["pod", "web", "-p", "{"], says: 'unable to parse "{"' },
    { words: ["pod", "web", "-p", "[]"], says: "a strategic patch is an object" },
    { words: ["pod", "web", "-p", "{}", "--type=json"], says: "a JSON patch is a list of operations" },
    { words: ["pod", "web", "-p", "{}", "--subresource=foo"], says: 'invalid subresource value: "foo"' },
    { words: ["-p", "{}"], says: "You must provide one or more resources by argument or filename." },
    { words: ["pod", "-p", "{}"], says: "resource(s) were provided, but no name was specified" },
    { words: ["pod", "gone", "-p", "{}"], says: 'pods "gone" not found' },
  ];
  for (const { words, says } of refused) {
    it(`refuses ${words.join(" ")}`, async () => {
      expect(await cli.run("patch", ...words)).to.equal(1);
      expect(cli.err).to.include(says);
    });
  }
});

describe("howbectl label", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web", labels: { app: "web" } }));
  });

  const cases = [
    { words: ["tier=db"], says: "pod/web labeled\n" },
    { words: ["app=web"], says: "pod/web not labeled\n" },
    { words: ["app=b", "--overwrite"], says: "pod/web labeled\n" },
    { words: ["app-"], says: "pod/web unlabeled\n" },
    { words: ["none-"], says: 'label "none" not found.\npod/web not labeled\n' },
    { words: ["tier=db", "--dry-run=client"], says: "pod/web labeled (dry run)\n" },
    { words: ["tier=db", "--dry-run=server"], says: "pod/web labeled (server dry run)\n" },
    { words: ["--list"], says: "app=web\n" },
    { words: ["tier=db", "--list"], says: "app=web\ntier=db\n" },
  ];
  for (const { words, says } of cases) {
    it(`label pod web ${words.join(" ")}`, async () => {
      expect(await cli.run("label", "pod", "web", ...words)).to.equal(0);
      expect(cli.out).to.equal(says);
    });
  }

  it("labels what is selected, and sends nothing for what is so already", async () => {
    cli.cluster.put(podKind, pod({ name: "api", labels: { app: "api" } }));
    await cli.run("label", "pods", "--all", "app=web", "--overwrite");
    expect(cli.out).to.equal("pod/api labeled\npod/web not labeled\n");
    expect(cli.cluster.calls).to.deep.equal(["list pods default", "patch pods default/api"]);
  });

  it("changes the object only as the version that is named", async () => {
    expect(await cli.run("label", "pod", "web", "a=b", "--resource-version=1")).to.equal(1);
    expect(cli.err).to.match(/^Error from server \(Conflict\): Operation cannot be fulfilled on pods "web"/);
  });

  const refused = [
    { words: ["pod", "web", "app=b"], says: "'app' already has a value (web), and --overwrite is false" },
    { words: ["pod", "web"], says: "at least one label update is required" },
    { words: ["pod", "web", "a=b", "a-"], says: "can not both modify and remove a label in the same command" },
    { words: ["pod", "web", "a=b/c"], says: 'invalid label value: "a=b/c": a valid label must be' },
    { words: ["pod", "a=b", "web"], says: "all resources must be specified before label changes: web" },
    { words: ["pods", "--all", "a=b", "--resource-version=1"], says: "--resource-version may only be used with a single resource" },
    { words: ["pod", "web", "a=b", "--local"], says: "can only use local files by -f rsrc.yaml" },
  ];
  for (const { words, says } of refused) {
    it(`refuses label ${words.join(" ")}`, async () => {
      expect(await cli.run("label", ...words)).to.equal(1);
      expect(cli.err).to.include(`error: ${says}`);
    });
  }
});

describe("howbectl annotate", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web" }));
  });

  it("sets and removes annotations", async () => {
    await cli.run("annotate", "pod", "web", "note=a b=c", "url=http://x/y=z");
    expect(cli.out).to.equal("pod/web annotated\n");
    expect(cli.cluster.find(podKind, key("web"))?.metadata.annotations).to.deep.equal({ note: "a b=c", url: "http://x/y=z" });
    await cli.run("annotate", "pod", "web", "note-", "url-");
    expect(cli.cluster.find(podKind, key("web"))?.metadata.annotations).to.deep.equal({});
  });

  it("overwrites only when told", async () => {
    await cli.run("annotate", "pod", "web", "a=1", "b=2");
    expect(await cli.run("annotate", "pod", "web", "a=3", "b=4")).to.equal(1);
    expect(cli.err).to.equal(
      "error: --overwrite is false but found the following declared annotation(s): 'a' already has a value (1); 'b' already has a value (2)\n",
    );
    expect(await cli.run("annotate", "pod", "web", "a=3", "--overwrite")).to.equal(0);
  });

  it("refuses to set and remove at once", async () => {
    expect(await cli.run("annotate", "pod", "web", "a=1", "a-")).to.equal(1);
    expect(cli.err).to.equal("error: can not both modify and remove the following annotation(s) in the same command: a\n");
  });
});

describe("howbectl apply --server-side", () => {
  const podYaml = "kind: Pod\nmetadata: {name: web}\nspec:\n  containers: [{name: main, image: 'web:1'}]\n";

  it("lets the server merge", async () => {
    const cli = new FakeCli();
    cli.files["f.yaml"] = podYaml;
    expect(await cli.run("apply", "-f", "f.yaml", "--server-side", "--field-manager=me", "--force-conflicts")).to.equal(0);
    expect(cli.out).to.equal("pod/web serverside-applied\n");
    expect(cli.cluster.lastWrite).to.include({ fieldManager: "me", force: true });
    expect(cli.cluster.calls).to.deep.equal(["apply pods default/web force"]);
  });

  it("says what can be done about conflicts", async () => {
    const cli = new FakeCli();
    cli.files["f.yaml"] = podYaml;
    cli.cluster.refusals.push(conflict({ group: "", kind: "pods", name: "web" }, "Apply failed with 1 conflict"));
    expect(await cli.run("apply", "-f", "f.yaml", "--server-side")).to.equal(1);
    expect(cli.err).to.match(/^error: .*Apply failed with 1 conflict\nPlease review the fields above/);
  });

  for (const { words, says } of [
    { words: ["--force-conflicts"], says: "--force-conflicts only works with --server-side" },
    { words: ["--server-side", "--dry-run=client"], says: "--dry-run=client doesn't work with --server-side" },
    { words: ["--validate=foo"], says: 'invalid - validate option "foo"; must be one of: strict (or true), warn, ignore (or false)' },
    { words: ["--dry-run=foo"], says: 'Invalid dry-run value (foo). Must be "none", "server", or "client".' },
  ]) {
    it(`refuses ${words.join(" ")}`, async () => {
      const cli = new FakeCli();
      cli.files["f.yaml"] = podYaml;
      expect(await cli.run("apply", "-f", "f.yaml", ...words)).to.equal(1);
      expect(cli.err).to.include(`error: ${says}`);
    });
  }
});
