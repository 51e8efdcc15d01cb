import { expect } from "chai";
import { makeWhole } from "../../api/codec/whole.js";
import { isConflict } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { Binding } from "../../gen/howbernetes/core/v1/binding.js";
import { applyBinding } from "./binding.js";

describe("applyBinding", () => {
  const plan = { binding: Binding.fromPartial({ metadata: { annotations: { a: "1" } } }), nodeName: "n1", nowMs: 5_000 };

  it("assigns the pod and says that it is scheduled", () => {
    const pod = makeWhole(podKind, {
      metadata: { name: "p" },
      status: {
        phase: "Pending",
        nominatedNodeName: "n2",
        conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable" }],
      },
    });
    applyBinding(pod, plan);

    expect(pod.spec.nodeName).to.equal("n1");
    expect(pod.metadata.annotations).to.deep.equal({ a: "1" });
    expect(pod.status.nominatedNodeName).to.equal(undefined);
    expect(pod.status.conditions).to.have.length(1);
    expect(pod.status.conditions[0]).to.include({ type: "PodScheduled", status: "True", reason: undefined });
    expect(pod.status.conditions[0]?.lastTransitionTime?.seconds).to.equal(5);
  });

  const refused = [
    { it: "a pod that has a node", pod: { spec: { nodeName: "n2" } }, says: 'pod p is already assigned to node "n2"' },
    { it: "a pod bound to that same node", pod: { spec: { nodeName: "n1" } }, says: 'pod p is already assigned to node "n1"' },
    { it: "a pod that is being deleted", pod: { metadata: { deletionTimestamp: { seconds: 1 } } }, says: "pod p is being deleted" },
    {
      it: "a pod that is held back",
      pod: { spec: { schedulingGates: [{ name: "a" }] } },
      says: "pod p has non-empty .spec.schedulingGates",
    },
  ];
  for (const { it: what, pod, says } of refused) {
    it(`refuses ${what}`, () => {
      const draft = makeWhole(podKind, { ...pod, metadata: { name: "p", ...pod.metadata } });
      expect(() => applyBinding(draft, plan))
        .to.throw(`Operation cannot be fulfilled on pods/binding "p": ${says}`)
        .that.satisfies(isConflict);
    });
  }
});
