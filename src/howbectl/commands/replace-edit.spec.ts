import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { conflict, invalid } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { lastAppliedAnnotation } from "../manifests/last-applied.js";

const key = { namespace: "default", name: "web" };
const manifest = "kind: Pod\nmetadata: {name: web, labels: {app: new}}\nspec:\n  containers: [{name: main, image: 'web:2'}]\n";

describe("howbectl replace", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.files["f.yaml"] = manifest;
  });

  it("puts the manifest in the object's place", async () => {
    cli.cluster.put(podKind, pod({ name: "web", labels: { app: "old" } }));
    expect(await cli.run("replace", "-f", "f.yaml")).to.equal(0);
    expect(cli.out).to.equal("pod/web replaced\n");
    expect(cli.cluster.find(podKind, key)?.metadata.labels).to.deep.equal({ app: "new" });
    expect(cli.cluster.calls).to.deep.equal(["update pods default/web"]);
  });

  it("does not create what is not there", async () => {
    expect(await cli.run("replace", "-f", "f.yaml")).to.equal(1);
    expect(cli.err).to.equal('Error from server (NotFound): error when replacing "f.yaml": pods "web" not found\n');
  });

  it("creates anew with --force, and waits for the old one to go", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    const exitCode = cli.run("replace", "-f", "f.yaml", "--force");
    await cli.cluster.called("watch pods");
    cli.cluster.remove(podKind, key);
    expect(await exitCode).to.equal(0);
    expect(cli.out).to.equal('pod "web" deleted from default namespace\npod/web replaced\n');
    expect(await new FakeCli().run("replace", "--force")).to.equal(1);
  });

  it("records the manifest when asked to", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    await cli.run("replace", "-f", "f.yaml", "--save-config");
    expect(cli.cluster.find(podKind, key)?.metadata.annotations).to.have.property(lastAppliedAnnotation);
  });

  const refused = [
    { words: ["-f", "f.yaml", "--grace-period=1"], says: "--grace-period must have --force specified" },
    { words: ["-f", "f.yaml", "--timeout=1s"], says: "--timeout must have --force specified" },
    { words: ["-f", "f.yaml", "--force", "--dry-run=server"], says: "--dry-run can not be used when --force is set" },
    { words: ["-f", "f.yaml", "--cascade=foo"], says: 'invalid cascade value (foo). Must be "background", "foreground", or "orphan"' },
    { words: [], says: "must specify -f FILENAME" },
  ];
  for (const { words, says } of refused) {
    it(`refuses replace ${words.join(" ")}`, async () => {
      expect(await cli.run("replace", ...words)).to.equal(1);
      expect(cli.err).to.include(`error: ${says}`);
    });
  }
});

