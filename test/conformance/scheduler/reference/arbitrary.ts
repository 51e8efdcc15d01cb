import fc from "fast-check";
import type { ModelNode, ModelPod, ModelSpread, ModelTerm, TopologyKey, WeightedTerm } from "./model.js";

// Few values of everything, so that things meet: pods share nodes, labels match, room runs out.
const key = fc.constantFrom<TopologyKey>("topology.kubernetes.io/zone", "kubernetes.io/hostname");
const app = fc.constantFrom("web", "db");
const disk = fc.constantFrom("ssd", "hdd");
const namespace = fc.constantFrom("blue", "red");
const taint = fc.constantFrom("gpu", "spot");
const image = fc.constantFrom("small:1", "large:1");
const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 3 });
const some = <T>(value: fc.Arbitrary<T>, most: number): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: fc.array(value, { maxLength: most }) });

/** A node of that name. */
export const arbitraryNode = (name: string): fc.Arbitrary<ModelNode> =>
  fc.record({
    name: fc.constant(name),
    zone: fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined, freq: 6 }),
    disk: rarely(disk),
    isCordoned: fc.constantFrom(false, false, false, false, true),
    isReady: fc.constantFrom(true, true, true, true, false),
    taints: some(fc.record({ key: taint, effect: fc.constantFrom("NoSchedule" as const, "PreferNoSchedule", "NoExecute") }), 2),
    milliCpu: fc.constantFrom(1000, 2000, 4000),
    mebibytes: fc.constantFrom(1024, 4096),
    maxPods: fc.constantFrom(4, 110),
    images: fc.constantFrom<Record<string, number>>({}, { "small:1": 5 }, { "large:1": 900 }, { "small:1": 5, "large:1": 900 }),
  });

const term: fc.Arbitrary<ModelTerm> = fc.record({
  key,
  app,
  namespaces: some(namespace, 2),
  team: rarely(fc.constantFrom("one", "two")),
});
const weighted: fc.Arbitrary<WeightedTerm> = fc.record({ term, weight: fc.integer({ min: 1, max: 100 }) });
const spread: fc.Arbitrary<ModelSpread> = fc.record({
  key,
  maxSkew: fc.constantFrom(1, 2),
  isHard: fc.boolean(),
  app,
  minDomains: rarely(fc.constantFrom(1, 2, 4)),
  honorsTaints: fc.boolean(),
});
// As the api-server demands: no key twice for one kind of constraint.
const spreads = fc.uniqueArray(spread, { maxLength: 3, selector: ({ key: of, isHard }) => `${of} ${isHard}` });

/** A pod of that name. */
export const arbitraryPod = (name: string): fc.Arbitrary<ModelPod> =>
  fc.record({
    name: fc.constant(name),
    namespace,
    owner: rarely(fc.constantFrom("rs1", "rs2")),
    app,
    milliCpu: fc.option(fc.constantFrom(0, 250, 1000), { nil: undefined }),
    mebibytes: fc.option(fc.constantFrom(128, 900), { nil: undefined }),
    hostPort: rarely(fc.constantFrom(80, 443)),
    image,
    selectsDisk: rarely(disk),
    needsDisks: rarely(fc.uniqueArray(disk, { minLength: 1, maxLength: 2 })),
    likesDisks: some(fc.record({ disk, weight: fc.integer({ min: 1, max: 100 }) }), 2),
    tolerates: some(taint, 2),
    spread: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: spreads }),
    near: some(term, 2),
    far: some(term, 2),
    likesNear: some(weighted, 2),
    likesFar: some(weighted, 2),
  });

/** What happens to a cluster between decisions. */
export type Step =
  | { readonly kind: "node"; readonly node: ModelNode }
  | { readonly kind: "node gone"; readonly name: string }
  | { readonly kind: "pod"; readonly pod: ModelPod }
  /** One like one that was decided on before, of the same controller. */
  | { readonly kind: "another"; readonly of: number }
  | { readonly kind: "pod gone"; readonly which: number };

const nodeNames = ["n1", "n2", "n3", "n4", "n5", "n6", "n7"];
const someNode = fc.constantFrom(...nodeNames).chain(arbitraryNode);

/** A pod comes or goes. */
const arbitraryVisit: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: arbitraryPod("").map((pod): Step => ({ kind: "pod", pod })) },
  { weight: 3, arbitrary: fc.nat(20).map((of): Step => ({ kind: "another", of })) },
  { weight: 1, arbitrary: fc.nat(20).map((which): Step => ({ kind: "pod gone", which })) },
);

/** A history: the nodes at first, then what happens; every pod that comes is to be decided on. */
export const arbitraryHistory: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.subarray(nodeNames, { minLength: 1 }).chain((names) => fc.tuple(...names.map(arbitraryNode))),
    fc.array(
      fc.oneof(
        { weight: 14, arbitrary: arbitraryVisit },
        { weight: 2, arbitrary: someNode.map((node): Step => ({ kind: "node", node })) },
        { weight: 1, arbitrary: fc.constantFrom(...nodeNames).map((name): Step => ({ kind: "node gone", name })) },
      ),
      { minLength: 4, maxLength: 24 },
    ),
  )
  .map(([nodes, steps]) => [...nodes.map((node): Step => ({ kind: "node", node })), ...steps]);

/** As `arbitraryHistory`, with so many nodes of a few makes, to which pods come and from which they go. */
export const arbitraryCrowd = (nodeCount: number): fc.Arbitrary<readonly Step[]> =>
  fc
    .tuple(fc.array(arbitraryNode(""), { minLength: 2, maxLength: 5 }), fc.array(arbitraryVisit, { minLength: 2, maxLength: 10 }))
    .map(([makes, steps]) => {
      const nodes = Array.from({ length: nodeCount }, (_, index) => ({ make: makes[index % makes.length], name: `n${index}` }));
      return [
        ...nodes.flatMap(({ make, name }): Step[] => (make === undefined ? [] : [{ kind: "node", node: { ...make, name } }])),
        ...steps,
      ];
    });
