import { expect } from "chai";
import { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { mergePodStatus } from "./pod-status-merge.js";

describe("mergePodStatus", () => {
  const nowMs = 1_000_000;
  const at = (seconds: number): { seconds: number; nanos: number } => ({ seconds, nanos: 0 });
  const condition = (type: string, status: string, seconds?: number, reason?: string): object => ({
    type,
    status,
    ...(seconds === undefined ? {} : { lastTransitionTime: at(seconds) }),
    ...(reason === undefined ? {} : { reason }),
  });

  const cases: readonly { readonly it: string; readonly current: object; readonly reported: object; readonly merged: object }[] = [
    {
      it: "takes over what the node owns",
      current: { phase: "Pending", qosClass: "Burstable", nominatedNodeName: "n9" },
      reported: {
        phase: "Running",
        podIP: "10.0.0.2",
        podIPs: [{ ip: "10.0.0.2" }],
        hostIP: "1.2.3.4",
        containerStatuses: [{ name: "c" }],
      },
      merged: {
        phase: "Running",
        podIP: "10.0.0.2",
        podIPs: [{ ip: "10.0.0.2" }],
        hostIP: "1.2.3.4",
        containerStatuses: [{ name: "c" }],
        qosClass: "Burstable",
        nominatedNodeName: "n9",
      },
    },
    {
      it: "leaves alone what the node does not own",
      current: { phase: "Running", qosClass: "BestEffort" },
      reported: { phase: "Running", qosClass: "Guaranteed", nominatedNodeName: "mine", resize: "x" },
      merged: { phase: "Running", qosClass: "BestEffort" },
    },
    {
      it: "drops what is over: an address, a reason",
      current: { phase: "Running", podIP: "10.0.0.2", podIPs: [{ ip: "10.0.0.2" }], reason: "Waiting", message: "m" },
      reported: { phase: "Running" },
      merged: { phase: "Running" },
    },
    {
      it: "merges conditions by type and keeps the others'",
      current: { conditions: [condition("PodScheduled", "True", 5), condition("Ready", "False", 6)] },
      reported: { conditions: [condition("Ready", "True", 7), condition("Initialized", "True")] },
      merged: { conditions: [condition("PodScheduled", "True", 5), condition("Ready", "True", 7), condition("Initialized", "True", 1000)] },
    },
    {
      it: "takes the node's word that it ends the pod itself",
      current: { conditions: [condition("PodScheduled", "True", 5)] },
      reported: { phase: "Failed", conditions: [condition("DisruptionTarget", "True", 9, "TerminationByKubelet")] },
      merged: {
        phase: "Failed",
        conditions: [condition("PodScheduled", "True", 5), condition("DisruptionTarget", "True", 9, "TerminationByKubelet")],
      },
    },
    {
      it: "ignores what a node says of others who would end the pod",
      current: { conditions: [condition("PodScheduled", "True", 5)] },
      reported: { conditions: [condition("DisruptionTarget", "True", 9, "EvictionByEvictionAPI")] },
      merged: { conditions: [condition("PodScheduled", "True", 5)] },
    },
    {
      it: "ignores condition types that are not the node's",
      current: { conditions: [condition("PodScheduled", "True", 5)] },
      reported: { conditions: [condition("PodScheduled", "False", 9), condition("example.com/gate", "True", 9)] },
      merged: { conditions: [condition("PodScheduled", "True", 5)] },
    },
    {
      it: "moves a transition time only with the status",
      current: { conditions: [condition("Ready", "False", 6, "ContainersNotReady")] },
      reported: { conditions: [condition("Ready", "False", 9, "PodFailed")] },
      merged: { conditions: [condition("Ready", "False", 6, "PodFailed")] },
    },
    {
      it: "stamps a transition that the node did not",
      current: { conditions: [condition("Ready", "False", 6)] },
      reported: { conditions: [condition("Ready", "True")] },
      merged: { conditions: [condition("Ready", "True", 1000)] },
    },
    {
      it: "keeps a failed pod failed, and not ready, while its containers still run",
      current: { phase: "Failed", reason: "NodeLost", message: "gone", conditions: [condition("Ready", "False", 6)] },
      reported: { phase: "Running", conditions: [condition("Ready", "True", 9)], containerStatuses: [{ name: "c", ready: true }] },
      merged: {
        phase: "Failed",
        reason: "NodeLost",
        message: "gone",
        conditions: [condition("Ready", "False", 6)],
        containerStatuses: [{ name: "c", ready: true }],
      },
    },
    {
      it: "does not turn one ending into the other",
      current: { phase: "Succeeded" },
      reported: { phase: "Failed", reason: "Error" },
      merged: { phase: "Succeeded" },
    },
    {
      it: "still takes conditions of a pod that ended as it says",
      current: { phase: "Succeeded", conditions: [condition("Ready", "True", 6)] },
      reported: { phase: "Succeeded", conditions: [condition("Ready", "False", 9, "PodCompleted")] },
      merged: { phase: "Succeeded", conditions: [condition("Ready", "False", 9, "PodCompleted")] },
    },
    {
      it: "sets the start time once",
      current: { startTime: at(3) },
      reported: { startTime: at(8) },
      merged: { startTime: at(3) },
    },
    {
      it: "keeps the phase when a report has none",
      current: { phase: "Pending" },
      reported: {},
      merged: { phase: "Pending" },
    },
  ];

  for (const { it: does, current, reported, merged } of cases) {
    it(does, () => {
      const result = mergePodStatus(PodStatus.fromPartial(current), PodStatus.fromPartial(reported), nowMs);
      expect(PodStatus.encode(result).finish()).to.deep.equal(PodStatus.encode(PodStatus.fromPartial(merged)).finish());
    });
  }

  it("changes nothing when the same is reported again", () => {
    const reported = PodStatus.fromPartial({ phase: "Running", conditions: [condition("Ready", "True")], startTime: at(1) });
    const once = mergePodStatus(PodStatus.fromPartial({}), reported, nowMs);
    expect(mergePodStatus(once, reported, nowMs + 60_000)).to.deep.equal(once);
  });
});