describe("howbectl edit", () => {
  let cli: FakeCli;
  let seen: string[];
  /** Each time the editor is opened it makes the next of these changes. */
  const editorThat = (...changes: ((text: string) => string)[]): void => {
    cli.variables.KUBE_EDITOR = "ed -q";
    cli.programs.ed = (args, files) => {
      const path = args.at(-1) ?? "";
      seen.push(files[path] ?? "");
      files[path] = (changes.shift() ?? ((text) => text))(files[path] ?? "");
      return 0;
    };
  };
  const relabel = (text: string): string => text.replace("app: old", "app: new");

  beforeEach(() => {
    cli = new FakeCli();
    seen = [];
    cli.cluster.put(podKind, pod({ name: "web", labels: { app: "old" } }));
  });

  it("sends what was changed", async () => {
    editorThat(relabel);
    expect(await cli.run("edit", "pod", "web")).to.equal(0);
    expect(cli.out).to.equal("pod/web edited\n");
    expect(cli.cluster.find(podKind, key)?.metadata.labels).to.deep.equal({ app: "new" });
    expect(JSON.parse(Buffer.from((cli.cluster.lastWrite as { patch: Buffer }).patch).toString())).to.deep.equal({
      metadata: { labels: { app: "new" } },
    });
    expect(Object.keys(cli.files)).to.deep.equal([]);
  });

  it("sends nothing when nothing was changed, or everything was taken out", async () => {
    editorThat();
    expect(await cli.run("edit", "pod/web")).to.equal(0);
    expect(cli.err).to.equal("Edit cancelled, no changes made.\n");
    editorThat(() => "# only a comment\n\n");
    expect(await cli.run("edit", "pod/web")).to.equal(0);
    expect(cli.err).to.equal("Edit cancelled, saved file was empty.\n");
    expect(cli.cluster.lastWrite).to.equal(undefined);
  });

  it("opens the file again with the reasons when the server refuses it", async () => {
    const cause = { path: "metadata.labels", reason: "FieldValueInvalid" as const, message: "Invalid value" };
    cli.cluster.refusals.push(invalid({ group: "", kind: "Pod", name: "web" }, [cause]));
    editorThat(relabel, (text) => text.replace("app: new", "app: newer"));
    expect(await cli.run("edit", "pod", "web")).to.equal(0);
    expect(cli.err).to.equal('error: pods "web" is invalid\n');
    expect(seen[1]).to.include('# pods "web" was not valid:\n# * metadata.labels: Invalid value\n').and.include("app: new\n");
    expect(cli.cluster.find(podKind, key)?.metadata.labels).to.deep.equal({ app: "newer" });
  });

  it("opens the file again when it cannot be read, and keeps it when the user gives up", async () => {
    editorThat((text) => text.replace("metadata:", "metadata: ["));
    expect(await cli.run("edit", "pod", "web")).to.equal(1);
    expect(seen[1]).to.include("# The edited file had a syntax error:");
    expect(cli.err).to.match(/^error: Edit cancelled, no valid changes were saved.\nA copy of your changes has been stored to "(.*)"\n$/);
    expect(Object.keys(cli.files)).to.have.length(1);
  });

  it("keeps the file when somebody else was faster", async () => {
    cli.cluster.refusals.push(conflict({ group: "", kind: "pods", name: "web" }));
    editorThat(relabel);
    expect(await cli.run("edit", "pod", "web")).to.equal(1);
    expect(cli.err).to.match(/could not be patched: Operation cannot be fulfilled[\s\S]*You can run `howbectl replace -f/);
  });

  it("edits several objects in one file", async () => {
    cli.cluster.put(podKind, pod({ name: "api", labels: { app: "old" } }));
    editorThat(relabel);
    await cli.run("edit", "pods", "api", "web");
    expect(seen[0]).to.include("kind: List");
    expect(cli.out).to.equal("pod/api edited\npod/web skipped\n");
  });

  it("leaves alone what was taken out of the file", async () => {
    cli.cluster.put(podKind, pod({ name: "api", labels: { app: "old" } }));
    editorThat((text) => text.replace(/- apiVersion: v1[\s\S]*?(?=- apiVersion)/, "").replace("app: old", "app: new"));
    expect(await cli.run("edit", "pods", "api", "web")).to.equal(0);
    expect(cli.out).to.equal("pod/web edited\n");
  });

  it("keeps nothing when the editor fails", async () => {
    cli.variables.EDITOR = "ed";
    cli.programs.ed = () => 3;
    expect(await cli.run("edit", "pod", "web")).to.equal(1);
    expect(cli.err).to.equal('error: there was a problem with the editor "ed"\n');
    expect(cli.files).to.deep.equal({});
  });

  it("refuses editors that need a shell, and names", async () => {
    cli.variables.EDITOR = "sh -c 'x'";
    expect(await cli.run("edit", "pod", "web")).to.equal(1);
    expect(cli.err).to.include("may not have quotes or backslashes");
    cli.variables.EDITOR = "absent";
    expect(await cli.run("edit", "pod", "web")).to.equal(1);
    expect(cli.err).to.include('error: unable to launch "absent"');
    editorThat((text) => text.replace("name: web", "name: other"));
    expect(await cli.run("edit", "pod", "web")).to.equal(1);
    expect(seen.at(-1)).to.include("# At least one of apiVersion, kind and name was changed");
  });
});
