import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { overBudget, unavailable } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { AssessRiskResponse, type PlanRebalanceRequest, PlanRebalanceResponse } from "../../gen/howbernetes/api/v1/scheduling.js";

const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "rs", controller: true };
const load = (nodeName: string, cpu: number) => ({
  nodeName,
  cpuRequested: cpu,
  cpuAllocatable: 4_000,
  memoryRequested: 0,
  memoryAllocatable: 1,
  podCount: cpu / 1_000,
});
const move = (name: string, to = "n2") => ({
  pod: { kind: "Pod", namespace: "default", name, uid: `uid-${name}` },
  owner: { kind: "Deployment", namespace: "default", name: "web" },
  from: "n1",
  to,
  why: "100% of cpu is requested of n1, 0% of n2",
});

describe("howbectl rebalance", () => {
  let cli: FakeCli;
  let asked: PlanRebalanceRequest | undefined;
  const plan = (partial: object): void => {
    cli.cluster.answers.planRebalance = async (request: PlanRebalanceRequest) => {
      asked = request;
      return PlanRebalanceResponse.fromPartial(partial);
    };
  };
  const put = (name: string, nodeName: string, ready = true): void =>
    void cli.cluster.put(podKind, pod({ name, uid: `uid-${name}`, nodeName, ready, ownerReferences: [owner] }));

  beforeEach(() => {
    cli = new FakeCli();
    asked = undefined;
    for (const name of ["a", "b"]) put(name, "n1");
  });

  it("shows what it would move, and how even the nodes would be then", async () => {
    plan({
      moves: [move("a")],
      before: [load("n1", 4_000), load("n2", 0)],
      after: [load("n1", 3_000), load("n2", 1_000)],
      remarks: ["n3 stays full"],
    });
    expect(await cli.run("rebalance", "--dry-run", "--threshold=10", "--max-moves=5")).to.equal(0);
    expect(cli.out.split("\n").map((line) => line.trimEnd())).to.deep.equal([
      "NAMESPACE   POD   FROM   TO    WHY",
      "default     a     n1     n2    100% of cpu is requested of n1, 0% of n2",
      "",
      "NODE   CPU REQUESTS   MEMORY REQUESTS   PODS",
      "n1     100% -> 75%    0% -> 0%          4 -> 3",
      "n2     0% -> 25%      0% -> 0%          0 -> 1",
      "n3 stays full",
      "",
    ]);
    expect(asked).to.deep.equal({ thresholdPercent: 10, maxMoves: 5 });
    expect(cli.cluster.calls.filter((call) => call.startsWith("evict"))).to.deep.equal([]);
  });

  it("gives the plan to programs", async () => {
    plan({ moves: [move("a")] });
    expect(await cli.run("rebalance", "--dry-run", "-o", "json")).to.equal(0);
    expect(JSON.parse(cli.out).moves[0]).to.deep.include({ from: "n1", to: "n2" });
  });

  it("moves one pod after the other, each once the one before is ready elsewhere", async () => {
    plan({ moves: [move("a"), move("b", "n3")] });
    const running = cli.run("rebalance", "--yes");
    await cli.cluster.called("evict default/a");
    cli.cluster.put(podKind, pod({ name: "other", uid: "uid-other", nodeName: "n2", ownerReferences: [{ ...owner, uid: "another" }] }));
    put("b", "n1");
    put("a2", "", false);
    put("a2", "n2", false);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(cli.out).to.equal("evicting pod default/a\n");
    put("a2", "n2");
    await cli.cluster.called("evict default/b");
    put("b2", "n3");
    expect(await running).to.equal(0);
    expect(cli.out.split("\n")).to.deep.equal([
      "evicting pod default/a",
      "pod/a evicted, pod/a2 ready on n2",
      "evicting pod default/b",
      "pod/b evicted, pod/b2 ready on n3",
      "",
    ]);
  });

  it("goes on with others when a budget does not allow one, and says so", async () => {
    plan({ moves: [move("a"), move("b")] });
    cli.cluster.evictionRefusals.push(overBudget("The disruption budget web needs 2 healthy pods and has 2 currently"));
    const running = cli.run("rebalance", "--yes");
    await cli.cluster.called("evict default/b");
    put("b2", "n2");
    expect(await running).to.equal(1);
    expect(cli.out).to.contain("pod/b evicted, pod/b2 ready on n2");
    expect(cli.err).to.contain('error when evicting pods/"a" -n "default": Cannot evict pod as it would violate');
    expect(cli.err).to.contain("1 of 2 pods could not be moved");
  });

  it("leaves alone what has gone, or moved, since it was planned", async () => {
    plan({ moves: [move("gone"), move("a")] });
    put("a", "n2");
    expect(await cli.run("rebalance", "--yes")).to.equal(0);
    expect(cli.out).to.equal(
      "evicting pod default/gone\npod/gone has left n1 already\nevicting pod default/a\npod/a has left n1 already\n",
    );
    expect(cli.cluster.calls.filter((call) => call.startsWith("evict"))).to.deep.equal([]);
  });

  it("moves no more when what replaces a pod does not get ready in time", async () => {
    plan({ moves: [move("a"), move("b")] });
    const running = cli.run("rebalance", "--yes", "--timeout=1m");
    await cli.cluster.called("evict default/a");
    for (const timer of cli.timers) timer();
    expect(await running).to.equal(1);
    expect(cli.err).to.equal("error: timed out waiting for what replaces pod default/a to be ready: no more pods are moved\n");
    expect(cli.cluster.calls).to.not.include("evict default/b");
  });

  it("says so when there is nothing to move", async () => {
    plan({ remarks: ["n1 stays full"] });
    expect(await cli.run("rebalance", "--yes")).to.equal(0);
    expect([cli.out, cli.err]).to.deep.equal(["No pods to move\n", "n1 stays full\n"]);
  });

  it("says so when there is nobody to plan it", async () => {
    cli.cluster.answers.planRebalance = () => Promise.reject(unavailable("no scheduler is connected to this api-server"));
    expect(await cli.run("rebalance", "--dry-run")).to.equal(1);
    expect(cli.err).to.contain("no scheduler is connected to this api-server");
  });

  const refused = [
    { words: ["rebalance"], says: "error: one of --dry-run and --yes must be given\n" },
    { words: ["rebalance", "--dry-run", "--yes"], says: "error: one of --dry-run and --yes must be given\n" },
    { words: ["rebalance", "--yes", "-o", "json"], says: "error: --output needs --dry-run\n" },
    { words: ["rebalance", "--yes", "--threshold=0"], says: "" },
    { words: ["rebalance", "--yes", "--threshold=101"], says: "" },
    { words: ["rebalance", "--yes", "--max-moves=0"], says: "is not between 1 and 1000" },
  ];
  for (const { words, says } of refused) {
    it(`refuses ${words.join(" ")}`, async () => {
      expect(await cli.run(...words)).to.equal(1);
      expect(cli.err).to.contain(says === "" ? "is not between 1 and 100" : says);
    });
  }
});

