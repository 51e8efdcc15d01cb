import { expect } from "chai";
import { pod } from "../../../test/builders/index.js";
import type { EvictionSignal, EvictionThreshold } from "./eviction-thresholds.js";
import { planEviction } from "./plan-eviction.js";
import type { PodConsumption } from "./pod-consumption.js";

const mebibyte = 2 ** 20;

interface Consumer {
  readonly name: string;
  /** In MiB. */
  readonly memory?: number;
  readonly storage?: number;
  readonly volume?: number;
  readonly pids?: number;
  readonly requests?: Record<string, string>;
  readonly priority?: number;
}

function consumption({ name, memory = 0, storage = 0, volume = 0, pids = 1, requests = {}, priority = 0 }: Consumer): PodConsumption {
  const container = { memoryBytes: memory * mebibyte, storageBytes: storage * mebibyte, pids };
  return {
    pod: pod({ name, requests, spec: { priority } }),
    containers: new Map([["main", container]]),
    emptyDirBytes: new Map([["data", volume * mebibyte]]),
  };
}

const threshold = (signal: EvictionSignal, limit: EvictionThreshold["limit"] = { amount: 100 * mebibyte }) => ({
  threshold: { signal, limit },
  observation: { available: 52 * mebibyte, capacity: 1_000 * mebibyte },
});

describe("planEviction", () => {
  const cases: readonly { it: string; signal: EvictionSignal; pods: readonly Consumer[]; first: string | undefined }[] = [
    { it: "has nobody to evict on an empty node", signal: "memory.available", pods: [], first: undefined },
    {
      it: "takes one that uses more than it requested before one of lower priority that does not",
      signal: "memory.available",
      pods: [
        { name: "modest", memory: 300, requests: { memory: "400Mi" }, priority: -10 },
        { name: "greedy", memory: 200, requests: { memory: "100Mi" }, priority: 10 },
      ],
      first: "greedy",
    },
    {
      it: "takes the lower priority of two that use more",
      signal: "memory.available",
      pods: [
        { name: "greedier", memory: 900, priority: 5 },
        { name: "lesser", memory: 10, priority: 1 },
      ],
      first: "lesser",
    },
    {
      it: "takes the one that uses the most more, among equals",
      signal: "memory.available",
      pods: [
        { name: "large", memory: 900, requests: { memory: "850Mi" } },
        { name: "over", memory: 300, requests: { memory: "100Mi" } },
      ],
      first: "over",
    },
    {
      it: "takes the one that is nearest to its request where none uses more",
      signal: "memory.available",
      pods: [
        { name: "roomy", memory: 100, requests: { memory: "500Mi" } },
        { name: "near", memory: 100, requests: { memory: "110Mi" } },
      ],
      first: "near",
    },
    {
      it: "never takes one of the system's own",
      signal: "memory.available",
      pods: [
        { name: "system", memory: 900, priority: 2_000_000_000 },
        { name: "user", memory: 1, requests: { memory: "1Gi" } },
      ],
      first: "user",
    },
    {
      it: "counts what is written to volumes where the disk is short",
      signal: "nodefs.available",
      pods: [
        { name: "memory", memory: 900, storage: 1 },
        { name: "volume", volume: 50, storage: 1 },
      ],
      first: "volume",
    },
    {
      it: "goes by what was written where inodes are short",
      signal: "imagefs.inodesFree",
      pods: [
        { name: "little", storage: 1 },
        { name: "much", storage: 5 },
      ],
      first: "much",
    },
    {
      it: "goes by priority and then by processes where those are short",
      signal: "pid.available",
      pods: [
        { name: "few", pids: 5 },
        { name: "many", pids: 50 },
        { name: "most", pids: 500, priority: 1 },
      ],
      first: "many",
    },
  ];
  for (const { it: does, signal, pods, first } of cases) {
    it(does, () => expect(planEviction(threshold(signal), pods.map(consumption))?.pod.metadata.name).to.equal(first));
  }

  it("says why, and which containers use more than they requested", () => {
    const eviction = planEviction(threshold("memory.available"), [consumption({ name: "web", memory: 200, requests: { memory: "64Mi" } })]);
    expect(eviction?.failure).to.deep.equal({
      reason: "Evicted",
      message:
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 52Mi. " +
        "Container main was using 200Mi, request is 64Mi, has larger consumption of memory. ",
      graceSeconds: 1,
      isDisruption: true,
    });
  });

  it("says no more of containers that use no more", () => {
    const eviction = planEviction(threshold("nodefs.available", { share: 0.1 }), [consumption({ name: "web" })]);
    expect(eviction?.failure.message).to.equal(
      "The node was low on resource: ephemeral-storage. Threshold quantity: 10%, available: 52Mi. ",
    );
  });
});
