import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import { randomOf } from "../../../test/fakes/seeded-random.js";
import type { Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import { Affinity } from "../../gen/howbernetes/core/v1/scheduling.js";
import { ClusterState } from "../cluster/cluster-state.js";
import type { TentativeChange } from "../cluster/cluster-view.js";
import { type PodInfo, podInfo } from "../cluster/pod-info.js";
import { type HeldKind, sumsHeld } from "./affinity-holders.js";
import { affinityTermsOf, meansPod } from "./affinity-terms.js";
import { podClassOf } from "./pod-class.js";
import { controllerMark, type PodQuestion } from "./pod-counts.js";
import { TopologyIndex } from "./topology-index.js";

const kinds: readonly HeldKind[] = ["sought", "avoided", "preferred"];
const namespaces = ["default", "other"];
const apps = ["a", "b", "c"];
const zones = ["x", "y", "z"];

/** A cluster that changes at random, and an index of it. */
class World {
  readonly state = new ClusterState();
  readonly index: TopologyIndex;
  private readonly random: () => number;
  private made = 0;

  constructor(seed: number) {
    this.random = randomOf(seed);
    const observe = this.state.observe.bind(this.state);
    const unused = () => expect.fail("no plugin here looks at this");
    this.index = new TopologyIndex({ cluster: this.state, observe, clock: { now: unused } as never, failureLog: {} as never });
    for (const name of namespaces) this.state.setNamespace(name, { name });
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  /** Now and then one of the pods that were made before, as it was or being deleted. */
  pod(): PodInfo {
    const number = this.chance(0.6) ? this.made++ : Math.floor(this.random() * this.made);
    const owner = this.chance(0.5) ? { kind: "ReplicaSet", apiVersion: "apps/v1", name: "r", uid: `r${number % 3}` } : undefined;
    const labels = { app: apps[number % apps.length] ?? "", ...(number % 5 === 0 ? { own: String(number) } : {}) };
    const spec = { affinity: number % 2 === 0 ? this.affinity(number) : undefined };
    return podInfo(
      pod({ name: `p${number}`, namespace: namespaces[number % 2] ?? "", labels, nodeName: "", owner, deleting: this.chance(0.2), spec }),
    );
  }

  private affinity(number: number): Affinity {
    const term = (app: string, more: object) => ({
      labelSelector: { matchLabels: number % 3 === 0 ? {} : { app }, matchExpressions: [] },
      topologyKey: "zone",
      ...more,
    });
    const everywhere = { namespaceSelector: { matchLabels: number % 4 === 0 ? {} : { name: "other" }, matchExpressions: [] } };
    return Affinity.fromPartial({
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [term("a", {})],
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 + (number % 3), podAffinityTerm: term("b", everywhere) }],
      },
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [term("c", everywhere), term("c", { namespaces: ["other", "default"] })],
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, podAffinityTerm: term("a", {}) }],
      },
    });
  }

  /** Nodes come and go more slowly than pods, and are more than the shortest lists are for. */
  nodeName = (): string => `n${Math.floor(this.random() * 80)}`;

  node(): Whole<Node> {
    const labels: Record<string, string> = this.chance(0.8) ? { zone: this.pick(zones) } : {};
    const taints = this.chance(0.3) ? [{ key: "t", effect: "NoSchedule" }] : [];
    return node({ name: this.nodeName(), labels, taints });
  }

  changePods({ place, remove }: Pick<TentativeChange, "place" | "remove">): void {
    if (this.chance(0.75)) place(this.pod(), this.nodeName());
    else remove(`uid-${this.pick(namespaces)}-p${Math.floor(this.random() * this.made)}`);
  }

  step(): void {
    if (this.chance(0.1)) this.state.setNode(this.node());
    else if (this.chance(0.02)) this.state.removeNode(this.nodeName());
    else this.changePods({ place: (info, name) => this.state.bound(info, name), remove: (uid) => this.state.remove(uid) });
  }
}

const questions: readonly PodQuestion[] = apps.flatMap((app) => {
  const selector = compileLabelSelector({ matchLabels: { app }, matchExpressions: [] });
  return [
    {
      key: `live ${app}`,
      landmark: `app=${app}`,
      asksFor: ({ namespace, labels, isTerminating }) => !isTerminating && namespace === "default" && selector.matches(labels),
    },
    { key: `all ${app}`, landmark: "", asksFor: ({ labels }) => selector.matches(labels) },
    {
      key: `owned ${app}`,
      landmark: controllerMark("r1"),
      asksFor: ({ controllerUid, labels }) => controllerUid === "r1" && labels.app === app,
    },
  ];
});

function expectCounts({ state, index }: World): void {
  for (const question of questions) {
    const counts = index.counts.countsOf(question);
    const counted = state.nodes().map(({ name, slot }) => `${name} ${counts[slot]}`);
    const right = state.nodes().map(({ name, pods }) => {
      const asked = [...pods.values()].filter((one) => question.asksFor(podClassOf(one)));
      return `${name} ${asked.length}`;
    });
    expect(counted, question.key).to.deep.equal(right);
    const used = new Set(state.nodes().map(({ slot }) => slot));
    expect(
      counts.every((count, slot) => used.has(slot) || count === 0),
      "where no node is, no pod is",
    ).to.equal(true);
  }
}

