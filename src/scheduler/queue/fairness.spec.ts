import { expect } from "chai";
import fc from "fast-check";
import { pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { runs, seed } from "../../../test/fuzz/runs.js";
import { podInfo } from "../cluster/pod-info.js";
import { always, type WakeHints } from "../framework/cluster-event.js";
import type { QueuedPod } from "./queued-pod.js";
import { longestSuspensionMs, SchedulingQueue, schedulingBackoff } from "./scheduling-queue.js";

/** What becomes of a pod each time that it is tried. */
type Fate = "placed" | "suspended" | "failed";

interface Plan {
  readonly priority: number;
  readonly comesAtMs: number;
  /** One for each attempt, then "placed": except for pods that never fit. */
  readonly fates: readonly Fate[];
  readonly neverFits: boolean;
}

const hints: WakeHints = { podGone: always };
const longestWaitMs = longestSuspensionMs + schedulingBackoff.maxMs + 1_000;

const plans = fc.array(
  fc.record<Plan>({
    priority: fc.constantFrom(0, 0, 0, 5),
    comesAtMs: fc.integer({ min: 0, max: 3_000 }),
    fates: fc.array(fc.constantFrom<Fate>("suspended", "failed"), { maxLength: 3 }),
    neverFits: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);
/** When pods leave, which wakes those that wait for room. */
const departures = fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 20 });

/** Tries one pod each half second, as a scheduler does that has more to do than it can. */
class Simulation {
  readonly clock = new FakeClock();
  readonly triedAtMs = new Map<string, number[]>();
  readonly placed = new Set<string>();
  /** Pods that were tried twice while one that had waited since before was not tried at all. */
  readonly overtaken: string[] = [];
  private readonly queue = new SchedulingQueue({ clock: this.clock, hintsOf: () => hints, isGated: () => false });

  constructor(private readonly all: readonly Plan[]) {}

  async run(leaves: readonly number[], untilMs: number): Promise<void> {
    for (const [index, { comesAtMs, priority }] of this.all.entries()) {
      this.clock.after(comesAtMs, () => this.queue.put(podInfo(pod({ name: `p${index}`, nodeName: "", spec: { priority } }))));
    }
    const leaver = podInfo(pod({ name: "leaver" }));
    for (const at of leaves) this.clock.after(at, () => this.queue.notify({ kind: "podGone", pod: leaver, nodeName: "n1" }));
    while (this.clock.monotonicMs() < untilMs) {
      await this.clock.advance(500);
      this.tryOne();
    }
    this.queue.close();
  }

  private tryOne(): void {
    const queued = this.queue.tryNext();
    if (queued === undefined) return;
    const { name } = queued.pod.pod.metadata;
    const times = this.triedAtMs.get(name) ?? [];
    this.noteOvertaking(name, times.at(-1));
    this.triedAtMs.set(name, [...times, this.clock.monotonicMs()]);
    this.settle(queued, times.length);
  }

  private settle(queued: QueuedPod, attempt: number): void {
    const { name } = queued.pod.pod.metadata;
    const plan = this.all[Number(name.slice(1))];
    const fate = plan?.fates[attempt] ?? (plan?.neverFits === true ? "suspended" : "placed");
    if (fate === "suspended") this.queue.suspend(queued, ["Room"]);
    else if (fate === "failed") this.queue.retry(queued);
    else {
      this.queue.remove(queued.pod.uid);
      this.placed.add(name);
    }
  }

  /** A pod that is tried again must not come before one, as important, that has waited for its first attempt since before the last. */
  private noteOvertaking(name: string, lastMs: number | undefined): void {
    if (lastMs === undefined) return;
    const own = this.all[Number(name.slice(1))]?.priority ?? 0;
    for (const [index, { priority, comesAtMs }] of this.all.entries()) {
      if (priority >= own && comesAtMs <= lastMs && !this.triedAtMs.has(`p${index}`)) this.overtaken.push(`p${index} by ${name}`);
    }
  }
}

describe("SchedulingQueue, over any history", () => {
  it("starves no pod: those that keep failing keep nobody out, and are always tried again", async function () {
    this.timeout(120_000);
    const property = fc.asyncProperty(plans, departures, async (all, leaves) => {
      const simulation = new Simulation(all);
      const untilMs = 30_000 + 5 * longestWaitMs;
      await simulation.run(leaves, untilMs);

      expect(simulation.overtaken).to.deep.equal([]);
      for (const [index, { neverFits, comesAtMs }] of all.entries()) {
        const name = `p${index}`;
        if (!neverFits) expect([...simulation.placed], `${name} is placed`).to.include(name);
        else {
          const times = [comesAtMs, ...(simulation.triedAtMs.get(name) ?? []), untilMs];
          const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
          expect(Math.max(...gaps), `${name} is tried again in time`).to.be.at.most(longestWaitMs);
        }
      }
    });
    await fc.assert(property, { numRuns: Math.ceil(runs / 5), seed });
  });
});
