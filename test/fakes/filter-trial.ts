import { expect } from "chai";
import { ClusterState } from "../../src/scheduler/cluster/cluster-state.js";
import type { NodeInfo } from "../../src/scheduler/cluster/cluster-view.js";
import { type PodInfo, podInfo } from "../../src/scheduler/cluster/pod-info.js";
import type { FilterPlugin } from "../../src/scheduler/framework/plugin.js";
import type { PluginContext } from "../../src/scheduler/framework/plugin-context.js";
import type { Obstacle, Refusal, Remedy } from "../../src/scheduler/framework/refusal.js";
import { type NodeOptions, node, type PodOptions, pod } from "../builders/index.js";
import { applyRemedy } from "./apply-remedy.js";
import { pluginContext } from "./plugin-context.js";

/** A filter's answer about one node, and all that follows from it. */
export interface FilterCase {
  readonly it: string;
  /** The node, called n1. */
  readonly node?: NodeOptions;
  /** Nodes besides it. */
  readonly others?: readonly NodeOptions[];
  /** Pods that are placed already, on n1 by default; called p0, p1 and so on. */
  readonly placed?: readonly PodOptions[];
  readonly pod?: PodOptions;
  /** Undefined when the node will do. */
  readonly reasons?: readonly string[];
  /** Whether the node will not do whoever leaves it. */
  readonly lasting?: boolean;
  /** One for each obstacle. */
  readonly details?: readonly string[];
  /** Texts of the remedies, for each obstacle. */
  readonly remedies?: readonly (readonly string[])[];
}

/**
 * Asks a filter, and holds it to its contract: it explains exactly what it refuses, and each of its remedies, carried
 * out, takes its obstacle away; the last obstacle's lets the node do.
 */
export class FilterTrial {
  private readonly state = new ClusterState();
  readonly pod: PodInfo;
  private readonly plugin: FilterPlugin;

  constructor(
    private readonly make: (context: PluginContext) => FilterPlugin,
    private readonly options: Omit<FilterCase, "it">,
  ) {
    for (const each of [{ name: "n1", ...options.node }, ...(options.others ?? [])]) this.state.setNode(node(each));
    options.placed?.forEach((each, index) => {
      this.state.bound(podInfo(pod({ name: `p${index}`, ...each })), each.nodeName ?? "n1");
    });
    this.pod = podInfo(pod({ name: "new", nodeName: "", ...options.pod }));
    this.plugin = make(pluginContext(this.state));
  }

  /** Expects what the case says. */
  run(): void {
    const { reasons, lasting = false, details, remedies } = this.options;
    const refusal = this.check(this.pod);
    expect(refusal?.reasons).to.deep.equal(reasons);
    if (refusal !== undefined) expect(refusal.mayYield).to.equal(!lasting);
    const obstacles = this.hold();
    if (details !== undefined) expect(obstacles.map(({ detail }) => detail)).to.deep.equal(details);
    if (remedies !== undefined) expect(obstacles.map((each) => each.remedies.map(({ text }) => text))).to.deep.equal(remedies);
  }

  /** Expects what holds of every filter, whatever it answers. @returns what is in the way */
  hold(): readonly Obstacle[] {
    const refusal = this.check(this.pod);
    const obstacles = this.explain(this.pod);
    expect(obstacles.length > 0, "explains what it refuses").to.equal(refusal !== undefined);
    for (const { plugin } of [...(refusal === undefined ? [] : [refusal]), ...obstacles]) expect(plugin).to.equal(this.plugin.name);
    const remedied = obstacles.flatMap((obstacle) => obstacle.remedies).filter(canBeCarriedOut);
    for (const remedy of remedied) this.expectHelp(remedy, obstacles.length);
    return obstacles;
  }

  /** Carries a remedy out elsewhere, on the same pod and node. @returns what is in the way then */
  after(remedy: Pick<Remedy, "change">): readonly Obstacle[] {
    const other = new FilterTrial(this.make, this.options);
    const changed = applyRemedy(remedy, other.state, other.pod);
    const left = other.explain(changed);
    expect(left.length > 0, `explains what it refuses after ${JSON.stringify(remedy)}`).to.equal(other.check(changed) !== undefined);
    return left;
  }

  explain(asked: PodInfo): readonly Obstacle[] {
    return this.plugin.prepareFilter(asked, this.state)?.explain(this.node) ?? [];
  }

  private expectHelp(remedy: Remedy, before: number): void {
    expect(this.after(remedy).length, `obstacles after: ${remedy.text}`).to.be.at.most(before - 1);
  }

  private check(asked: PodInfo): Refusal | undefined {
    const filter = this.plugin.prepareFilter(asked, this.state);
    const refusal = filter?.check(this.node);
    // Made once: it is asked for hundreds of nodes for each pod.
    expect(filter?.check(this.node)).to.equal(refusal);
    return refusal;
  }

  private get node(): NodeInfo {
    const found = this.state.node("n1");
    if (found === undefined) throw new Error("the node is there");
    return found;
  }
}

/** Which pods would have to come is not said so that a program could make them. */
const canBeCarriedOut = ({ change }: Remedy): boolean => change.kind !== "pods" || change.remove.length > 0;

/** A test for each case. */
export function filterCases(make: (context: PluginContext) => FilterPlugin, cases: readonly FilterCase[]): void {
  for (const each of cases) it(each.it, () => new FilterTrial(make, each).run());
}
