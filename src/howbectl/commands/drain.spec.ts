import { expect } from "chai";
import { daemonSet, node, pod } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { forbidden, overBudget } from "../../api/errors.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";

const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "rs" };
const daemon = { apiVersion: "apps/v1", kind: "DaemonSet", name: "agent", uid: "ds" };
const key = (name: string) => ({ namespace: "default", name });

const isCordoned = (cli: FakeCli, name = "n1"): boolean => {
  const found = cli.cluster.find(nodeKind, { namespace: "", name }) as Node | undefined;
  return found?.spec?.unschedulable === true;
};

describe("howbectl cordon", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.put(nodeKind, node({ name: "n1", labels: { disk: "ssd" } }));
    cli.cluster.put(nodeKind, node({ name: "n2", unschedulable: true }));
  });

  it("cordons and uncordons, and says what was so already", async () => {
    expect(await cli.run("cordon", "n1", "node/n2")).to.equal(0);
    expect(cli.out).to.equal("node/n1 cordoned\nnode/n2 already cordoned\n");
    expect(isCordoned(cli)).to.equal(true);
    expect(await cli.run("uncordon", "n1")).to.equal(0);
    expect(cli.out).to.equal("node/n1 uncordoned\n");
    expect(isCordoned(cli)).to.equal(false);
    await cli.run("uncordon", "n1");
    expect(cli.out).to.equal("node/n1 already uncordoned\n");
  });

  it("takes what labels select", async () => {
    await cli.run("cordon", "-l", "disk=ssd");
    expect(cli.out).to.equal("node/n1 cordoned\n");
  });

  it("changes nothing in a dry run", async () => {
    await cli.run("cordon", "n1", "--dry-run=client");
    expect(cli.out).to.equal("node/n1 cordoned (dry run)\n");
    await cli.run("cordon", "n1", "--dry-run=server");
    expect(cli.out).to.equal("node/n1 cordoned (server dry run)\n");
    expect(isCordoned(cli)).to.equal(false);
  });

  it("does nothing when one of the nodes is not there", async () => {
    expect(await cli.run("cordon", "n1", "n9")).to.equal(1);
    expect(cli.err).to.equal('Error from server (NotFound): nodes "n9" not found\n');
    expect(isCordoned(cli)).to.equal(false);
  });

  it("tells of a node that could not be changed", async () => {
    cli.cluster.refusals.push(forbidden({ group: "", kind: "nodes", name: "n1" }, "no"));
    expect(await cli.run("cordon", "n1")).to.equal(1);
    expect(cli.err).to.match(/^error: unable to cordon node "n1": .*no\n$/);
  });

  const refused = [
    { words: ["cordon"], says: "error: USAGE: cordon NODE [flags]\nSee 'howbectl cordon -h' for help and examples\n" },
    { words: ["drain"], says: "error: USAGE: drain NODE [flags]\nSee 'howbectl drain -h' for help and examples\n" },
    {
      words: ["drain", "n1", "-l", "a=b"],
      says: "error: cannot specify both a node name and a --selector option\nSee 'howbectl drain -h' for help and examples\n",
    },
    { words: ["drain", "n1", "--pod-selector=a==b==c"], says: "error: --pod-selector=<pod_selector> must be a valid label selector\n" },
    { words: ["cordon", "pod/web"], says: 'error: expected resource of type node, got "pods"\n' },
  ];
  for (const { words, says } of refused) {
    it(`refuses ${words.join(" ")}`, async () => {
      expect(await cli.run(...words)).to.equal(1);
      expect(cli.err).to.equal(says);
    });
  }
});

