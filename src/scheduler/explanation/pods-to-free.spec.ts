import { expect } from "chai";
import { node, type PodOptions, pod } from "../../../test/builders/index.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { type Needed, podsToFree } from "./pods-to-free.js";

const of = (cpu: string, priority = 0, more: PodOptions = {}): PodOptions => ({ requests: { cpu }, spec: { priority }, ...more });
const ownedBy = (kind: string) => ({ apiVersion: "apps/v1", kind, name: "x", uid: "x", controller: true });

const cases: readonly {
  readonly it: string;
  readonly pods: readonly PodOptions[];
  readonly needed: readonly (readonly [string, number])[];
  /** By their number; undefined when all are not enough. */
  readonly leave: readonly number[] | undefined;
}[] = [
  { it: "takes none when nothing is needed", pods: [of("1")], needed: [["cpu", 0]], leave: [] },
  { it: "takes one that is enough rather than two", pods: [of("1"), of("3"), of("2")], needed: [["cpu", 2_500]], leave: [1] },
  { it: "takes the lowest priority first", pods: [of("3", 5), of("2", 1), of("2", 1)], needed: [["cpu", 2_500]], leave: [1, 2] },
  { it: "lets those stay that are not needed after all", pods: [of("1", 1), of("3", 5)], needed: [["cpu", 2_500]], leave: [1] },
  { it: "takes nobody of a higher priority", pods: [of("4", 11)], needed: [["cpu", 1]], leave: undefined },
  { it: "takes nobody when all are not enough", pods: [of("1"), of("1")], needed: [["cpu", 2_001]], leave: undefined },
  {
    it: "leaves pods that would come back, and those that are the node's own",
    pods: [
      of("1", 0, { ownerReferences: [ownedBy("DaemonSet")] }),
      of("1", 0, { ownerReferences: [ownedBy("Node")] }),
      of("1", 0, { annotations: { "kubernetes.io/config.mirror": "x" } }),
      of("1", 0, { ownerReferences: [ownedBy("ReplicaSet")] }),
    ],
    needed: [["cpu", 500]],
    leave: [3],
  },
  {
    it: "leaves those in whose stead another would wait",
    pods: [of("1", 0, { ownerReferences: [{ ...ownedBy("ReplicaSet"), uid: "kin" }] }), of("1", 5)],
    needed: [["cpu", 500]],
    leave: [1],
  },
  {
    it: "frees several resources by one if one has enough of all",
    pods: [of("2"), { requests: { memory: "2Gi" } }, { requests: { cpu: "1", memory: "1Gi" } }],
    needed: [
      ["cpu", 1_000],
      ["memory", 1024 ** 3],
    ],
    leave: [2],
  },
  { it: "counts pods, where it is their number that is too much", pods: [of("1"), of("1")], needed: [["pods", 1]], leave: [0] },
];

describe("podsToFree", () => {
  for (const { it: does, pods, needed, leave } of cases) {
    it(does, () => {
      const state = new ClusterState();
      state.setNode(node({ name: "n1" }));
      const infos = pods.map((options, index) => podInfo(pod({ name: `p${index}`, ...options })));
      for (const info of infos) state.bound(info, "n1");
      const there = state.node("n1");
      if (there === undefined) throw new Error("the node is there");

      const wanting = podInfo(pod({ spec: { priority: 10 }, ownerReferences: [{ ...ownedBy("ReplicaSet"), uid: "kin" }] }));

      const chosen = podsToFree(there, new Map(needed) satisfies Needed, wanting);

      expect(chosen?.map((info) => infos.indexOf(info)).sort()).to.deep.equal(leave);
    });
  }
});
