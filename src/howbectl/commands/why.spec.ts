import { expect } from "chai";
import { deployment, node, pod, replicaSet } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { notFound, unavailable } from "../../api/errors.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { ExplainPlacementResponse } from "../../gen/howbernetes/api/v1/scheduling.js";
import { ContainerStatus, PodCondition } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { Diagnosis } from "../diagnosis/finding.js";

const unschedulable = PodCondition.fromPartial({
  type: "PodScheduled",
  status: "False",
  reason: "Unschedulable",
  message: "0/2 nodes are available: 2 Insufficient cpu.",
});

const patchOf = (op: string, path: string, value: unknown): string => JSON.stringify([{ op, path, value }]);

describe("howbectl why", () => {
  let cli: FakeCli;
  beforeEach(() => {
    cli = new FakeCli();
    cli.cluster.answers.explainPlacement = async () => Promise.reject(unavailable("no scheduler is connected"));
    cli.cluster.put(nodeKind, node({ name: "n1" }));
  });

  const explain = (live: object): void => {
    cli.cluster.answers.explainPlacement = async () => ExplainPlacementResponse.fromPartial({ live });
  };
  const refused = (node: number) => ({
    nodeName: `n${node}`,
    obstacles: [{ plugin: "NodeResourcesFit", reason: "Insufficient cpu", detail: `asks for 2 of cpu, ${node} of 4 is free` }],
  });

  it("shows each node's verdict, and what would help as commands where there are", async () => {
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "", nodeSelector: { disk: "ssd" }, status: { conditions: [unschedulable] } }));
    explain({
      verdicts: [refused(1), refused(2)],
      suggestions: [
        {
          text: "free 1 of cpu on n1 (without default/old)",
          changes: [{ kind: "free", nodeName: "n1", resource: "cpu", amount: 1000, remove: ["default/old"] }],
        },
        { text: "drop nodeSelector disk=ssd", changes: [{ kind: "pod", patch: '[{"op":"remove","path":"/spec/nodeSelector/disk"}]' }] },
      ],
    });
    expect(await cli.run("why", "pod/web")).to.equal(0);
    expect(cli.out).to.equal(
      [
        "pod default/web is pending: no node fits",
        "  condition PodScheduled is False: Unschedulable: 0/2 nodes are available: 2 Insufficient cpu.",
        "  NODE   VERDICT            DETAIL",
        "  n1     Insufficient cpu   asks for 2 of cpu, 1 of 4 is free",
        "  n2     Insufficient cpu   asks for 2 of cpu, 2 of 4 is free",
        "  Waits for: a node that will do",
        "  What would help, any one of:",
        "    - free 1 of cpu on n1 (without default/old)",
        "      howbectl delete pod/old -n default",
        "    - drop nodeSelector disk=ssd",
        '      make pod default/web anew, with this JSON patch: [{"op":"remove","path":"/spec/nodeSelector/disk"}]',
        "",
      ].join("\n"),
    );
  });

  it("counts many nodes by what they say", async () => {
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "", status: { conditions: [unschedulable] } }));
    explain({ verdicts: Array.from({ length: 13 }, (_, index) => refused(index + 1)) });
    await cli.run("why", "pod/web");
    expect(cli.out).to.match(/^ {2}NODES +VERDICT +WHICH\n {2}13 +Insufficient cpu +n1, n2, n3 and 10 more; n1: asks for 2 of cpu/m);
  });

  it("says so where the scheduler does not say more than the pod's condition", async () => {
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "", status: { conditions: [unschedulable] } }));
    expect(await cli.run("why", "pod", "web")).to.equal(0);
    expect(cli.out)
      .to.match(/2 Insufficient cpu/)
      .and.match(/the scheduler does not say more: no scheduler is connected/);
  });

  it("has what the scheduler says of a pod changed in the template that it was made from", async () => {
    const web = deployment({ name: "web", status: { replicas: 1 } });
    const set = replicaSet({ name: "web-1", owner: { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: web.metadata.uid } });
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-1", uid: set.metadata.uid };
    cli.cluster.put(deploymentKind, web);
    cli.cluster.put(replicaSetKind, set);
    cli.cluster.put(podKind, pod({ name: "web-1-a", owner, nodeName: "", status: { conditions: [unschedulable] } }));
    explain({
      verdicts: [refused(1)],
      suggestions: [
        {
          text: "ask for less and tolerate gpu and tolerate disk",
          changes: [
            { kind: "pod", patch: patchOf("replace", "/spec/containers/0/resources/requests/cpu", "1") },
            { kind: "pod", patch: patchOf("add", "/spec/tolerations/-", { key: "gpu" }) },
            { kind: "pod", patch: patchOf("add", "/spec/tolerations/-", { key: "disk" }) },
            { kind: "node", command: ["uncordon", "n1"] },
          ],
        },
      ],
    });
    expect(await cli.run("why", "deployment/web", "-o", "json")).to.equal(0);
    const { headline, healthy, findings } = JSON.parse(cli.out) as Diagnosis;
    expect(headline).to.equal("deployment default/web is incomplete, 0 of 1 pod available: pod web-1-a: no node fits");
    expect(healthy).to.equal(false);
    // What admission gave the pod alone is not in the template; one object is patched once.
    const patch = [
      { op: "add", path: "/spec/template/spec/containers/0/resources/requests", value: { cpu: "1" } },
      { op: "add", path: "/spec/template/spec/tolerations", value: [{ key: "gpu" }] },
      { op: "add", path: "/spec/template/spec/tolerations/-", value: { key: "disk" } },
    ];
    expect(findings[0]?.suggestions[0]?.commands).to.deep.equal([
      `howbectl patch deployment/web -n default --type=json -p '${JSON.stringify(patch)}'`,
      "howbectl uncordon n1",
    ]);
    expect(findings[0]?.suggestions[0]?.changes.map(({ kind }) => kind)).to.deep.equal(["patch", "command"]);
  });

  it("says that a node does by now", async () => {
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "", status: { conditions: [unschedulable] } }));
    explain({
      verdicts: [refused(1)],
      nodeCount: 2,
      feasibleCount: 1,
      message: "1/2 nodes are available now: n2; the pod waits for its turn",
    });
    await cli.run("why", "pod/web");
    expect(cli.out)
      .to.match(/^pod default\/web is pending: no node did when it was last tried; one does now\n/)
      .and.match(/1\/2 nodes are available now: n2; the pod waits for its turn\n/);
  });

  it("names those who leave for it, as the decision had it", async () => {
    const status = { conditions: [unschedulable], nominatedNodeName: "n1" };
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "", status }));
    const record = (nominatedNodeName: string) => ({
      placement: { nominatedNodeName, victims: [{ namespace: "default", name: "small" }] },
    });
    const answer = (of: string) => async () =>
      ExplainPlacementResponse.fromPartial({ live: { verdicts: [refused(1)] }, record: record(of) });
    cli.cluster.answers.explainPlacement = answer("n1");
    await cli.run("why", "pod/web");
    expect(cli.out).to.match(/of less priority and leaving: pod default\/small/);
    cli = new FakeCli();
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "", status }));
    cli.cluster.answers.explainPlacement = answer("n2");
    await cli.run("why", "pod/web");
    expect(cli.out)
      .to.match(/room is being made for it on node n1/)
      .and.not.match(/small/);
  });

  it("names the pods that fare alike, and asks about one of them", async () => {
    const set = replicaSet({ name: "web", replicas: 3, status: { replicas: 3 } });
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: set.metadata.uid };
    const waiting = ContainerStatus.fromPartial({
      name: "main",
      state: { waiting: { reason: "ErrImagePull", message: "manifest unknown" } },
    });
    cli.cluster.put(replicaSetKind, set);
    for (const name of ["web-a", "web-b", "web-c"]) {
      cli.cluster.put(
        podKind,
        pod({ name, owner, ready: false, phase: "Pending", status: { containerStatuses: [waiting], conditions: [] } }),
      );
    }
    await cli.run("why", "rs/web");
    expect(cli.out).to.match(/pod web-a: image busybox:1.36 cannot be pulled: the registry has no such tag\n {2}also web-b, web-c\n/);
  });

  it("prints a documented shape, one or a list of them", async () => {
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "n1" }));
    await cli.run("why", "pod/web", "-o", "json");
    expect(JSON.parse(cli.out)).to.include.all.keys("apiVersion", "kind", "object", "healthy", "headline", "findings");
    await cli.run("why", "pod/web", "-o", "yaml");
    expect(cli.out).to.match(/^apiVersion: howbernetes.dev\/v1\nfindings:\n/);
    expect(await cli.run("why", "pods", "web", "gone", "-o", "json")).to.equal(1);
    expect((JSON.parse(cli.out) as { items: Diagnosis[] }).items.map(({ object }) => object.name)).to.deep.equal(["web"]);
    expect(cli.err).to.equal('Error from server (NotFound): pods "gone" not found\n');
  });

  it("knows what a pod was refused by a server of before, which cannot be asked", async () => {
    cli.cluster.answers.explainPlacement = async () => Promise.reject(notFound({ group: "", kind: "pods", name: "web" }));
    cli.cluster.put(podKind, pod({ name: "web", nodeName: "n1" }));
    expect(await cli.run("why", "pod/web")).to.equal(0);
    expect(cli.out).to.match(/^pod default\/web is running and ready: it runs on node n1 and is ready/);
  });

  it("refuses what it cannot do", async () => {
    expect(await cli.run("why", "pods")).to.equal(1);
    expect(cli.err).to.equal("error: resource(s) were provided, but no name was specified\n");
    expect(await cli.run("why", "pod/web", "-o", "wide")).to.equal(1);
    expect(cli.err).to.match(/allowed formats are: json,yaml/);
    expect(await cli.run("why", "pod/web")).to.equal(1);
    expect(cli.err).to.equal('Error from server (NotFound): pods "web" not found\n');
  });
});
