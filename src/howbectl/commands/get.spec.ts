import { expect } from "chai";
import { deployment, pod } from "../../../test/builders/index.js";
import { FakeCli, fakeNowMs } from "../../../test/fakes/fake-cli-env.js";
import { makeWhole } from "../../api/codec/whole.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { timeFromMs } from "../../api/values/time.js";

describe("howbectl get", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
  });

  const columns = (line: string | undefined): string[] => (line ?? "").split(/ {3,}/);

  it("prints a table with kubectl's columns", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));

    expect(await cli.run("get", "po")).to.equal(0);
    const [header, row] = cli.out.split("\n");
    expect(columns(header)).to.deep.equal(["NAME", "READY", "STATUS", "RESTARTS", "AGE"]);
    expect(columns(row).slice(0, 1)).to.deep.equal(["web"]);
  });

  it("puts the namespace first with -A, and only there looks everywhere", async () => {
    cli.cluster.put(podKind, pod({ name: "a" }));
    cli.cluster.put(podKind, pod({ name: "b", namespace: "other" }));

    await cli.run("get", "pods", "-A", "--no-headers");
    expect(cli.out.split("\n").map((line) => line.split(/ +/).slice(0, 2).join(" "))).to.deep.equal(["default a", "other b", ""]);
    await cli.run("get", "pods", "-n", "other", "-o", "name");
    expect(cli.out).to.equal("pod/b\n");
  });

  it("prints several kinds as tables of their own, names with their kind", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    cli.cluster.put(deploymentKind, deployment({ name: "web" }));

    await cli.run("get", "pods,deploy");
    const lines = cli.out.split("\n");
    expect(lines.map((line) => line.split(" ")[0])).to.deep.equal(["NAME", "pod/web", "", "NAME", "deployment.apps/web", ""]);
  });

  it("selects by label", async () => {
    cli.cluster.put(podKind, pod({ name: "a", labels: { app: "a" } }));
    cli.cluster.put(podKind, pod({ name: "b", labels: { app: "b" } }));

    await cli.run("get", "pods", "-l", "app=b", "-o=name");
    expect(cli.out).to.equal("pod/b\n");
  });

  it("prints what it finds and reports what it does not", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));

    expect(await cli.run("get", "pod", "web", "gone", "-o", "name")).to.equal(1);
    expect(cli.out).to.equal("pod/web\n");
    expect(cli.err).to.equal('Error from server (NotFound): pods "gone" not found\n');
  });

  it("says when there is nothing, without failing", async () => {
    expect(await cli.run("get", "pods")).to.equal(0);
    expect(cli.err).to.equal("No resources found in default namespace.\n");
    expect(await cli.run("get", "nodes")).to.equal(0);
    expect(cli.err).to.equal("No resources found\n");
  });

  it("knows which types there are", async () => {
    expect(await cli.run("get", "foo")).to.equal(1);
    expect(cli.err).to.equal('error: the server doesn\'t have a resource type "foo"\n');
  });

  it("prints objects as YAML, several as a List", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));

    await cli.run("get", "pod", "web", "-o", "yaml");
    expect(cli.out).to.match(/^apiVersion: v1\nkind: Pod\nmetadata:\n/);
    await cli.run("get", "pods", "-o", "json");
    expect(JSON.parse(cli.out)).to.include({ kind: "List", apiVersion: "v1" }).and.to.have.nested.property("items[0].metadata.name", "web");
  });

  it("fills in JSONPath templates", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    await cli.run("get", "pods", "-o", 'jsonpath={.items[*].metadata.name}{"\\n"}');
    expect(cli.out).to.equal("web\n");
  });

  it("adds a column for each label asked for", async () => {
    cli.cluster.put(podKind, pod({ name: "web", labels: { "example.org/tier": "front" } }));
    await cli.run("get", "pods", "-L", "example.org/tier,zone");
    expect(cli.out).to.match(/^NAME .* AGE +TIER +ZONE\nweb .* front +\n$/);
  });

  it("tells events in the order of time", async () => {
    const event = (name: string, agoMs: number) =>
      makeWhole(eventKind, {
        metadata: { name, namespace: "default" },
        involvedObject: { kind: "Pod", name },
        reason: "Started",
        lastTimestamp: timeFromMs(fakeNowMs - agoMs),
      });
    for (const [name, agoMs] of [
      ["b", 9_000],
      ["a", 5_000],
      ["d", 9_000],
      ["c", 60_000],
    ] as const)
      cli.cluster.put(eventKind, event(name, agoMs));
    await cli.run("get", "events", "-o", "name");
    expect(cli.out).to.equal("event/c\nevent/b\nevent/d\nevent/a\n");
  });

  it("sorts by a field", async () => {
    cli.cluster.put(podKind, pod({ name: "a", labels: { rank: "2" } }));
    cli.cluster.put(podKind, pod({ name: "b", labels: { rank: "1" } }));
    await cli.run("get", "pods", "--sort-by", ".metadata.labels.rank", "-o", "name");
    expect(cli.out).to.equal("pod/b\npod/a\n");
  });

  it("watches with one list and one watch, and prints every change, deletion too", async () => {
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "" }));
    const exitCode = cli.run("get", "pods", "-w");
    await cli.printed("web");
    cli.cluster.put(podKind, pod({ name: "web" }));
    cli.cluster.put(podKind, pod({ name: "other" }));
    await cli.printed("other");
    cli.cluster.remove(podKind, { namespace: "default", name: "web" });
    await cli.cluster.called("watch");
    while (cli.out.split("\n").length < 6) await new Promise((resolve) => setImmediate(resolve));
    cli.interrupt();

    expect(await exitCode).to.equal(130);
    const names = cli.out.split("\n").map((line) => line.split(" ")[0]);
    expect(names).to.deep.equal(["NAME", "web", "web", "other", "web", ""]);
    expect(cli.cluster.calls).to.deep.equal(["list pods default", "watch pods default"]);
  });

  it("says what each change is when asked", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    const exitCode = cli.run("get", "pods", "-w", "--output-watch-events", "-o", "name");
    await cli.printed("web");
    cli.cluster.remove(podKind, { namespace: "default", name: "web" });
    await cli.printed("DELETED");
    cli.interrupt();

    expect(await exitCode).to.equal(130);
    expect(cli.out).to.equal("ADDED pod/web\nDELETED pod/web\n");
  });

  it("refuses to watch what does not exist", async () => {
    expect(await cli.run("get", "pod", "gone", "-w")).to.equal(1);
    expect(cli.err).to.equal('Error from server (NotFound): pods "gone" not found\n');
  });

  it("prints columns that the user chose, from the command line or a file", async () => {
    cli.cluster.put(podKind, pod({ name: "a", labels: { app: "x" } }));
    cli.cluster.put(podKind, pod({ name: "b" }));
    await cli.run("get", "pods", "-o", "custom-columns=NAME:.metadata.name,APP:{.metadata.labels.app}");
    expect(cli.out).to.equal("NAME   APP\na      x\nb      <none>\n");
    cli.files["columns.txt"] = "NAME          APP\nmetadata.name metadata.labels.app\n";
    await cli.run("get", "pods", "-o=custom-columns-file=columns.txt", "--no-headers");
    expect(cli.out).to.equal("a     x\nb     <none>\n");
  });

  it("reads jsonpath from a file, and prints what it finds as JSON", async () => {
    cli.cluster.put(podKind, pod({ name: "a" }));
    cli.files["t.txt"] = '{range .items[*]}{.metadata.name}{"\\n"}{end}';
    await cli.run("get", "pods", "-o", "jsonpath-file=t.txt");
    expect(cli.out).to.equal("a\n");
    await cli.run("get", "pods", "-o", "jsonpath-as-json={.items[*].metadata.name}");
    expect(cli.out).to.equal('[\n    "a"\n]\n');
  });

  it("hides who set which field, unless asked", async () => {
    const web = pod({ name: "web" });
    cli.cluster.put(podKind, { ...web, metadata: { ...web.metadata, managedFields: [{ manager: "me" }] as never } });
    await cli.run("get", "pod", "web", "-o", "yaml");
    expect(cli.out).not.to.include("managedFields");
    await cli.run("get", "pods", "-o", "json");
    expect(cli.out).not.to.include("managedFields");
    await cli.run("get", "pod", "web", "-o", "yaml", "--show-managed-fields");
    expect(cli.out).to.include("manager: me");
  });

  it("gets what files name", async () => {
    cli.cluster.put(podKind, pod({ name: "web" }));
    cli.files["f.yaml"] = "kind: Pod\nmetadata: {name: web}\n---\nkind: Pod\nmetadata: {name: gone}\n";
    expect(await cli.run("get", "-f", "f.yaml", "-o", "name")).to.equal(1);
    expect(cli.out).to.equal("pod/web\n");
    expect(cli.err).to.equal('Error from server (NotFound): pods "gone" not found\n');
  });

  it("asks for pages of the size wanted", async () => {
    await cli.run("get", "pods");
    await cli.run("get", "pods", "--chunk-size=7");
    expect(cli.cluster.pageSizes).to.deep.equal([500, 7]);
  });

  it("ends a watch when the time of one request is over", async () => {
    const cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "a" }));
    const watching = cli.run("get", "pods", "--watch-only", "--request-timeout=2s");
    await cli.cluster.called("watch");
    cli.timers.at(-1)?.();
    expect(await watching).to.equal(0);
    expect(cli.out).to.equal("");
  });

  const refused = [
    {
      words: ["pods", "-o", "foo"],
      says: 'unable to match a printer suitable for the output format "foo", allowed formats are: custom-columns,custom-columns-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,wide,yaml',
    },
    { words: ["pods", "-o", "go-template={{.}}"], says: "go-template is not supported; use jsonpath or custom-columns" },
    { words: ["pods", "-o", "jsonpath"], says: "template format specified but no template given" },
    { words: ["pods", "-o", "custom-columns"], says: "custom-columns format specified but no custom columns given" },
    { words: ["pods", "-o", "custom-columns=NAME"], says: "unexpected custom-columns spec: NAME, expected <header>:<json-path-expr>" },
    { words: ["pods", "-o", "jsonpath-file=absent"], says: 'the path "absent" does not exist' },
    { words: ["pods", "--output-watch-events"], says: "--output-watch-events option can only be used with --watch or --watch-only" },
    { words: ["pods", "--chunk-size=-1"], says: '"-1" is not a whole number' },
    { words: ["pods", "--subresource=status"], says: "subresource cannot be used when bulk resources are specified" },
    { words: ["pod", "a", "-l", "x=y"], says: "name cannot be provided when a selector is specified" },
    { words: [], says: "Required resource not specified." },
    { words: ["pods", "--foo"], says: "unknown flag: --foo" },
  ];
  for (const { words, says } of refused) {
    it(`refuses get ${words.join(" ")}`, async () => {
      expect(await cli.run("get", ...words)).to.equal(1);
      expect(cli.err).to.include(`error: `).and.include(says);
    });
  }
});