describe("howbectl drain", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.put(nodeKind, node({ name: "n1" }));
  });

  it("cordons the node, evicts its pods, and waits by one watch until they are gone", async () => {
    cli.cluster.put(podKind, pod({ name: "a", owner }));
    cli.cluster.put(podKind, pod({ name: "b", owner }));
    cli.cluster.put(podKind, pod({ name: "elsewhere", owner, nodeName: "n2" }));
    const drained = cli.run("drain", "n1", "--grace-period=7");
    await cli.cluster.called("evict default/b");
    cli.cluster.remove(podKind, key("a"));
    await cli.printed("pod/a evicted");
    expect(cli.out).not.to.include("pod/b evicted");
    cli.cluster.remove(podKind, key("b"));
    expect(await drained).to.equal(0);
    expect(cli.out).to.equal(
      "node/n1 cordoned\nevicting pod default/a\nevicting pod default/b\npod/a evicted\npod/b evicted\nnode/n1 drained\n",
    );
    expect(isCordoned(cli)).to.equal(true);
    expect(cli.cluster.calls.filter((call) => call.startsWith("watch"))).to.deep.equal(["watch pods"]);
    expect(cli.cluster.lastDeleteOptions).to.include({ gracePeriodSeconds: 7 });
    expect(cli.cluster.lastDeleteOptions?.preconditions).to.deep.include({ uid: "uid-default-b" });
    expect(cli.cluster.find(podKind, key("elsewhere"))).not.to.equal(undefined);
  });

  it("tries again after five seconds what a budget refuses", async () => {
    cli.cluster.put(podKind, pod({ name: "a", owner }));
    cli.cluster.evictionRefusals.push(overBudget("the budget web needs 1 healthy pods"));
    const drained = cli.run("drain", "n1");
    await cli.complained("will retry");
    for (const timer of cli.timers) timer();
    await cli.printed("evicting pod default/a\nevicting pod default/a\n");
    cli.cluster.remove(podKind, key("a"));
    expect(await drained).to.equal(0);
    expect(cli.err).to.equal(
      'error when evicting pods/"a" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod\'s disruption budget.\n',
    );
  });

  it("gives up when the time is over, and says what is left", async () => {
    cli.cluster.put(podKind, pod({ name: "a", owner }));
    const drained = cli.run("drain", "n1", "--timeout=90s");
    await cli.cluster.called("evict");
    for (const timer of cli.timers) timer();
    expect(await drained).to.equal(1);
    const error = 'error when waiting for pod "a" in namespace "default" to terminate: global timeout reached: 1m30s';
    expect(cli.err).to.equal(
      [
        `There are pending pods in node "n1" when an error occurred: ${error}`,
        "pod/a",
        `error: unable to drain node "n1" due to error: ${error}, continuing command...`,
        "There are pending nodes to be drained:",
        " n1",
        error,
        "",
      ].join("\n"),
    );
  });

  it("says of an eviction that is refused why, and goes on with the other nodes", async () => {
    cli.cluster.put(nodeKind, node({ name: "n2" }));
    cli.cluster.put(podKind, pod({ name: "a", owner }));
    cli.cluster.evictionRefusals.push(forbidden({ group: "", kind: "pods", name: "a" }, "not this one"));
    expect(await cli.run("drain", "n1", "n2")).to.equal(1);
    expect(cli.out).to.equal("node/n1 cordoned\nnode/n2 cordoned\nevicting pod default/a\nnode/n2 drained\n");
    expect(cli.err).to.include('error: unable to drain node "n1" due to error: error when evicting pods/"a" -n "default": ');
    expect(cli.err).to.include("There are pending nodes to be drained:\n n1\nerror when evicting");
  });

  it("deletes instead with --disable-eviction", async () => {
    cli.cluster.put(podKind, pod({ name: "a", owner }));
    const drained = cli.run("drain", "n1", "--disable-eviction");
    await cli.cluster.called("delete pods default/a");
    cli.cluster.remove(podKind, key("a"));
    expect(await drained).to.equal(0);
    expect(cli.out).to.equal("node/n1 cordoned\npod/a deleted\nnode/n1 drained\n");
  });

  it("does not wait for what should have been gone long ago", async () => {
    cli.cluster.put(podKind, pod({ name: "old", owner, deleting: true }));
    expect(await cli.run("drain", "n1", "--skip-wait-for-delete-timeout=10")).to.equal(0);
    expect(cli.out).to.equal("node/n1 cordoned\nnode/n1 drained\n");
  });

  it("stops waiting for one that becomes overdue", async () => {
    cli.cluster.put(podKind, pod({ name: "a", owner }));
    const drained = cli.run("drain", "n1", "--skip-wait-for-delete-timeout=10");
    await cli.cluster.called("evict");
    // Evicted pods of the fake are due in 1970.
    expect(await drained).to.equal(0);
    expect(cli.out).to.include('pod "a" has DeletionTimestamp older than 10 seconds, skipping\n');
  });

  it("evicts nothing in a dry run", async () => {
    cli.cluster.put(podKind, pod({ name: "a", owner }));
    await cli.run("drain", "n1", "--dry-run=client");
    expect(cli.out).to.equal("node/n1 cordoned (dry run)\nevicting pod default/a (dry run)\nnode/n1 drained (dry run)\n");
    await cli.run("drain", "n1", "--dry-run=server");
    expect(cli.out).to.equal(
      "node/n1 cordoned (server dry run)\nevicting pod default/a (server dry run)\nnode/n1 drained (server dry run)\n",
    );
    expect(cli.cluster.find(podKind, key("a"))?.metadata.deletionTimestamp).to.equal(undefined);
  });

  it("takes of the pods those that labels select", async () => {
    cli.cluster.put(podKind, pod({ name: "a", owner, labels: { app: "a" } }));
    cli.cluster.put(podKind, pod({ name: "b", owner }));
    await cli.run("drain", "n1", "--pod-selector=app=a", "--dry-run=client", "--chunk-size=3");
    expect(cli.out).to.include("evicting pod default/a").and.not.include("default/b");
    expect(cli.cluster.pageSizes).to.include(3);
  });

  it("does nothing to any pod while one must not go", async () => {
    cli.cluster.put(daemonSetKind, daemonSet());
    cli.cluster.put(podKind, pod({ name: "a", owner }));
    cli.cluster.put(podKind, pod({ name: "agent", owner: daemon }));
    cli.cluster.put(podKind, pod({ name: "lone" }));
    expect(await cli.run("drain", "n1")).to.equal(1);
    const daemonSets = "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/agent";
    const unmanaged = "cannot delete Pods that declare no controller (use --force to override): default/lone";
    expect(cli.err).to.equal(
      [
        `error: unable to drain node "n1" due to error: [${daemonSets}, ${unmanaged}], continuing command...`,
        "There are pending nodes to be drained:",
        " n1",
        daemonSets,
        unmanaged,
        "",
      ].join("\n"),
    );
    expect(cli.cluster.calls.filter((call) => call.startsWith("evict"))).to.deep.equal([]);

    await cli.run("drain", "n1", "--ignore-daemonsets", "--force", "--dry-run=client");
    expect(cli.err).to.equal(
      "Warning: ignoring DaemonSet-managed Pods: default/agent; deleting Pods that declare no controller: default/lone\n",
    );
    expect(cli.out).to.include(
      "node/n1 already cordoned (dry run)\nevicting pod default/a (dry run)\nevicting pod default/lone (dry run)\n",
    );
  });

  it("still takes --delete-emptydir-data by its earlier name", async () => {
    const volumes = [{ name: "cache", volumeSource: { emptyDir: {} } }] as never;
    cli.cluster.put(podKind, pod({ name: "a", owner, spec: { volumes } }));
    expect(await cli.run("drain", "n1", "--dry-run=client")).to.equal(1);
    expect(await cli.run("drain", "n1", "--dry-run=client", "--delete-local-data")).to.equal(0);
    expect(cli.err).to.match(/^Flag --delete-local-data has been deprecated, /);
  });

  it("lets pods of a daemon set that is gone be evicted by force alone", async () => {
    cli.cluster.put(podKind, pod({ name: "agent", owner: daemon }));
    expect(await cli.run("drain", "n1", "--ignore-daemonsets", "--dry-run=client")).to.equal(1);
    expect(cli.err).to.include('cannot delete daemonsets.apps "agent" not found: default/agent');
    expect(await cli.run("drain", "n1", "--force", "--dry-run=client")).to.equal(0);
    expect(cli.out).to.include("evicting pod default/agent");
  });
});
