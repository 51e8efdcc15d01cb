import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { FakeCli } from "../../../test/fakes/fake-cli-env.js";
import { notFound } from "../../api/errors.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { NodeMetricsResponse, PodMetricsRequest, PodMetricsResponse } from "../../gen/howbernetes/api/v1/metrics.js";
import { NodeMetrics, PodMetrics } from "../../gen/howbernetes/metrics/v1beta1/metrics.js";

const usage = (cpu: string, memory: string) => ({ cpu: { string: cpu }, memory: { string: memory } });
const measured = (namespace: string, name: string, containers: Record<string, [cpu: string, memory: string]>): PodMetrics =>
  PodMetrics.fromPartial({
    metadata: { namespace, name },
    containers: Object.entries(containers).map(([container, [cpu, memory]]) => ({ name: container, usage: usage(cpu, memory) })),
  });

let cli: FakeCli;
let asked: PodMetricsRequest | undefined;

const answerPods = (answer: Partial<PodMetricsResponse>): void => {
  cli.cluster.answers.podMetrics = async (request: PodMetricsRequest) => {
    asked = request;
    return { items: [], unreachable: [], ...answer };
  };
};

beforeEach(() => {
  cli = new FakeCli();
  asked = undefined;
});

describe("howbectl top pod", () => {
  const items = [
    measured("default", "web", { nginx: ["250m", "64Mi"], log: ["1500u", "10Mi"] }),
    measured("default", "db", { main: ["1", "16Mi"] }),
  ];

  it("shows what each pod uses, by name", async () => {
    answerPods({ items });
    expect(await cli.run("top", "pod", "-l", "app=web")).to.equal(0);
    expect(cli.out).to.equal("NAME   CPU(cores)   MEMORY(bytes)\n" + "db     1000m        16Mi\n" + "web    252m         74Mi\n");
    expect(asked).to.deep.equal({ namespace: "default", name: "", labelSelector: "app=web" });
  });

  it("shows containers by themselves, the most hungry first, and what they use together", async () => {
    answerPods({ items });
    await cli.run("top", "pods", "-A", "--containers", "--sort-by=memory", "--sum");
    expect(cli.out.split("\n").map((line) => line.trimEnd())).to.deep.equal([
      "NAMESPACE   POD   NAME    CPU(cores)   MEMORY(bytes)",
      "default     web   nginx   250m         64Mi",
      "default     web   log     2m           10Mi",
      "default     db    main    1000m        16Mi",
      "                          ________     ________",
      "                          1252m        90Mi",
      "",
    ]);
    expect(asked?.namespace).to.equal("");
  });

  it("says which nodes were silent", async () => {
    answerPods({ items, unreachable: [{ name: "n2", reason: 'node "n2" is not connected' }] });
    await cli.run("top", "pod", "--no-headers");
    expect(cli.err).to.equal('Warning: no statistics of node "n2": node "n2" is not connected\n');
    expect(cli.out).to.match(/^db /);
  });

  it("tells pods that do not run yet from none", async () => {
    answerPods({});
    expect(await cli.run("top", "pod")).to.equal(0);
    expect(cli.err).to.equal("No resources found in default namespace.\n");
    cli.cluster.put(podKind, pod({ name: "web" }));
    expect(await cli.run("top", "pod")).to.equal(1);
    expect(cli.err).to.equal("error: metrics not available yet\n");
  });

  it("says of a pod that there is none rather than that it has no metrics", async () => {
    cli.cluster.answers.podMetrics = () => Promise.reject(notFound({ group: "metrics.k8s.io", kind: "podmetrics", name: "default/web" }));
    await cli.run("top", "pod", "web");
    expect(cli.err).to.equal('Error from server (NotFound): pods "web" not found\n');
    cli.cluster.put(podKind, pod({ name: "web" }));
    await cli.run("top", "pod", "web");
    expect(cli.err).to.equal('Error from server (NotFound): podmetrics.metrics.k8s.io "default/web" not found\n');
  });

  const refused = [
    { words: ["--sort-by=name"], says: "error: --sort-by accepts only cpu or memory\n" },
    { words: ["web", "-l", "a=b"], says: "error: only one of NAME or selector can be provided\n" },
  ];
  for (const { words, says } of refused) {
    it(`refuses ${words.join(" ")}`, async () => {
      expect(await cli.run("top", "pod", ...words)).to.equal(1);
      expect(cli.err).to.equal(says);
    });
  }
});

describe("howbectl top node", () => {
  const answer: NodeMetricsResponse = {
    items: [NodeMetrics.fromPartial({ metadata: { name: "n1" }, usage: usage("500m", "256Mi") })],
    unreachable: [{ name: "n2", reason: "gone" }],
  };

  it("shows nodes' use in percent of what they have to give, and unknown for those that are silent", async () => {
    cli.cluster.answers.nodeMetrics = async () => answer;
    const resources = { allocatable: { cpu: "2", memory: "1Gi" }, capacity: { cpu: "4", memory: "2Gi" } };
    for (const name of ["n1", "n2"]) {
      const made = node({ name });
      const amounts = (of: Record<string, string>) => Object.fromEntries(Object.entries(of).map(([key, string]) => [key, { string }]));
      made.status = { ...made.status, allocatable: amounts(resources.allocatable), capacity: amounts(resources.capacity) };
      cli.cluster.put(nodeKind, made);
    }
    expect(await cli.run("top", "node")).to.equal(0);
    expect(cli.out).to.equal(
      "NAME   CPU(cores)   CPU(%)      MEMORY(bytes)   MEMORY(%)\n" +
        "n1     500m         25%         256Mi           25%\n" +
        "n2     <unknown>    <unknown>   <unknown>       <unknown>\n",
    );
    await cli.run("top", "no", "n1", "--show-capacity", "--no-headers");
    expect(cli.out).to.equal("n1    500m   12%   256Mi   12%\n");
  });
});
