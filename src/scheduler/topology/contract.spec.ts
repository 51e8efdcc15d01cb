import { expect } from "chai";
import { node, type PodOptions, pod } from "../../../test/builders/index.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { randomOf } from "../../../test/fakes/seeded-random.js";
import { Affinity, TopologySpreadConstraint } from "../../gen/howbernetes/core/v1/scheduling.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { type PodInfo, podInfo } from "../cluster/pod-info.js";
import { type ClusterEvent, mayHelp } from "../framework/cluster-event.js";
import type { FilterPlugin } from "../framework/plugin.js";
import { createInterPodAffinity } from "../plugins/inter-pod-affinity.js";
import { createPodTopologySpread } from "../plugins/pod-topology-spread.js";

const namespaces = ["default", "other"];
const apps = ["a", "b"];
const selecting = (app: string) => ({ labelSelector: { matchLabels: { app }, matchExpressions: [] } });
const tenants = { namespaceSelector: { matchLabels: { tenant: "yes" }, matchExpressions: [] } };

const spread = (more: object): PodOptions => ({
  labels: { app: "a" },
  spec: {
    topologySpreadConstraints: [
      TopologySpreadConstraint.fromPartial({
        maxSkew: 1,
        topologyKey: "zone",
        whenUnsatisfiable: "DoNotSchedule",
        ...selecting("a"),
        ...more,
      }),
    ],
  },
});
const company = (kind: "podAffinity" | "podAntiAffinity", more: object = {}): PodOptions => ({
  spec: {
    affinity: Affinity.fromPartial({
      [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone", ...selecting("b"), ...more }] },
    }),
  },
});

/** Pods that wait, of all sorts that the two plugins tell apart. */
const waiting: readonly PodOptions[] = [
  spread({}),
  spread({ minDomains: 2 }),
  spread({ nodeTaintsPolicy: "Honor" }),
  { ...spread({}), nodeSelector: { disk: "ssd" } },
  { ...spread({ nodeAffinityPolicy: "Ignore" }), nodeSelector: { disk: "ssd" } },
  company("podAffinity"),
  { ...company("podAffinity"), labels: { app: "b" } },
  company("podAffinity", tenants),
  company("podAntiAffinity"),
  company("podAntiAffinity", tenants),
  { labels: { app: "b" } },
];

/** A cluster in which one thing after another happens, and who waits for what. */
class Trial {
  private readonly state = new ClusterState();
  private readonly plugins: readonly FilterPlugin[];
  private readonly random: () => number;
  private readonly pods = waiting.map((options, index) => podInfo(pod({ name: `waiting-${index}`, nodeName: "", ...options })));

  constructor(seed: number) {
    this.random = randomOf(seed);
    const context = pluginContext(this.state);
    this.plugins = [createPodTopologySpread(context), createInterPodAffinity(context)];
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }

  private nodeEvent(): ClusterEvent | undefined {
    const name = this.pick(["n0", "n1", "n2", "n3"]);
    const previous = this.state.node(name)?.node;
    if (previous !== undefined && this.random() < 0.2) {
      this.state.removeNode(name);
      return { kind: "nodeRemoved", node: previous };
    }
    const zone = this.pick(["x", "y", undefined]);
    const labels = { ...(zone === undefined ? {} : { zone }), ...(this.random() < 0.5 ? { disk: "ssd" } : {}) };
    const taints = this.random() < 0.3 ? [{ key: "t", effect: "NoSchedule" }] : [];
    const next = node({ name, labels, taints });
    this.state.setNode(next);
    return previous === undefined ? { kind: "nodeAdded", node: next } : { kind: "nodeUpdated", node: next, previous };
  }

  private placed(number: number): PodInfo {
    const options = this.random() < 0.3 ? company("podAntiAffinity", this.random() < 0.5 ? tenants : {}) : {};
    const namespace = namespaces[number % 2] ?? "";
    return podInfo(pod({ ...options, name: `p${number}`, namespace, labels: { app: this.pick(apps) }, deleting: this.random() < 0.3 }));
  }

  private podEvent(): ClusterEvent | undefined {
    const number = Math.floor(this.random() * 10);
    const before = this.state.placement(`uid-${namespaces[number % 2]}-p${number}`);
    if (before === undefined) {
      const [placed, nodeName] = [this.placed(number), this.pick(["n0", "n1", "n2", "n3"])];
      this.state.bound(placed, nodeName);
      return { kind: "podPlaced", pod: placed, nodeName };
    }
    const { pod: previous, nodeName } = before;
    if (this.random() < 0.5) {
      this.state.remove(previous.uid);
      return { kind: "podGone", pod: previous, nodeName };
    }
    const next = this.placed(number);
    this.state.bound(next, nodeName);
    return { kind: "podUpdated", pod: next, previous, nodeName };
  }

  private namespaceEvent(): ClusterEvent {
    const name = this.pick(namespaces);
    this.state.setNamespace(name, this.random() < 0.5 ? { tenant: "yes" } : {});
    return { kind: "namespaceUpdated", name };
  }

  /** Which nodes each plugin refuses for each pod; explained exactly where it does. */
  private refused(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const plugin of this.plugins) {
      for (const one of this.pods) {
        const filter = plugin.prepareFilter(one, this.state);
        for (const each of this.state.nodes()) {
          const isRefused = filter?.check(each) !== undefined;
          expect((filter?.explain(each) ?? []).length > 0, `${plugin.name} explains what it refuses`).to.equal(isRefused);
          if (isRefused) found.add(`${plugin.name} ${one.uid} ${each.name}`);
        }
      }
    }
    return found;
  }

  /** Lets one thing happen. Whoever is refused no longer must have been woken by it. @returns how many were */
  step(): number {
    const before = this.refused();
    const chance = this.random();
    const event = chance < 0.35 ? this.nodeEvent() : chance < 0.9 ? this.podEvent() : this.namespaceEvent();
    const after = this.refused();
    let helped = 0;
    for (const plugin of this.plugins) {
      for (const one of this.pods) {
        const isFree = this.state.nodes().some(({ name }) => {
          const key = `${plugin.name} ${one.uid} ${name}`;
          return before.has(key) && !after.has(key);
        });
        if (!isFree || event === undefined) continue;
        helped++;
        expect(mayHelp(plugin.wakes, event, one), `${plugin.name} wakes ${one.uid} by ${event.kind}`).to.equal(true);
      }
    }
    return helped;
  }
}

describe("plugins that look where other pods are", () => {
  for (let seed = 1; seed <= 10; seed++) {
    it(`explain what they refuse, and wake whom a change has helped (${seed})`, () => {
      const trial = new Trial(seed);
      let helped = 0;
      for (let step = 0; step < 250; step++) helped += trial.step();
      expect(helped).to.be.greaterThan(100);
    });
  }
});
