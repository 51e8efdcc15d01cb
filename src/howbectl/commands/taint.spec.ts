import { expect } from "chai";
import { node } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { conflict } from "../../api/errors.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";

const hint = "See 'howbectl taint -h' for help and examples\n";
const notQualified =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

describe("howbectl taint", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.put(
      nodeKind,
      node({
        labels: { disk: "ssd" },
        taints: [
          { key: "a", value: "1", effect: "NoSchedule" },
          { key: "a", effect: "NoExecute" },
          { key: "b", effect: "NoSchedule" },
        ],
      }),
    );
  });

  const taints = (name = "n1"): string[] => {
    const found = cli.cluster.find(nodeKind, { namespace: "", name }) as Node | undefined;
    return (found?.spec?.taints ?? []).map(({ key, value, effect }) => `${key}=${value ?? ""}:${effect}`);
  };

  const cases = [
    { words: ["c=x:NoSchedule"], outcome: "tainted", after: ["c=x:NoSchedule", "a=1:NoSchedule", "a=:NoExecute", "b=:NoSchedule"] },
    { words: ["c:NoSchedule"], outcome: "tainted", after: ["c=:NoSchedule", "a=1:NoSchedule", "a=:NoExecute", "b=:NoSchedule"] },
    { words: ["a-"], outcome: "untainted", after: ["b=:NoSchedule"] },
    { words: ["a:NoExecute-"], outcome: "untainted", after: ["a=1:NoSchedule", "b=:NoSchedule"] },
    { words: ["a=1:NoSchedule-"], outcome: "untainted", after: ["a=:NoExecute", "b=:NoSchedule"] },
    { words: ["a-", "b-"], outcome: "untainted", after: [] },
    { words: ["c:NoExecute", "a-"], outcome: "modified", after: ["c=:NoExecute", "b=:NoSchedule"] },
    { words: ["a=2:NoSchedule", "--overwrite"], outcome: "modified", after: ["a=2:NoSchedule", "a=:NoExecute", "b=:NoSchedule"] },
  ];
  for (const { words, outcome, after } of cases) {
    it(`taint nodes n1 ${words.join(" ")}`, async () => {
      expect(await cli.run("taint", "nodes", "n1", ...words)).to.equal(0);
      expect(cli.out).to.equal(`node/n1 ${outcome}\n`);
      expect(taints()).to.deep.equal(after);
    });
  }

  it("takes what labels select, or all", async () => {
    cli.cluster.put(nodeKind, node({ name: "n2" }));
    await cli.run("taint", "node", "-l", "disk=ssd", "c:NoSchedule");
    expect(cli.out).to.equal("node/n1 tainted\n");
    await cli.run("taint", "no", "--all", "d:NoSchedule");
    expect(cli.out).to.equal("node/n1 tainted\nnode/n2 tainted\n");
  });

  it("changes nothing in a dry run, and prints the node when asked to", async () => {
    await cli.run("taint", "nodes", "n1", "a-", "--dry-run=client");
    expect(cli.out).to.equal("node/n1 untainted (dry run)\n");
    await cli.run("taint", "nodes", "n1", "a-", "--dry-run=server", "-o", "jsonpath={.spec.taints[*].key}");
    expect(cli.out).to.equal("b");
    expect(taints()).to.have.length(3);
  });

  it("decides anew when the node has changed since it was read", async () => {
    cli.cluster.refusals.push(conflict({ group: "", kind: "nodes", name: "n1" }));
    expect(await cli.run("taint", "nodes", "n1", "a-")).to.equal(0);
    expect(taints()).to.deep.equal(["b=:NoSchedule"]);
  });

  const refused = [
    { words: ["nodes", "n1", "a=2:NoSchedule"], says: "node n1 already has a taint(s) with same effect(s) and --overwrite is false\n" },
    { words: ["nodes", "n1", "x-"], says: 'taint "x" not found\n' },
    { words: ["nodes", "n1", "b:NoExecute-"], says: 'taint "b:NoExecute" not found\n' },
    { words: ["nodes", "n1", "x-", "y-"], says: '[taint "x" not found, taint "y" not found]\n' },
    { words: [], says: "one or more resources must be specified as <resource> <name>\n" },
    { words: ["nodes", "n1"], says: "at least one taint update is required\n" },
    { words: ["nodes", "n1", "c:NoSchedule", "n2"], says: "all resources must be specified before taint changes: n2\n" },
    { words: ["nodes", "c:NoSchedule"], says: "at least one resource name must be specified since 'all' parameter is not set\n" },
    { words: ["nodes", "--all", "-l", "a=b", "c:NoSchedule"], says: "setting 'all' parameter with a non empty selector is prohibited\n" },
    { words: ["pods", "web", "c:NoSchedule"], says: "invalid resource type pods, only node types are supported\n" },
    { words: ["nodes", "n1", "c=x"], says: `invalid taint spec: c=x, ${notQualified}\n${hint}` },
    { words: ["nodes", "n1", "c"], says: "at least one taint update is required\n" },
    { words: ["nodes", "n1", "c=x=y:NoSchedule"], says: `invalid taint spec: c=x=y:NoSchedule\n${hint}` },
    { words: ["nodes", "n1", "c:x:NoSchedule"], says: `invalid taint spec: c:x:NoSchedule\n${hint}` },
    { words: ["nodes", "n1", "c=x:Never"], says: `invalid taint effect: Never, unsupported taint effect\n${hint}` },
    {
      words: ["nodes", "n1", "c=x:NoSchedule", "c=y:NoSchedule"],
      says: `duplicated taints with the same key and effect: {c y NoSchedule <nil>}\n${hint}`,
    },
    {
      words: ["nodes", "n1", "c:NoSchedule", "c-"],
      says: 'can not both modify and remove the following taint(s) in the same command: {"c":""}\n',
    },
    {
      words: ["nodes", "n1", `c=${"x".repeat(64)}:NoSchedule`],
      says: `invalid taint spec: c=${"x".repeat(64)}:NoSchedule, must be no more than 63 bytes\n${hint}`,
    },
  ];
  for (const { words, says } of refused) {
    it(`refuses taint ${words.join(" ")}`, async () => {
      expect(await cli.run("taint", ...words)).to.equal(1);
      expect(cli.err).to.equal(`error: ${says}`);
    });
  }
});