/** The number of pods by the zones' names, where there are some. */
function byZone({ state, index }: World, countOf: (slot: number) => number, sums: Int32Array): void {
  const domains = index.domains.of("zone");
  const right = new Int32Array(domains.size);
  for (const { slot } of state.nodes()) {
    const domain = domains.bySlot[slot] ?? -1;
    if (domain >= 0) right[domain] = (right[domain] ?? 0) + countOf(slot);
  }
  expect([...sums]).to.deep.equal([...right]);
}

function expectSums(world: World): void {
  const { counts, domains, holders } = world.index;
  for (const question of questions) {
    byZone(world, (slot) => counts.countsOf(question)[slot] ?? 0, counts.sumsOf(question, domains.of("zone")));
  }
  for (const held of holders.meaning(world.pod(), "preferred", { name: "other" })) {
    const amounts = new Map<number, number>();
    held.counts.forEach((slot, amount) => {
      amounts.set(slot, amount);
    });
    const sums = sumsHeld(held, domains.of("zone"));
    byZone(world, (slot) => amounts.get(slot) ?? 0, sums);
  }
}

function expectDomains({ state, index }: World): void {
  const domains = index.domains.of("zone");
  const free = index.masks.of("untainted", ({ spec }) => spec.taints.length === 0);
  const seen = state.nodes().map(({ name, slot }) => {
    const domain = domains.bySlot[slot] ?? -1;
    return { name, zone: domain < 0 ? undefined : domains.nameOf(domain), free: free[slot] === 1 };
  });
  expect(seen).to.deep.equal(
    state.nodes().map(({ name, node: { metadata, spec } }) => ({ name, zone: metadata.labels.zone, free: spec.taints.length === 0 })),
  );
  expect(domains.size).to.be.at.most(zones.length);
  const members = domains.bySlot.filter((domain) => domain >= 0).length;
  expect(members).to.equal(state.nodes().filter(({ node: { metadata } }) => metadata.labels.zone !== undefined).length);
}

/** What placed pods say that means this pod, counted by looking at each of them. */
function heldByAll({ state }: World, wanted: PodInfo, kind: HeldKind): Record<string, number> {
  const found: Record<string, number> = {};
  const labels = state.namespaceLabels(wanted.pod.metadata.namespace);
  for (const { slot, pods } of state.nodes()) {
    for (const placed of pods.values()) {
      const terms = affinityTermsOf(placed);
      const held = kind === "preferred" ? (terms?.preferred ?? []) : (terms?.[kind] ?? []).map((term) => ({ term, weight: 0 }));
      for (const { term, weight } of held) {
        if (!meansPod(term, wanted, labels)) continue;
        const key = `${weight} ${term.key} on ${slot}`;
        found[key] = (found[key] ?? 0) + 1;
      }
    }
  }
  return found;
}

function expectHolders(world: World): void {
  const { state, index } = world;
  const wanted = world.pod();
  for (const kind of kinds) {
    const found: Record<string, number> = {};
    for (const { term, weight, counts } of index.holders.meaning(wanted, kind, state.namespaceLabels(wanted.pod.metadata.namespace))) {
      counts.forEach((slot, amount) => {
        found[`${weight} ${term.key} on ${slot}`] = amount;
      });
    }
    expect(found).to.deep.equal(heldByAll(world, wanted, kind));
  }
}

function expectExact(world: World): void {
  expectCounts(world);
  expectDomains(world);
  expectHolders(world);
  expectSums(world);
}

describe("TopologyIndex", () => {
  for (let seed = 1; seed <= 12; seed++) {
    it(`tells what is there after all that happens, and within what is only tried (${seed})`, () => {
      const world = new World(seed);
      for (let count = 0; count < 40; count++) world.state.setNode(world.node());
      for (let round = 0; round < 12; round++) {
        for (let step = 0; step < 40; step++) world.step();
        // The first rounds ask nothing: what is asked for late has to know all that came before.
        if (round < seed % 4) continue;
        expectExact(world);
        world.state.tentatively((change) => {
          for (let step = 0; step < 8; step++) world.changePods(change);
          change.setNode(world.node());
          expectExact(world);
        });
        expectExact(world);
      }
    });
  }

  it("gives the numbers of domains again that have no nodes any more", () => {
    const { state, index } = new World(1);
    state.setNode(node({ name: "n1", labels: { zone: "x" } }));
    expect(index.domains.of("zone").size).to.equal(1);
    for (let count = 0; count < 9; count++) state.setNode(node({ name: "n1", labels: { zone: `x${count}` } }));
    expect(index.domains.of("zone").size).to.equal(1);
  });

  it("keeps the questions asked last, and answers those that it has dropped anew", () => {
    const world = new World(1);
    for (let count = 0; count < 30; count++) world.state.setNode(world.node());
    for (let step = 0; step < 100; step++) world.step();
    expectCounts(world);
    for (let count = 0; count < 2_100; count++) world.index.counts.countsOf({ key: `other ${count}`, landmark: "", asksFor: () => true });
    for (let step = 0; step < 50; step++) world.step();
    expectCounts(world);
  });
});
