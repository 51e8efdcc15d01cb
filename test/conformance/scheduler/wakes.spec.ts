import { expect } from "chai";
import fc from "fast-check";
import { ClusterState } from "../../../src/scheduler/cluster/cluster-state.js";
import { type PodInfo, podInfo } from "../../../src/scheduler/cluster/pod-info.js";
import { type ClusterEvent, mayHelp } from "../../../src/scheduler/framework/cluster-event.js";
import type { FilterPlugin } from "../../../src/scheduler/framework/plugin.js";
import type { PluginContext } from "../../../src/scheduler/framework/plugin-context.js";
import { type NodeOptions, node, pod } from "../../builders/index.js";
import type { FilterCase } from "../../fakes/filter-trial.js";
import { pluginContext } from "../../fakes/plugin-context.js";
import { runs, seed } from "../../fuzz/runs.js";
import { arbitraryCase, arbitraryNode, nodeFilters } from "./filter-cases.js";

/** A filter, a pod that waits, and a node with others on it. */
class Waiting {
  private readonly state = new ClusterState();
  private readonly plugin: FilterPlugin;
  private readonly pod: PodInfo;
  /** Whether the filter has refused the node: those that it does not refuse are not its to wake. */
  readonly wasRefused: boolean;

  constructor(make: (context: PluginContext) => FilterPlugin, { node: options, placed = [], pod: wanted }: Omit<FilterCase, "it">) {
    this.plugin = make(pluginContext(this.state));
    this.state.setNode(node({ name: "n1", ...options }));
    for (const [index, each] of placed.entries()) this.state.bound(podInfo(pod({ name: `p${index}`, ...each })), "n1");
    this.pod = podInfo(pod({ name: "new", nodeName: "", ...wanted }));
    this.wasRefused = this.isRefused();
  }

  get placed(): readonly PodInfo[] {
    return [...(this.state.node("n1")?.pods.values() ?? [])];
  }

  /** The node changes. @returns whether that is told to help the pod */
  update(options: NodeOptions): boolean {
    const previous = this.state.node("n1")?.node;
    const next = node({ name: "n1", ...options });
    this.state.setNode(next);
    return this.isWoken(previous === undefined ? { kind: "nodeAdded", node: next } : { kind: "nodeUpdated", node: next, previous });
  }

  /** A pod leaves. @returns whether that is told to help the pod */
  remove(gone: PodInfo): boolean {
    this.state.remove(gone.uid);
    return this.isWoken({ kind: "podGone", pod: gone, nodeName: "n1" });
  }

  /** The node goes, to come back. */
  lose(): void {
    for (const { uid } of this.placed) this.state.remove(uid);
    this.state.removeNode("n1");
  }

  isRefused(): boolean {
    const found = this.state.node("n1");
    return found === undefined || this.plugin.prepareFilter(this.pod, this.state)?.check(found) !== undefined;
  }

  private isWoken(event: ClusterEvent): boolean {
    return mayHelp(this.plugin.wakes, event, this.pod);
  }
}

describe("hints", () => {
  for (const [name, make] of nodeFilters) {
    const holds = (does: string, predicate: (waiting: Waiting, next: NodeOptions) => void): void => {
      it(`of ${name} wake a pod for ${does} that the filter no longer refuses it for`, () => {
        fc.assert(
          fc.property(arbitraryCase, arbitraryNode, (options, next) => predicate(new Waiting(make, options), next)),
          { numRuns: 4 * runs, seed },
        );
      });
    };

    holds("every change of the node", (waiting, next) => {
      const isWoken = waiting.update(next);
      if (waiting.wasRefused && !waiting.isRefused()) expect(isWoken).to.equal(true);
    });

    holds("every pod's leaving", (waiting) => {
      for (const gone of waiting.placed) {
        const wasRefused = waiting.isRefused();
        const isWoken = waiting.remove(gone);
        if (wasRefused && !waiting.isRefused()) expect(isWoken).to.equal(true);
      }
    });

    holds("a new node", (waiting, next) => {
      waiting.lose();
      const isWoken = waiting.update(next);
      if (waiting.wasRefused && !waiting.isRefused()) expect(isWoken).to.equal(true);
    });
  }
});
