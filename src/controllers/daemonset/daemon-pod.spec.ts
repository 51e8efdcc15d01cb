import { expect } from "chai";
import { daemonSet, node } from "../../../test/builders/index.js";
import { NodeAffinity } from "../../gen/howbernetes/core/v1/scheduling.js";
import { daemonPod, daemonSpec, targetNode } from "./daemon-pod.js";
import { eligibilityFor } from "./eligibility.js";

describe("daemonPod", () => {
  it("is bound to its node by an affinity, which is all that is required of nodes", () => {
    const set = daemonSet({ annotations: { "deprecated.daemonset.template.generation": "3" } });
    const zone = { matchExpressions: [{ key: "zone", operator: "In", values: ["a"] }], matchFields: [] };
    const nodeAffinity = NodeAffinity.fromPartial({
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [zone] },
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, preference: zone }],
    });
    Object.assign(set.spec.template?.spec ?? {}, { affinity: { nodeAffinity } });
    const { metadata, spec } = daemonPod(set, "n7", "hash");

    expect(metadata.labels).to.deep.equal({ app: "agent", "controller-revision-hash": "hash", "pod-template-generation": "3" });
    expect(metadata.generateName).to.equal("agent-");
    expect(spec.affinity?.nodeAffinity).to.deep.equal({
      ...nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [], matchFields: [{ key: "metadata.name", operator: "In", values: ["n7"] }] }],
      },
    });
  });

  it("says for which node it is, bound or not", () => {
    const made = daemonPod(daemonSet(), "n7", "hash");
    expect(targetNode(made)).to.equal("n7");
    expect(targetNode({ ...made, spec: { ...made.spec, nodeName: "n8" } })).to.equal("n8");
    expect(targetNode({ ...made, spec: { ...made.spec, affinity: undefined } })).to.equal("");
  });

  it("tolerates what befalls nodes, and says it once", () => {
    const set = daemonSet();
    const own = { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" };
    Object.assign(set.spec.template?.spec ?? {}, { tolerations: [own] });
    const keys = daemonSpec(set).tolerations.map(({ key, effect }) => `${key?.replace("node.kubernetes.io/", "")}:${effect}`);

    expect(keys).to.deep.equal([
      "unschedulable:NoSchedule",
      "not-ready:NoExecute",
      "unreachable:NoExecute",
      "disk-pressure:NoSchedule",
      "memory-pressure:NoSchedule",
      "pid-pressure:NoSchedule",
    ]);
    Object.assign(set.spec.template?.spec ?? {}, { hostNetwork: true });
    expect(daemonSpec(set).tolerations.at(-1)?.key).to.equal("node.kubernetes.io/network-unavailable");
  });
});

describe("eligibilityFor", () => {
  const judge = (spec: object, on = node({ name: "n1", labels: { zone: "a" } })): string => {
    const set = daemonSet();
    Object.assign(set.spec.template?.spec ?? {}, spec);
    const { shouldRun, shouldStay } = eligibilityFor(set)(on);
    return `${shouldRun ? "run" : "-"} ${shouldStay ? "stay" : "-"}`;
  };
  const cases = [
    { it: "takes any node", spec: {}, is: "run stay" },
    { it: "takes the node that the template names", spec: { nodeName: "n1" }, is: "run stay" },
    { it: "leaves out others then", spec: { nodeName: "n2" }, is: "- -" },
    { it: "keeps to the nodeSelector", spec: { nodeSelector: { zone: "b" } }, is: "- -" },
    { it: "lets stay what may not come", spec: {}, on: node({ taints: [{ key: "gpu", effect: "NoSchedule" }] }), is: "- stay" },
    { it: "lets nobody stay whom a taint drives away", spec: {}, on: node({ taints: [{ key: "gpu", effect: "NoExecute" }] }), is: "- -" },
    {
      it: "heeds what the template tolerates",
      spec: { tolerations: [{ key: "gpu", operator: "Exists" }] },
      on: node({ taints: [{ key: "gpu", effect: "NoExecute" }] }),
      is: "run stay",
    },
  ];
  for (const { it: does, spec, on, is } of cases) {
    it(does, () => expect(judge(spec, on)).to.equal(is));
  }
});
