import { node } from "../../../../test/builders/index.js";
import { ago, condition, ended, expectDiagnosis, nowMs, type PodCase, withState } from "../../../../test/builders/pod-facts.js";
import { ContainerStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";

const gated = { spec: { schedulingGates: [{ name: "a" }, { name: "b" }] }, nodeName: "" };
const unfit = { nodeName: "", status: { conditions: [condition("PodScheduled", "False", "Unschedulable", "0/1 nodes are available")] } };
const refused = {
  nodes: [{ node: "n1", verdict: "Insufficient cpu", detail: "asks for 2" }],
  suggestions: [{ text: "free 1 of cpu on n1", commands: [], changes: [] }],
  choice: "",
  fits: "",
  makingRoom: [],
};
const leaving = { apiVersion: "v1", kind: "Pod", namespace: "default", name: "small" };

const cases: readonly PodCase[] = [
  {
    it: "says what it was told, and why it is told no more",
    pod: unfit,
    is: "pending",
    code: "Unschedulable",
    headline: "no node fits",
    evidence: [
      /^condition PodScheduled is False for 65s: Unschedulable: 0\/1 nodes are available$/,
      /does not say more: no scheduler is connected/,
    ],
    suggestions: [/look at what nodes have/],
  },
  {
    it: "shows every node's verdict and passes on what would help",
    pod: unfit,
    facts: {
      placement: refused,
    },
    is: "pending",
    code: "Unschedulable",
    headline: "no node fits",
    suggestions: [/free 1 of cpu on n1/],
  },
  {
    it: "names scheduling gates",
    pod: gated,
    is: "pending",
    code: "SchedulingGated",
    headline: "it is held back by scheduling gates a, b",
    suggestions: [/remove scheduling gates a, b from the pod/],
  },
  {
    it: "says for whom room is made, and who leaves",
    pod: { ...unfit, spec: { priority: 100 }, status: { ...unfit.status, nominatedNodeName: "n1" } },
    facts: {
      placement: { ...refused, nodes: [], suggestions: [], makingRoom: [leaving] },
    },
    is: "pending",
    code: "MakingRoom",
    headline: "room is being made for it on node n1",
    problem: false,
    evidence: [/it has priority 100/, /of less priority and leaving: pod default\/small/],
  },
  {
    it: "has nobody else go while room is being made",
    pod: { ...unfit, status: { ...unfit.status, nominatedNodeName: "n1" } },
    facts: {
      placement: { ...refused, makingRoom: [leaving] },
    },
    is: "pending",
    code: "Unschedulable",
    headline: "no node fits",
    suggestions: [],
  },
  {
    it: "knows a scheduler that there is not",
    pod: { nodeName: "", spec: { schedulerName: "mine" } },
    is: "pending",
    code: "NotScheduled",
    headline: "no scheduler by the name of mine has looked at it",
    suggestions: [/leave it to the cluster's own scheduler/],
  },
  {
    it: "names readiness gates that are closed",
    pod: withState(
      { state: { running: { startedAt: ago(1) } }, ready: true },
      { spec: { readinessGates: [{ conditionType: "example.com/live" }] } },
    ),
    is: "running, but not ready",
    code: "ReadinessGate",
    headline: "its readiness gate example.com/live is not open",
    evidence: [/it has no condition example.com\/live/],
  },
  {
    it: "knows who keeps a pod that is to go",
    pod: { deleting: true, finalizers: ["example.com/hold"], phase: "Failed" },
    is: "terminating",
    code: "HeldByFinalizers",
    headline: "finalizer example.com/hold keeps it",
    evidence: [/its containers have ended/],
    suggestions: [/remove example.com\/hold/],
  },
  {
    it: "says of a pod on a node that does not answer that nobody tells of its end",
    pod: { deleting: true },
    facts: { node: node({ ready: "Unknown" }) },
    is: "terminating",
    code: "NodeUnreachable",
    headline: "its node does not say that its containers have ended",
    evidence: [/^node n1: condition Ready is Unknown/],
    suggestions: [/delete it at once/, /delete the node/],
  },
  {
    it: "says why a node evicted it",
    pod: { phase: "Failed", status: { phase: "Failed", reason: "Evicted", message: "The node was low on resource: memory." } },
    is: "failed",
    code: "Evicted",
    headline: "its node evicted it",
    evidence: [/The node was low on resource: memory/],
  },
  {
    it: "says whom it had to make room for",
    pod: {
      phase: "Failed",
      status: {
        phase: "Failed",
        conditions: [condition("DisruptionTarget", "True", "PreemptionByScheduler", "preempting to accommodate a higher priority pod")],
      },
    },
    is: "failed",
    code: "Preempted",
    headline: "it had to make room for a pod with a higher priority",
    evidence: [/PreemptionByScheduler: preempting to accommodate/],
  },
  {
    it: "says that its node had it make room",
    pod: { phase: "Failed", status: { phase: "Failed", reason: "Preempting", message: "Preempted in order to admit critical pod" } },
    is: "failed",
    code: "Preempted",
    headline: "its node ended it to take in a pod that the cluster cannot do without",
    evidence: [/Preempted in order to admit critical pod/],
  },
  {
    it: "says that its deadline has passed",
    pod: {
      phase: "Failed",
      spec: { activeDeadlineSeconds: 30 },
      status: { phase: "Failed", reason: "DeadlineExceeded", message: "Pod was active on the node longer than the specified deadline" },
    },
    is: "failed",
    code: "DeadlineExceeded",
    headline: "it was active for longer than its deadline of 30s",
  },
  {
    it: "says that its node is gone",
    pod: {},
    facts: { node: undefined },
    is: "running, but not ready",
    code: "NodeLost",
    headline: "its node n1 does not answer",
    evidence: [/^node n1 is gone$/],
  },
  {
    it: "says that all is done",
    pod: { phase: "Succeeded" },
    is: "complete",
    code: "Completed",
    headline: /done their work/,
    problem: false,
  },
  {
    it: "says since when it is ready, and why it is there",
    pod: {
      readySinceMs: nowMs - 65_000,
      status: { containerStatuses: [ContainerStatus.fromPartial({ name: "main", ready: true, state: { running: {} } })] },
    },
    facts: { placement: { nodes: [], suggestions: [], choice: "2 of 3 nodes would do", fits: "", makingRoom: [] } },
    is: "running and ready",
    code: "Placed",
    headline: "the scheduler chose node n1: 2 of 3 nodes would do",
    problem: false,
  },
  {
    it: "does not forget that it was restarted",
    pod: {
      status: {
        conditions: [condition("Ready", "True")],
        containerStatuses: [
          ContainerStatus.fromPartial({ name: "main", ready: true, state: { running: {} }, lastState: ended(2), restartCount: 1 }),
        ],
      },
    },
    is: "running and ready",
    code: "Restarted",
    headline: "container main was restarted once",
    problem: false,
    evidence: [/exit code 2 \(the program failed, or was called wrongly\)/],
  },
];

describe("diagnosePod", () => {
  for (const each of cases) it(each.it, () => expectDiagnosis(each));
});
