import { expect } from "chai";
import fc from "fast-check";
import { timedOut } from "../../../src/api/errors.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../../src/api/object.js";
import { milliOf } from "../../../src/api/values/quantity.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { node } from "../../builders/index.js";
import type { Call } from "../../fakes/fake-api/fake-api.js";
import { settle } from "../../fakes/fake-api/settle.js";
import { SchedulingTrial } from "../../fakes/scheduling-trial.js";
import { runs, seed } from "../../fuzz/runs.js";

const verbs = ["bind", "get", "patch", "delete"] as const;
/** Each comes back as large as it was: on a smaller one, what is bound late might not fit. */
const cpusOf = { n1: "4", n2: "3", n3: "6" } as const;
type NodeName = keyof typeof cpusOf;

type Step =
  | { readonly kind: "pod"; readonly cpu: number; readonly priority: number }
  | { readonly kind: "pod gone"; readonly which: number }
  | { readonly kind: "node"; readonly name: NodeName; readonly cordoned: boolean }
  | { readonly kind: "node gone"; readonly name: NodeName }
  /** The next calls of a sort fail: before they take effect, or only their answers are lost. */
  | { readonly kind: "fault"; readonly verb: (typeof verbs)[number]; readonly isLate: boolean; readonly times: number }
  | { readonly kind: "slow"; readonly verb: (typeof verbs)[number]; readonly turns: number }
  | { readonly kind: "stopped" }
  | { readonly kind: "time"; readonly ms: number };

const names = ["n1", "n2", "n3"] as const;
const verb = fc.constantFrom(...verbs);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("pod" as const), cpu: fc.integer({ min: 1, max: 4 }), priority: fc.constantFrom(0, 0, 5, 9) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pod gone" as const), which: fc.nat(20) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("node" as const),
      name: fc.constantFrom(...names),
      cordoned: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("node gone" as const), name: fc.constantFrom(...names) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("fault" as const), verb, isLate: fc.boolean(), times: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("slow" as const), verb, turns: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.constant({ kind: "stopped" as const }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("time" as const), ms: fc.constantFrom(0, 500, 1_500, 4_000) }) },
);

/** A scheduler in a cluster where calls fail and everything comes and goes. */
class Trouble {
  private readonly trial = new SchedulingTrial();
  private readonly faults = new Map<string, { times: number; readonly isLate: boolean }>();
  private readonly slow = new Map<string, number>();
  private created = 0;

  async run(steps: readonly Step[]): Promise<void> {
    const { trial } = this;
    trial.api.intercept({
      before: async (call) => {
        await settle(this.slow.get(call.verb) ?? 0);
        this.fail(call, false);
      },
      after: (call) => this.fail(call, true),
    });
    trial.api.seed(nodeKind, node({ name: "n1", allocatable: { cpu: cpusOf.n1 } }));
    await trial.start();
    try {
      for (const one of steps) await this.take(one);
      await this.calm();
      this.check();
    } finally {
      await trial.stop();
    }
  }

  private fail({ verb: of, kind }: Call, isLate: boolean): void {
    const fault = kind === podKind ? this.faults.get(of) : undefined;
    if (fault === undefined || fault.isLate !== isLate || fault.times === 0) return;
    fault.times--;
    throw timedOut("deadline exceeded");
  }

  private async take(one: Step): Promise<void> {
    const { api, clock } = this.trial;
    switch (one.kind) {
      case "pod":
        await this.trial.create({ name: `p${++this.created}`, requests: { cpu: `${one.cpu}` }, spec: { priority: one.priority } });
        break;
      case "pod gone": {
        const name = `p${1 + (one.which % Math.max(1, this.created))}`;
        if (this.trial.found(name) !== undefined) this.trial.remove(name);
        break;
      }
      case "node":
        if (this.node(one.name) === undefined) {
          api.seed(nodeKind, node({ name: one.name, allocatable: { cpu: cpusOf[one.name] }, unschedulable: one.cordoned }));
        } else {
          api.change(nodeKind, { namespace: "", name: one.name }, (draft) => {
            draft.spec.unschedulable = one.cordoned;
          });
        }
        break;
      case "node gone":
        if (this.node(one.name) !== undefined) api.remove(nodeKind, { namespace: "", name: one.name });
        break;
      case "fault":
        this.faults.set(one.verb, { times: one.times, isLate: one.isLate });
        break;
      case "slow":
        this.slow.set(one.verb, one.turns);
        break;
      case "stopped":
        this.stopTerminating();
        break;
      case "time":
        await clock.advance(one.ms);
    }
    await settle(3);
  }

  private node(name: string) {
    return this.trial.api.objects(nodeKind).find(({ metadata }) => metadata.name === name);
  }

  private pods(): readonly Whole<Pod>[] {
    return this.trial.api.objects(podKind);
  }

  /** What howbelets do, and what becomes of the pods of nodes that are gone. */
  private stopTerminating(): void {
    for (const pod of this.pods()) {
      const nodeName = pod.spec.nodeName ?? "";
      const isLost = nodeName !== "" && this.node(nodeName) === undefined;
      if (pod.metadata.deletionTimestamp !== undefined || isLost) this.trial.api.remove(podKind, keyOf(pod));
    }
  }

  /** Nothing fails any more; less than the time after which pods are tried again whatever the hints say. */
  private async calm(): Promise<void> {
    this.faults.clear();
    this.slow.clear();
    for (let round = 0; round < 8; round++) {
      this.stopTerminating();
      await settle(60);
      await this.trial.clock.advance(11_000);
      await settle(60);
    }
  }

  private check(): void {
    const { term, hasFailed } = this.trial;
    const there = this.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const waiting = there.filter(({ spec }) => (spec.nodeName ?? "") === "");
    expect([hasFailed, term.state.nominatedCount, term.queue.sizes().unschedulable]).to.deep.equal([false, 0, waiting.length]);
    for (const { metadata, spec, status } of this.trial.api.objects(nodeKind)) {
      const own = there.filter((pod) => pod.spec.nodeName === metadata.name);
      const capacity = milliOf(status.allocatable.cpu);
      const takenBy = (pods: readonly Whole<Pod>[]): number => pods.reduce((sum, pod) => sum + cpuOf(pod), 0);
      expect(takenBy(own), `${metadata.name} is not over its capacity`).to.be.at.most(capacity);
      expect(term.state.node(metadata.name)?.requested.cpu, `${metadata.name} is known as it is`).to.equal(takenBy(own));
      if (spec.unschedulable === true) continue;
      for (const pod of waiting) {
        const mustStay = own.filter((other) => (other.spec.priority ?? 0) >= (pod.spec.priority ?? 0));
        expect(takenBy(mustStay) + cpuOf(pod), `${pod.metadata.name} has no room on ${metadata.name}`).to.be.above(capacity);
      }
    }
  }
}

const cpuOf = ({ spec }: Whole<Pod>): number => spec.containers.reduce((sum, { resources }) => sum + milliOf(resources?.requests.cpu), 0);

describe("a scheduler whose calls fail, in a cluster that changes", () => {
  it("leaves no pod waiting that has room, and no room unused that others have left for it", async function () {
    this.timeout(0);
    const property = fc.asyncProperty(fc.array(step, { maxLength: 50, size: "max" }), (steps) => new Trouble().run(steps));
    await fc.assert(property, { numRuns: Math.ceil(runs / 5), seed });
  });
});
