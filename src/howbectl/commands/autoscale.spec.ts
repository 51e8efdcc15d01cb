import { expect } from "chai";
import { deployment, job } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { horizontalPodAutoscalerKind } from "../../api/kinds/horizontalpodautoscaler/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";

let cli: FakeCli;
beforeEach(() => {
  cli = new FakeCli();
  cli.cluster.put(deploymentKind, deployment());
});

describe("howbectl autoscale", () => {
  it("makes an autoscaler of the workload's name", async () => {
    expect(await cli.run("autoscale", "deployment", "web", "--min=2", "--max=10", "--cpu=70%")).to.equal(0);
    expect(cli.out).to.equal("horizontalpodautoscaler.autoscaling/web autoscaled\n");
    const made = cli.cluster.find(horizontalPodAutoscalerKind, { namespace: "default", name: "web" });
    expect(made).to.nested.include({
      "spec.minReplicas": 2,
      "spec.maxReplicas": 10,
      "spec.scaleTargetRef.kind": "Deployment",
      "spec.scaleTargetRef.apiVersion": "apps/v1",
      "spec.scaleTargetRef.name": "web",
    });
  });

  const targets = [
    { flags: ["--cpu-percent=80"], metrics: [["cpu", { type: "Utilization", averageUtilization: 80 }]] },
    { flags: ["--cpu=500m"], metrics: [["cpu", { type: "AverageValue", averageValue: "500m" }]] },
    { flags: ["--cpu=500"], metrics: [["cpu", { type: "AverageValue", averageValue: "500m" }]] },
    {
      flags: ["--cpu=60%", "--memory=200"],
      metrics: [
        ["cpu", { type: "Utilization", averageUtilization: 60 }],
        ["memory", { type: "AverageValue", averageValue: "200Mi" }],
      ],
    },
  ];
  for (const { flags, metrics } of targets) {
    it(`reads ${flags.join(" ")}`, async () => {
      await cli.run("autoscale", "deploy/web", "--max=3", ...flags, "--name=other", "--dry-run=client", "-o", "json");
      const { metadata, spec } = JSON.parse(cli.out) as { metadata: { name: string }; spec: { metrics: object; minReplicas?: number } };
      expect(metadata.name).to.equal("other");
      expect(spec.minReplicas).to.equal(undefined);
      expect(spec.metrics).to.deep.equal(metrics.map(([name, target]) => ({ type: "Resource", resource: { name, target } })));
    });
  }

  it("leaves the target to the server when none is given", async () => {
    await cli.run("autoscale", "deploy/web", "--max=3", "--dry-run=client", "-o", "jsonpath={.spec}");
    expect(cli.out).to.equal('{"maxReplicas":3,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}');
    await cli.run("autoscale", "deploy/web", "--max=3", "--dry-run=client");
    expect(cli.out).to.equal("horizontalpodautoscaler.autoscaling/web created (dry run)\n");
  });

  const refused = [
    { words: ["deploy/web"], says: /^error: required flag\(s\) "max" not set\n/ },
    { words: ["deploy/web", "--max=0"], says: /^error: --max=MAXPODS is required and must be at least 1, max: 0\n$/ },
    {
      words: ["deploy/web", "--max=1", "--min=2"],
      says: /^error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: 1, min: 2\n$/,
    },
    { words: ["deploy/web", "--max=1", "--cpu=1", "--cpu-percent=1"], says: /^error: --cpu-percent and --cpu are mutually exclusive\n$/ },
    { words: ["deploy/web", "--max=1", "--cpu=x%"], says: /^error: invalid percentage value: x\n$/ },
    { words: ["deploy/web", "--max=1", "--memory=x"], says: /^error: invalid resource memory value: x\n$/ },
    { words: ["deploy/gone", "--max=1"], says: /^Error from server \(NotFound\): deployments.apps "gone" not found\n$/ },
    { words: ["job/work", "--max=1"], says: /^error: cannot autoscale a Job: it has no replicas\n$/ },
  ];
  for (const { words, says } of refused) {
    it(`refuses autoscale ${words.join(" ")}`, async () => {
      cli.cluster.put(jobKind, job());
      expect(await cli.run("autoscale", ...words)).to.equal(1);
      expect(cli.err).to.match(says);
    });
  }
});
