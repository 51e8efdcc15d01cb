import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import type { PodOptions } from "../../../test/builders/pod.js";
import { quantities } from "../../../test/builders/quantities.js";
import type { PressureConditionType } from "../pressure/pressure-conditions.js";
import { caresForNode, planAdmission } from "./plan-admission.js";

interface Case {
  readonly it: string;
  readonly pod?: PodOptions;
  readonly others?: readonly PodOptions[];
  readonly pressures?: readonly PressureConditionType[];
  readonly reason?: string;
  readonly message?: string;
}

const allocatable = quantities({ cpu: "1900m", memory: "1Gi", pods: "3" });

describe("planAdmission", () => {
  const cases: readonly Case[] = [
    { it: "takes a pod that asks for nothing" },
    { it: "takes one that just fits", pod: { requests: { cpu: "1400m" } }, others: [{ requests: { cpu: "500m" } }] },
    {
      it: "refuses one that asks for more processors than are left",
      pod: { requests: { cpu: "1500m" } },
      others: [{ requests: { cpu: "500m" } }],
      reason: "OutOfcpu",
      message: "Node didn't have enough resource: cpu, requested: 1500, used: 500, capacity: 1900",
    },
    {
      it: "refuses one that asks for more memory than there is",
      pod: { requests: { memory: "2Gi" } },
      reason: "OutOfmemory",
      message: "Node didn't have enough resource: memory, requested: 2147483648, used: 0, capacity: 1073741824",
    },
    {
      it: "takes one that asks for none of what is overcommitted",
      pod: { requests: { memory: "1Mi" } },
      others: [{ requests: { cpu: "4" } }],
    },
    { it: "counts no resource that the node does not know of", pod: { requests: { "ephemeral-storage": "100Gi" } } },
    {
      it: "takes one for which there is enough of what only some nodes have",
      pod: { requests: { "example.com/gpu": "1" } },
      others: [{ requests: { "example.com/gpu": "1" } }],
    },
    {
      it: "refuses one for which there is not",
      pod: { requests: { "example.com/gpu": "2" } },
      others: [{ requests: { "example.com/gpu": "1" } }],
      reason: "OutOfexample.com/gpu",
      message: "Node didn't have enough resource: example.com/gpu, requested: 2, used: 1, capacity: 2",
    },
    { it: "leaves to whoever bound it what the node does not have at all", pod: { requests: { "example.com/fpga": "1" } } },
    {
      it: "refuses one more pod than there may be",
      others: [{ name: "a" }, { name: "b" }, { name: "c" }],
      reason: "OutOfpods",
      message: "Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3",
    },
    {
      it: "refuses one whose node has other labels",
      pod: { nodeSelector: { disk: "ssd" } },
      reason: "NodeAffinity",
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    },
    { it: "takes one whose node has its labels", pod: { nodeSelector: { zone: "a" } } },
    {
      it: "refuses one whose port another has",
      pod: { hostPort: 80 },
      others: [{ name: "other", hostPort: 80 }],
      reason: "NodePorts",
      message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    },
    { it: "takes one whose port nobody has", pod: { hostPort: 80 }, others: [{ name: "other", hostPort: 81 }] },
    {
      it: "refuses whoever would be evicted first where memory is short",
      pressures: ["MemoryPressure"],
      reason: "Evicted",
      message: "The node had condition: [MemoryPressure]. ",
    },
    { it: "takes one that asks for memory where that is short", pod: { requests: { memory: "1Mi" } }, pressures: ["MemoryPressure"] },
    {
      it: "takes one that tolerates it",
      pod: { tolerations: [{ key: "node.kubernetes.io/memory-pressure", operator: "Exists", effect: "NoSchedule" }] },
      pressures: ["MemoryPressure"],
    },
    {
      it: "takes nobody where the disk is short",
      pod: { requests: { memory: "1Mi" } },
      pressures: ["DiskPressure", "MemoryPressure"],
      reason: "Evicted",
      message: "The node had condition: [MemoryPressure DiskPressure]. ",
    },
    { it: "takes the system's own whatever is short", pod: { spec: { priority: 2_000_000_000 } }, pressures: ["DiskPressure"] },
  ];
  for (const { it: does, pod: wanted = {}, others = [], pressures = [], reason, message } of cases) {
    it(does, () => {
      const refusal = planAdmission({
        pod: pod(wanted),
        others: others.map((each) => pod(each)),
        allocatable,
        node: node({ labels: { zone: "a" }, allocatable: { "example.com/gpu": "2" } }),
        pressures: new Set(pressures),
      });
      expect(refusal).to.deep.equal(reason === undefined ? undefined : { reason, message });
    });
  }

  it("leaves it to whoever bound the pod while the Node is not known", () => {
    const input = { pod: pod({ nodeSelector: { disk: "ssd" } }), others: [], allocatable, node: undefined, pressures: new Set<never>() };
    expect(planAdmission(input)).to.equal(undefined);
  });
});

describe("caresForNode", () => {
  it("is so of pods with a nodeSelector or an affinity, or that ask for what only some nodes have", () => {
    expect(caresForNode(pod())).to.equal(false);
    expect(caresForNode(pod({ nodeSelector: { a: "b" } }))).to.equal(true);
    expect(caresForNode(pod({ requests: { cpu: "1" } }))).to.equal(false);
    expect(caresForNode(pod({ requests: { "example.com/gpu": "1" } }))).to.equal(true);
    const nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: undefined, preferredDuringSchedulingIgnoredDuringExecution: [] };
    expect(caresForNode(pod({ spec: { affinity: { nodeAffinity, podAffinity: undefined, podAntiAffinity: undefined } } }))).to.equal(true);
  });
});