describe("howbectl cluster risk", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    const workloads = [
      {
        owner: { kind: "Deployment", namespace: "shop", name: "web" },
        pods: [{ name: "web-1" }, { name: "web-2" }],
        message: "0/1 nodes are available: 1 Insufficient cpu.",
      },
    ];
    cli.cluster.answers.assessRisk = async ({ nodeName }: { nodeName: string }) => {
      const nodes = [
        { nodeName: "n1", podCount: 3, strandedCount: 2, workloads },
        { nodeName: "n2", podCount: 1, strandedCount: 0, workloads: [] },
        { nodeName: "n3", podCount: 0, strandedCount: 0, workloads: [] },
      ];
      return { nodes: nodeName === "" ? nodes : nodes.filter((node) => node.nodeName === nodeName) };
    };
  });

  it("counts what there are too many of to be named", async () => {
    cli.cluster.answers.assessRisk = async () =>
      AssessRiskResponse.fromPartial({ nodes: [{ nodeName: "n1", podCount: 9, strandedCount: 7 }] });
    expect(await cli.run("cluster", "risk")).to.equal(0);
    expect(cli.out.split("\n")[1]).to.equal("n1     9              7               7 pods would not fit");
  });

  it("says of each node what would not fit elsewhere, and why", async () => {
    expect(await cli.run("cluster", "risk")).to.equal(0);
    expect(cli.out.split("\n").map((line) => line.trimEnd())).to.deep.equal([
      "NODE   PODS TO MOVE   WITHOUT PLACE   IF IT WERE LOST",
      "n1     3              2               deployment/web (2)",
      "n2     1              0               all would fit elsewhere",
      "n3     0              0               nothing would have to move",
      "",
      "Without n1:",
      "  deployment/web in shop: 2 pods would not fit: 0/1 nodes are available: 1 Insufficient cpu.",
      "",
    ]);
  });

  it("says so of one node, by its exit code too", async () => {
    expect(await cli.run("cluster", "risk", "--node", "n2", "--exit-code")).to.equal(0);
    expect(await cli.run("cluster", "risk", "--node", "n1", "--exit-code")).to.equal(2);
  });

  it("gives all of it to programs", async () => {
    expect(await cli.run("cluster", "risk", "-o", "json")).to.equal(0);
    expect(JSON.parse(cli.out).nodes[0].workloads[0].pods).to.have.length(2);
    expect(await cli.run("cluster", "risk", "-o", "wide")).to.equal(1);
  });
});
