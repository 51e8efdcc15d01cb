import { expect } from "chai";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { forbidden } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { FieldValidation } from "../../gen/howbernetes/api/v1/resources.js";
import { lastAppliedAnnotation } from "../manifests/last-applied.js";

const podYaml = (name: string, image = "web:1"): string => `kind: Pod
metadata:
  name: ${name}
  labels: {app: web}
spec:
  containers:
  - name: main
    image: ${image}
`;

describe("howbectl create and apply", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
  });

  it("creates every document of a file", async () => {
    cli.files["f.yaml"] = `${podYaml("a")}---\n${podYaml("b")}---\n`;
    expect(await cli.run("create", "-f", "f.yaml")).to.equal(0);
    expect(cli.out).to.equal("pod/a created\npod/b created\n");
  });

  it("creates from standard input, from directories and from Lists", async () => {
    cli.stdin = podYaml("a");
    cli.files["dir/b.yaml"] = podYaml("b");
    cli.files["dir/notes.txt"] = "not a manifest";
    cli.files["dir/c.json"] = JSON.stringify({
      kind: "List",
      apiVersion: "v1",
      items: [{ kind: "Pod", metadata: { name: "c" }, spec: {} }],
    });
    expect(await cli.run("create", "-f", "-", "-f", "dir")).to.equal(0);
    expect(cli.out).to.equal("pod/a created\npod/b created\npod/c created\n");
  });

  it("goes on after a document that is refused, and fails in the end", async () => {
    cli.files["f.yaml"] = [podYaml("a"), podYaml("a"), "kind: Foo\nmetadata: {name: x}\n", "kind: Pod\n  broken: [\n", podYaml("b")].join(
      "---\n",
    );
    expect(await cli.run("create", "-f", "f.yaml")).to.equal(1);
    expect(cli.out).to.equal("pod/a created\npod/b created\n");
    const [exists, unknown, broken] = cli.err.split("\n");
    expect(exists).to.equal('Error from server (AlreadyExists): error when creating "f.yaml": pods "a" already exists');
    expect(unknown).to.equal('error: resource mapping not found for name: "x" namespace: "" from "f.yaml": no matches for kind "Foo"');
    expect(broken).to.match(/^error: error parsing f\.yaml: error converting YAML to JSON: yaml: line 2\d: /);
  });

  it("sends what the user wrote, so that the server finds unknown fields", async () => {
    cli.files["f.yaml"] = podYaml("a").replace("image:", "imagee:");
    expect(await cli.run("create", "-f", "f.yaml")).to.equal(1);
    expect(cli.err).to.include('unknown field "spec.containers[0].imagee"');
    expect(cli.cluster.find(podKind, { namespace: "default", name: "a" })).to.equal(undefined);
  });

  it("refuses a namespace other than the one asked for", async () => {
    cli.files["f.yaml"] = podYaml("a").replace("name: a", "name: a\n  namespace: one");
    expect(await cli.run("create", "-f", "f.yaml", "-n", "two")).to.equal(1);
    expect(cli.err).to.include('the namespace from the provided object "one" does not match the namespace "two"');
    expect(await cli.run("create", "-f", "f.yaml", "-n=one")).to.equal(0);
  });

  it("does not fetch URLs", async () => {
    expect(await cli.run("create", "-f", "https://example.com/x.yaml")).to.equal(1);
    expect(cli.err).to.match(/^error: reading manifests from a URL is not supported/);
  });

  it("applies: creates, then leaves alone, then changes, and drops what the manifest drops", async () => {
    cli.files["f.yaml"] = podYaml("a");
    await cli.run("apply", "-f", "f.yaml");
    expect(cli.out).to.equal("pod/a created\n");
    await cli.run("apply", "-f", "f.yaml");
    expect(cli.out).to.equal("pod/a unchanged\n");
    expect(cli.err).to.equal("");

    cli.files["f.yaml"] = podYaml("a", "web:2").replace("  labels: {app: web}\n", "");
    await cli.run("apply", "-f", "f.yaml");
    expect(cli.out).to.equal("pod/a configured\n");
    await cli.run("get", "pod", "a", "-o", "json");
    const stored = JSON.parse(cli.out);
    expect(stored.spec.containers[0].image).to.equal("web:2");
    expect(stored.metadata).not.to.have.property("labels");
  });

  it("records what it applied as kubectl does", async () => {
    cli.files["f.yaml"] = podYaml("a");
    await cli.run("apply", "-f", "f.yaml");
    const stored = cli.cluster.find(podKind, { namespace: "default", name: "a" });
    expect(stored?.metadata.annotations[lastAppliedAnnotation]).to.equal(
      '{"apiVersion":"v1","kind":"Pod","metadata":{"annotations":{},"labels":{"app":"web"},"name":"a","namespace":"default"},' +
        '"spec":{"containers":[{"image":"web:1","name":"main"}]}}\n',
    );
  });

  it("warns when an object that it did not create has no record yet", async () => {
    cli.files["f.yaml"] = podYaml("a");
    await cli.run("create", "-f", "f.yaml");
    await cli.run("apply", "-f", "f.yaml");
    expect(cli.err).to.match(/^Warning: resource pods\/a is missing the kubectl/);
    expect(cli.out).to.equal("pod/a configured\n");
  });

  it("changes nothing in a dry run", async () => {
    cli.files["f.yaml"] = podYaml("a");
    await cli.run("apply", "-f", "f.yaml", "--dry-run=server");
    expect(cli.out).to.equal("pod/a created (server dry run)\n");
    await cli.run("create", "-f", "f.yaml", "--dry-run=client");
    expect(cli.out).to.equal("pod/a created (dry run)\n");
    expect(cli.cluster.find(podKind, { namespace: "default", name: "a" })).to.equal(undefined);
  });

  for (const { metadata, says } of [
    { metadata: "{ namespace: default }", says: "resource name may not be empty" },
    { metadata: "{ generateName: a- }", says: "only create takes metadata.generateName" },
  ]) {
    it(`refuses to apply what has no name but ${metadata}`, async () => {
      cli.files["f.yaml"] = `apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\n`;
      expect(await cli.run("apply", "-f", "f.yaml")).to.equal(1);
      expect(cli.err).to.equal(`error: from "f.yaml": ${says}\n`);
    });
  }

  it("says of a refused apply what it was doing", async () => {
    cli.files["f.yaml"] = podYaml("a").replace("image:", "imagee:");
    expect(await cli.run("apply", "-f", "f.yaml")).to.equal(1);
    expect(cli.err).to.match(/^Error from server \(BadRequest\): error when creating "f\.yaml": strict decoding error: unknown field/);

    cli.files["f.yaml"] = podYaml("a");
    await cli.run("apply", "-f", "f.yaml");
    cli.cluster.refusals.push(forbidden({ group: "", kind: "pods", name: "a" }, "no"));
    cli.files["f.yaml"] = podYaml("a", "web:2");
    expect(await cli.run("apply", "-f", "f.yaml")).to.equal(1);
    const lines = cli.err.split("\n");
    expect(lines[0]).to.equal("Error from server (Forbidden): error when applying patch:");
    expect(lines.slice(2)).to.deep.equal([
      "to:",
      'Resource: "/v1, Resource=pods", GroupVersionKind: "/v1, Kind=Pod"',
      'Name: "a", Namespace: "default"',
      'for: "f.yaml": pods "a" is forbidden: no',
      "",
    ]);
  });

  it("leaves it to the server what becomes of unknown fields, and prints its warnings", async () => {
    cli.files["f.yaml"] = podYaml("a");
    for (const [flag, sent] of [
      ["--validate=strict", FieldValidation.STRICT],
      ["--validate=true", FieldValidation.STRICT],
      ["--validate", FieldValidation.STRICT],
      ["--validate=warn", FieldValidation.WARN],
      ["--validate=ignore", FieldValidation.IGNORE],
      ["--validate=false", FieldValidation.IGNORE],
    ] as const) {
      cli.cluster.warnings.push('unknown field "x"');
      expect(await cli.run("create", "-f", "f.yaml", flag, "--dry-run=server")).to.equal(0);
      expect(cli.cluster.lastWrite).to.include({ fieldValidation: sent, fieldManager: "howbectl-create", dryRun: true });
      expect(cli.err).to.equal('Warning: unknown field "x"\n');
    }
  });

  it("prints several objects as a stream of documents", async () => {
    cli.files["f.yaml"] = `${podYaml("a")}---\n${podYaml("b")}`;
    await cli.run("create", "-f", "f.yaml", "--dry-run=client", "-o", "yaml");
    expect(cli.out.split("---\n")).to.have.length(2);
    await cli.run("create", "-f", "f.yaml", "-o", "jsonpath={.metadata.name},");
    expect(cli.out).to.equal("a,b,");
  });

  it("records what it creates with --save-config, so that an apply can follow", async () => {
    cli.files["f.yaml"] = podYaml("a");
    await cli.run("create", "-f", "f.yaml", "--save-config");
    await cli.run("apply", "-f", "f.yaml");
    expect(cli.err).to.equal("");
  });
});
